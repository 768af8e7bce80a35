use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::connection::Connection;
use super::exit::Exit;
use super::global::Global;
use super::recorded_stack::RecordedStack;
use super::state_places::{StatePlaces, store_at};
use super::user_error::UserError;
use crate::encryption::Ciphertext;
use crate::stack::{Diagnostics, LoadOptions, Stack, StackCheck};
use crate::state::store::{Location, Store};
use crate::state::{RecoveryFolder, StackIdentity};

/// The name of the folder that holds stack files.
const STACKS: &str = "stacks";

/// The folder with the stack files, and what the command line says about them.
pub struct Workspace<'a> {
    pub global: &'a Global,
    /// `stacks/`, in the working folder or above it.
    pub folder: PathBuf,
    /// What stands for the stack's file in a rollback.
    pub recorded: Option<RecordedStack>,
    /// What is checked beside the file itself.
    pub checks: &'static [StackCheck],
}

impl<'a> Workspace<'a> {
    /// # Errors
    /// Where neither the working folder nor any above it has `stacks/`.
    pub fn find(global: &'a Global) -> Result<Self, UserError> {
        let start = std::env::current_dir()?;
        let folder = start.ancestors().map(|folder| folder.join(STACKS)).find(|folder| folder.is_dir());
        // The last stack file may be gone, and with it the folder, while their state is still there.
        let with_state =
            || start.ancestors().find(|folder| folder.join(".infra").is_dir()).map(|folder| folder.join(STACKS));
        let folder = folder.or_else(with_state);
        let missing = || {
            UserError::new(Exit::InvalidStack, format!("no folder `{STACKS}` in {} or above it", start.display()))
                .hint("stack files are `stacks/NAME.yaml`; go to the project with `-C FOLDER`")
        };
        let folder = folder.ok_or_else(missing)?;
        // Shorter paths in messages: relative to where the person is.
        let folder = folder.strip_prefix(&start).map(Path::to_path_buf).unwrap_or(folder);
        Ok(Self { global, folder, recorded: None, checks: &[] })
    }

    /// The same with further checks of the stack.
    pub fn with_checks(self, checks: &'static [StackCheck]) -> Self {
        Self { checks, ..self }
    }

    /// The stack that `--stack` names, with `--set` applied.
    ///
    /// # Errors
    /// All diagnostics of the file at once.
    pub fn stack(&self, account: Option<&str>) -> Result<Stack, UserError> {
        self.stack_with(account, HashMap::new())
    }

    /// As `stack`, with the plaintexts of `config`'s ciphertexts. A secret that `--set` does not give may be in the
    /// environment, which other users of the machine cannot see.
    pub fn stack_with(
        &self,
        account: Option<&str>,
        plaintexts: HashMap<Ciphertext, String>,
    ) -> Result<Stack, UserError> {
        let secrets = self.global.secrets.clone();
        let set = self.recorded.as_ref().map_or(&self.global.set, |recorded| &recorded.inputs.overrides);
        let mut options = LoadOptions { overrides: set, account, plaintexts, secrets, checks: self.checks };
        let stack = self.load(&options).map_err(|error| self.explained(error))?;
        let required = stack.unknown_secrets.iter().filter(|secret| secret.ciphertext.is_none());
        let given = required.filter_map(|secret| {
            let value = std::env::var(&secret.variable).ok().filter(|value| !value.is_empty())?;
            Some((secret.key.clone(), value))
        });
        let given: Vec<(String, String)> = given.collect();
        if given.is_empty() {
            return Ok(stack);
        }
        let overrides = [set.as_slice(), &given].concat();
        options.overrides = &overrides;
        Ok(self.load(&options)?)
    }

    fn load(&self, options: &LoadOptions<'_>) -> Result<Stack, Diagnostics> {
        match &self.recorded {
            Some(recorded) => recorded.load(&self.global.stack, options),
            None => Stack::load(&self.folder, &self.global.stack, options),
        }
    }

    /// A stack whose file is gone may still have state.
    fn explained(&self, error: Diagnostics) -> UserError {
        let error = UserError::from(error);
        match self.recorded.is_some() || Stack::is_declared(&self.folder, &self.global.stack) {
            true => error,
            false => error.hint(
                "where only the file is gone, `infra destroy`, `infra outputs`, `infra history` and `infra rollback` go by state",
            ),
        }
    }

    /// True if the stack has a file of its name, and not only one whose pattern fits.
    pub fn has_own_file(&self) -> bool {
        ["yaml", "yml"].iter().any(|ending| self.folder.join(format!("{}.{ending}", self.global.stack)).is_file())
    }

    /// Where state is: what `--state` or the file says, else `.infra/` beside the stack folder.
    pub fn location(&self, written: Option<&str>) -> Result<Location, UserError> {
        self.parse_location(self.global.state.as_deref().or(written))
    }

    /// The folder that holds the stack folder.
    pub fn root(&self) -> PathBuf {
        self.folder.parent().unwrap_or(Path::new("")).to_path_buf()
    }

    /// # Errors
    /// A text that names no place.
    pub fn parse_location(&self, text: Option<&str>) -> Result<Location, UserError> {
        Location::parse(text, &self.root()).map_err(|error| UserError::new(Exit::InvalidStack, error.to_string()))
    }

    pub async fn store(
        &self,
        written: Option<&str>,
        region: &str,
        connection: Option<&Connection>,
    ) -> Result<Arc<dyn Store>, UserError> {
        store_at(self.global, self.location(written)?, region, connection).await
    }

    /// What this machine knows of where state may lie.
    pub fn places(&self) -> StatePlaces {
        StatePlaces { global: self.global.clone(), root: self.root() }
    }

    /// Where runs on this machine keep what they could not write into state, wherever that is.
    pub fn recovery(&self) -> RecoveryFolder {
        RecoveryFolder::of_user(&self.root().join(Location::DEFAULT_FOLDER).join("recovery"))
    }
}

pub fn identity(stack: &Stack, connection: Option<&Connection>) -> StackIdentity {
    StackIdentity {
        project: stack.project.clone(),
        stack: stack.name.clone(),
        account: connection.map(|connection| connection.caller.account.clone()),
        region: Some(stack.region.clone()),
    }
}
