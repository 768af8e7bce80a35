use clap::Subcommand;

use super::config_get::ConfigGet;
use super::config_rm::ConfigRemove;
use super::config_rotate::ConfigRotate;
use super::config_set::ConfigSet;
use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::report::printer::errln;
use crate::stack::{Diagnostic, Diagnostics, EditError, LoadOptions, Stack, StackFile, nearest};

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Print the values of the stack file's `config`, secrets only as `(secret)`
    Get(ConfigGet),
    /// Set a value in the stack file; every other line stays as it is
    Set(ConfigSet),
    /// Remove a value from the stack file
    Rm(ConfigRemove),
    /// Encrypt anew the secrets that a key under `encryption.former` encrypted; every other line stays as it is
    Rotate(ConfigRotate),
}

impl Config {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        match self {
            Self::Get(command) => command.run(global).await,
            Self::Set(command) => command.run(global).await,
            Self::Rm(command) => command.run(global),
            Self::Rotate(command) => command.run(global).await,
        }
    }
}

/// Writes the stack file's new text, if it makes nothing wrong that was right before.
pub fn replace(workspace: &Workspace<'_>, file: &StackFile, text: &str) -> Result<(), UserError> {
    let problems = |text: &str| {
        let (overrides, secrets) = (workspace.global.set.as_slice(), workspace.global.secrets.clone());
        let options = LoadOptions { overrides, secrets, ..LoadOptions::default() };
        let loaded = Stack::load_as(&workspace.folder, &workspace.global.stack, text, &options);
        loaded.err().map(|diagnostics| diagnostics.0).unwrap_or_default()
    };
    let mut found = problems(text);
    if !found.is_empty() {
        let before = problems(file.text());
        // An edit moves lines, so the place of what was wrong before does not count.
        let is_same = |one: &Diagnostic, other: &Diagnostic| one.message == other.message;
        found.retain(|one| !before.iter().any(|other| is_same(one, other)));
    }
    if !found.is_empty() {
        let error = UserError::from(Diagnostics(found));
        return Err(error.hint(format!("{} was not changed", file.path.display())));
    }
    file.write(text)?;
    if let Some(pattern) = &file.pattern {
        errln!("{} is the file of all stacks `{pattern}`", file.path.display());
    }
    Ok(())
}

impl From<EditError> for UserError {
    fn from(error: EditError) -> Self {
        let told = Self::failed(error.to_string());
        match error {
            EditError::Missing { key, known } => match nearest(&key, known.iter().map(String::as_str)) {
                Some(nearest) => told.hint(format!("did you mean `{nearest}`?")),
                None if known.is_empty() => told.hint("it has no values; `infra config set KEY VALUE` sets one"),
                None => told.hint(format!("it has {}", known.join(", "))),
            },
            EditError::NoMap(above) => told.hint(format!("remove it first: `infra config rm {above}`")),
            EditError::InsideSecret(above) => {
                told.hint(format!("set the secret as a whole: `infra config set {above} --secret`"))
            }
            EditError::Entangled { .. } => told.hint("edit the file by hand; an alias may share the value"),
            EditError::Key(_) | EditError::Write { .. } => told,
        }
    }
}
