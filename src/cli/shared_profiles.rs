use std::path::Path;

use aws_config::profile;
use aws_types::os_shim_internal::{Env, Fs};

use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use super::variable::variable;
use crate::stack::nearest;

/// The two files of profiles, each with the variable that names another one. Source: AWS SDKs and Tools Reference Guide,
/// "Location of the shared config and credentials files".
const FILES: &[(&str, &str)] =
    &[("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")];

/// The profile that credentials are to come from, where somebody says so, and who does.
pub fn chosen_profile(global: &Global) -> Option<(String, &'static str)> {
    let of_option = global.profile.clone().map(|name| (name, "--profile"));
    of_option.or_else(|| Some((variable("AWS_PROFILE")?, "AWS_PROFILE")))
}

/// The error of a profile that the shared AWS configuration does not have; `None` where it has it, or cannot be read: then the
/// SDK's own error says more.
pub async fn without_profile(name: &str, said_by: &str) -> Option<UserError> {
    let profiles = profile::load(&Fs::real(), &Env::real(), &Default::default(), None).await.ok()?;
    let mut known: Vec<&str> = profiles.profiles().collect();
    if known.contains(&name) {
        return None;
    }
    known.sort_unstable();
    let message = format!("there is no AWS profile `{name}`, which {said_by} names");
    let hint = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => {
            "there are no profiles; `aws configure sso` or `aws configure` makes one".to_owned()
        }
        None => format!("the profiles are `{}`", known.join("`, `")),
    };
    Some(UserError::new(Exit::Account, message).hint(hint).hint(looked_in()))
}

fn looked_in() -> String {
    let files = FILES.iter().map(|(from, usual)| {
        let file = variable(from).unwrap_or_else(|| (*usual).to_owned());
        let is_there = Path::new(&in_home(&file)).exists();
        if is_there { file } else { format!("{file} (not there)") }
    });
    let files = files.collect::<Vec<_>>().join(" and ");
    format!("looked in {files}; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files")
}

fn in_home(path: &str) -> String {
    match (path.strip_prefix('~'), variable("HOME")) {
        (Some(rest), Some(home)) => format!("{home}{rest}"),
        _ => path.to_owned(),
    }
}
