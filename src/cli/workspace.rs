use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::Global;
use super::connection::Connection;
use super::exit::Exit;
use super::user_error::UserError;
use crate::stack::Stack;
use crate::state::{Holder, Identity, Loaded, Location, LockOptions, Session, Store};

/// The name of the folder that holds stack files.
const STACKS: &str = "stacks";

/// The folder with the stack files, and what the command line says about them.
pub struct Workspace<'a> {
    pub global: &'a Global,
    /// `stacks/`, in the working folder or above it.
    pub folder: PathBuf,
}

impl<'a> Workspace<'a> {
    /// # Errors
    /// Where neither the working folder nor any above it has `stacks/`.
    pub fn find(global: &'a Global) -> Result<Self, UserError> {
        let start = std::env::current_dir()?;
        let folder = start.ancestors().map(|folder| folder.join(STACKS)).find(|folder| folder.is_dir());
        let missing = || {
            UserError::new(Exit::InvalidStack, format!("no folder `{STACKS}` in {} or above it", start.display()))
                .hint("stack files are `stacks/NAME.yaml`; go to the project with `-C FOLDER`")
        };
        Ok(Self { global, folder: folder.ok_or_else(missing)? })
    }

    /// The stack that `--stack` names, with `--set` applied.
    ///
    /// # Errors
    /// All diagnostics of the file at once.
    pub fn stack(&self, account: Option<&str>) -> Result<Stack, UserError> {
        Ok(Stack::load(&self.folder, &self.global.stack, &self.global.set, account)?)
    }

    /// Where the stack's state is: what the file says, else `.infra/` beside the stack folder.
    pub fn location(&self, written: Option<&str>) -> Result<Location, UserError> {
        let root = self.folder.parent().unwrap_or(Path::new("."));
        match written {
            Some(text) => Ok(Location::parse(text, root)?),
            None => Ok(Location::embedded(root)),
        }
    }

    pub async fn store(&self, stack: &Stack, connection: Option<&Connection>) -> Result<Arc<dyn Store>, UserError> {
        match self.location(stack.state.as_deref())? {
            Location::Local(folder) => Ok(Arc::new(crate::state::LocalStore::new(folder))),
            Location::S3 { bucket, prefix } => {
                let clients = match connection {
                    Some(connection) => connection.clients.clone(),
                    None => Connection::clients(self.global).await,
                };
                Ok(Arc::new(crate::state::S3Store::new(clients.s3(&stack.region), bucket, prefix)))
            }
        }
    }

    /// State as it is now, without a lock.
    pub async fn read(&self, stack: &Stack, connection: Option<&Connection>) -> Result<Loaded, UserError> {
        let store = self.store(stack, connection).await?;
        Ok(Session::read(store, &identity(stack, connection)).await?)
    }

    /// State under the lock.
    pub async fn open(&self, stack: &Stack, connection: &Connection, command: &str, wait: std::time::Duration) -> Result<Session, UserError> {
        let store = self.store(stack, Some(connection)).await?;
        let options = LockOptions { timeout: wait, holder: holder(command), ..LockOptions::default() };
        Ok(Session::open(store, &identity(stack, Some(connection)), options).await?)
    }
}

fn identity(stack: &Stack, connection: Option<&Connection>) -> Identity {
    Identity {
        project: stack.project.clone(),
        stack: stack.name.clone(),
        account: connection.map(|connection| connection.caller.account.clone()),
        region: Some(stack.region.clone()),
    }
}

/// Who we are, for those who find the stack locked.
fn holder(command: &str) -> Holder {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let run = || {
        let (server, repository, id) =
            (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?, variable("GITHUB_RUN_ID")?);
        Some(format!("{server}/{repository}/actions/runs/{id}"))
    };
    Holder {
        user: variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned()),
        host: hostname::get().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        pid: std::process::id(),
        command: command.to_owned(),
        r#where: run().unwrap_or_default(),
    }
}
