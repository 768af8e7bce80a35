use super::variable::variable;
use crate::state::Holder;

/// Who we are, for those who find the stack locked.
pub fn holder(command: &str) -> Holder {
    let run = || {
        let (server, repository, id) =
            (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?, variable("GITHUB_RUN_ID")?);
        Some(format!("{server}/{repository}/actions/runs/{id}"))
    };
    let user = variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned());
    let host = hostname::get().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Holder::this_process(&user, &host, command, &run().unwrap_or_default())
}
