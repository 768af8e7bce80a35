//! What a run could not write into state: kept on this machine, told, and taken up by the next run.

use std::path::Path;

use super::user_error::UserError;
use crate::address::Address;
use crate::report::plural;
use crate::report::printer::{err, errln};
use crate::state::{Recovery, RecoveryFolder, Session, StackIdentity, StateError, Superseded};

/// Keeps what a session could not write, and tells where. A disk that is full may have room elsewhere; if all fails, the
/// content itself is printed.
pub async fn keep(folder: &RecoveryFolder, recovery: &Recovery) {
    let changes = plural(recovery.facts.len(), "change");
    let elsewhere = RecoveryFolder::in_temporary(&std::env::temp_dir());
    for (folder, is_here) in [(folder, true), (&elsewhere, false)] {
        match folder.keep(recovery).await {
            Ok(path) => {
                errln!("could not be written into state: {changes}, kept in {}", path.display());
                let hint = match is_here {
                    true => "the next command here that changes this stack takes them up; elsewhere: ",
                    false => "",
                };
                errln!("hint: {hint}`infra state push {}`", path.display());
                return;
            }
            Err(error) => errln!("could not be kept: {changes}: {error}"),
        }
    }
    let content = recovery.to_file().map(|file| String::from_utf8_lossy(&file).into_owned()).unwrap_or_default();
    errln!("hint: put these lines into a file and push it, `infra state push FILE`\n{content}");
}

/// Takes up what earlier runs on this machine kept of the session's stack. A file goes once its changes are durable and
/// nothing in it is left.
///
/// # Errors
/// Where state cannot be written now either.
pub async fn take_up(folder: &RecoveryFolder, session: &Session) -> Result<(), UserError> {
    let (project, stack) = (session.snapshot().project.clone(), session.snapshot().stack.clone());
    for (file, content) in folder.of_stack(&project, &stack).await.map_err(StateError::from)? {
        let path = file.display();
        let recovery = match content {
            Ok(recovery) => recovery,
            Err(error) => {
                errln!("what an earlier run kept cannot be read: {error}");
                continue;
            }
        };
        match session.recover(&recovery, false).await {
            Ok((count, strays)) if strays.is_empty() => {
                folder.remove(&file).await.map_err(StateError::from)?;
                errln!("{}", taken_up(&path, count));
            }
            Ok((_, strays)) => err!("{}", strays_text(&file, &strays)),
            Err(StateError::PushRefused(reason)) => {
                errln!(
                    "{path} is not of this state, so it was left as it is: {reason}\nhint: look in AWS for what it names, and delete the file"
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn taken_up(path: &std::path::Display<'_>, changes: usize) -> String {
    match changes {
        0 => format!("state has all that {path} kept, so the file was removed"),
        count => format!("took up what an earlier run could not write: {} from {path}", plural(count, "change")),
    }
}

/// What is to be done about objects that another run did not find when it settled what had been under way.
pub fn strays_text(path: &Path, strays: &[(Address, Superseded)]) -> String {
    let (path, objects) = (path.display(), plural(strays.len(), "object"));
    let line = |(address, object): &(Address, Superseded)| {
        format!("  {address} {} {} in {}\n", object.type_name, object.id, object.region)
    };
    let list: String = strays.iter().map(line).collect();
    format!(
        "state has gone on since {path} was kept, and does not know {objects} of it:\n{list}\
         hint: look in AWS whether they exist. If they do, `infra state push --force {path}` takes them in, and the next \
         plan shows what becomes of them; if not, delete the file\n"
    )
}

/// Says that there is something that the next change of the stack takes up; reading does not wait for it.
pub async fn tell(folder: &RecoveryFolder, identity: &StackIdentity) {
    let Ok(files) = folder.of_stack(&identity.project, &identity.stack).await else { return };
    for (file, _) in files {
        errln!(
            "{} has changes that a run could not write into state; the next command here that changes this stack takes \
             them up, if they are of this state",
            file.display()
        );
    }
}
