use std::sync::Arc;

use super::connection::Connection;
use super::file_head::FileHead;
use super::former_place::FormerPlace;
use super::global::Global;
use super::recovery;
use super::user_error::UserError;
use super::workspace::{Workspace, identity};
use crate::stack::Stack;
use crate::state::store::Store;
use crate::state::{Loaded, LockRecord, Session, Snapshot, StackIdentity, StackKeys, StatePlace, StateSite};

/// A stack's state and where it lies, with the stack's file or without it.
pub struct StackState<'a> {
    pub store: Arc<dyn Store>,
    pub identity: StackIdentity,
    workspace: Workspace<'a>,
}

impl<'a> StackState<'a> {
    /// Where a stack's region is looked for when neither its file nor its state nor the AWS configuration names one: buckets
    /// answer from everywhere.
    pub const ANY_REGION: &'static str = "us-east-1";

    /// # Errors
    /// Where the file does not even say where state is, or where there is none and not exactly one project has state of
    /// that stack.
    pub async fn find(global: &'a Global) -> Result<Self, UserError> {
        let workspace = Workspace::find(global)?;
        if !Stack::is_declared(&workspace.folder, &global.stack) {
            return Self::of_gone_stack(workspace).await;
        }
        let stack = match workspace.stack(None) {
            Ok(stack) => stack,
            Err(error) => return Self::of_broken_stack(workspace).await.ok_or(error),
        };
        let store = workspace.store(stack.state.as_deref(), &stack.region, None).await?;
        Ok(Self { store, identity: identity(&stack, None), workspace })
    }

    /// The state of a stack whose file is wrong in what state has nothing to do with.
    async fn of_broken_stack(workspace: Workspace<'a>) -> Option<Self> {
        let head = FileHead::read(&workspace.folder, &workspace.global.stack)?;
        let region = head.region.as_deref().unwrap_or(Self::ANY_REGION);
        let store = workspace.store(head.state.as_deref(), region, None).await.ok()?;
        let stack = workspace.global.stack.clone();
        let identity = StackIdentity { project: head.project, stack, account: None, region: head.region };
        // Without any state there is nothing to tell beside what is wrong with the file.
        let known = Session::read(&store, &identity).await.ok()?.snapshot;
        if known.serial == 0 {
            return None;
        }
        anstream::eprintln!("this is what state has; the stack file is wrong, as `infra validate` tells");
        Some(Self { store, identity, workspace })
    }

    /// The state of a stack whose file is gone.
    ///
    /// # Errors
    /// Where not exactly one project has it.
    pub async fn of_gone_stack(workspace: Workspace<'a>) -> Result<Self, UserError> {
        let global = workspace.global;
        let anywhere = Connection::clients(global).await;
        let region = anywhere.default_region().unwrap_or(Self::ANY_REGION).to_owned();
        let store = workspace.store(None, &region, None).await?;
        let project = workspace.project_of(&store, &global.stack).await?;
        let identity = StackIdentity { project, stack: global.stack.clone(), account: None, region: None };
        let known = of_file(&store, &identity).await?;
        let identity = StackIdentity { account: known.account, region: known.region.or(Some(region)), ..identity };
        Ok(Self { store, identity, workspace })
    }

    /// State as it is now, without a lock.
    pub async fn read(&self) -> Result<Loaded, UserError> {
        recovery::tell(&self.workspace.recovery(), &self.identity).await;
        let loaded = Session::read(&self.store, &self.identity).await?;
        if !loaded.exists {
            let here = self.place()?;
            let region = self.identity.region.as_deref().unwrap_or(Self::ANY_REGION);
            FormerPlace { workspace: &self.workspace, here: &here, region }.ensure_none().await?;
        }
        Ok(loaded)
    }

    /// Where the state is.
    pub fn place(&self) -> Result<StatePlace, UserError> {
        let StackIdentity { project, stack, .. } = self.identity.clone();
        Ok(StatePlace { location: self.workspace.whole_place(self.store.as_ref())?, project, stack })
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

/// The snapshot's file, also one that says that its state was moved: that is told by whoever needs the state.
async fn of_file(store: &Arc<dyn Store>, identity: &StackIdentity) -> Result<Snapshot, UserError> {
    let (project, stack) = (identity.project.clone(), identity.stack.clone());
    let site = StateSite { store: Arc::clone(store), place: StatePlace { location: store.place(), project, stack } };
    Ok(site.peek().await?.unwrap_or_else(|| Snapshot::new(identity)))
}
