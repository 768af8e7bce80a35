use std::sync::Arc;

use super::connection::Connection;
use super::file_head::FileHead;
use super::global::Global;
use super::recovery;
use super::user_error::UserError;
use super::workspace::{Workspace, identity};
use crate::stack::Stack;
use crate::state::store::Store;
use crate::state::{Loaded, LockRecord, RecoveryFolder, Session, StackIdentity, StackKeys};

/// Where a stack's region is looked for when neither its file nor its state nor the AWS configuration names one: buckets
/// answer from everywhere.
const ANY_REGION: &str = "us-east-1";

/// A stack's state and where it lies, with the stack's file or without it.
pub struct StackState {
    pub store: Arc<dyn Store>,
    pub identity: StackIdentity,
    /// Why the stack's file does not load, where there is one all the same.
    pub broken: Option<UserError>,
    recovery: RecoveryFolder,
}

impl StackState {
    /// # Errors
    /// Where the file does not even say where state is, or where there is none and not exactly one project has state of
    /// that stack.
    pub async fn find(global: &Global) -> Result<Self, UserError> {
        let workspace = Workspace::find(global)?;
        let stack = match workspace.stack(None) {
            Ok(stack) => stack,
            Err(error) => {
                let found = Self::without_stack(&workspace, error).await?;
                if found.broken.is_some() {
                    anstream::eprintln!("this is what state has; the stack file is wrong, as `infra validate` tells");
                }
                return Ok(found);
            }
        };
        let store = workspace.store(stack.state.as_deref(), &stack.region, None).await?;
        Ok(Self { store, identity: identity(&stack, None), broken: None, recovery: workspace.recovery() })
    }

    /// The state of a stack whose file does not load, with the reason, or is gone.
    ///
    /// # Errors
    /// The file's own error where it does not even say where state is, or there is none.
    pub async fn without_stack(workspace: &Workspace<'_>, error: UserError) -> Result<Self, UserError> {
        match FileHead::read(&workspace.folder, &workspace.global.stack) {
            Some(head) => match Self::of_broken_stack(workspace, head).await {
                Some(found) => Ok(Self { broken: Some(error), ..found }),
                None => Err(error),
            },
            None if Stack::is_declared(&workspace.folder, &workspace.global.stack) => Err(error),
            None => Self::of_gone_stack(workspace).await,
        }
    }

    /// The state of a stack whose file is wrong in what state has nothing to do with. Without any state there is nothing to
    /// tell beside what is wrong with the file.
    async fn of_broken_stack(workspace: &Workspace<'_>, head: FileHead) -> Option<Self> {
        let region = head.region.as_deref().unwrap_or(ANY_REGION);
        let store = workspace.store(head.state.as_deref(), region, None).await.ok()?;
        let stack = workspace.global.stack.clone();
        let identity = StackIdentity { project: head.project, stack, account: None, region: None };
        let known = Session::read(&store, &identity).await.ok()?.snapshot;
        let identity = StackIdentity { account: known.account, region: known.region.or(head.region), ..identity };
        (known.serial > 0).then(|| Self { store, identity, broken: None, recovery: workspace.recovery() })
    }

    /// The state of a stack whose file is gone.
    ///
    /// # Errors
    /// Where not exactly one project has it.
    pub async fn of_gone_stack(workspace: &Workspace<'_>) -> Result<Self, UserError> {
        let global = workspace.global;
        let anywhere = Connection::clients(global).await;
        let region = anywhere.default_region().unwrap_or(ANY_REGION).to_owned();
        let store = workspace.store(None, &region, None).await?;
        let project = workspace.project_of(&store, &global.stack).await?;
        let identity = StackIdentity { project, stack: global.stack.clone(), account: None, region: None };
        let known = Session::read(&store, &identity).await?.snapshot;
        let identity = StackIdentity { account: known.account, region: known.region.or(Some(region)), ..identity };
        Ok(Self { store, identity, broken: None, recovery: workspace.recovery() })
    }

    /// State as it is now, without a lock.
    pub async fn read(&self) -> Result<Loaded, UserError> {
        recovery::tell(&self.recovery, &self.identity).await;
        Ok(Session::read(&self.store, &self.identity).await?)
    }

    /// The lock of a run that has not given it back.
    pub async fn lock(&self) -> Result<Option<LockRecord>, UserError> {
        let keys = StackKeys::new(&self.identity.project, &self.identity.stack)?;
        Ok(crate::state::current(self.store.as_ref(), &keys).await?)
    }

    /// Frees the lock that a run left behind, and tells whose it was.
    pub async fn unlock(&self, id: &str) -> Result<LockRecord, UserError> {
        let keys = StackKeys::new(&self.identity.project, &self.identity.stack)?;
        Ok(crate::state::unlock(self.store.as_ref(), &keys, id).await?)
    }
}
