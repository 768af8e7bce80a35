use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use super::exit::Exit;
use super::file_head::FileHead;
use super::former_place::FormerPlace;
use super::global::Global;
use super::lock_options::lock_options;
use super::recovery;
use super::state_places::{StatePlaces, whole_place};
use super::user_error::UserError;
use super::workspace::{Workspace, identity};
use crate::report::printer::errln;
use crate::stack::{Stack, StackName};
use crate::state::store::Store;
use crate::state::{
    History, Loaded, LockRecord, RecoveryFolder, Session, Snapshot, StackIdentity, StackKeys, StatePlace, StateSite,
};

/// Where a stack's region is looked for when neither its file nor its state nor the AWS configuration names one: buckets
/// answer from everywhere.
const ANY_REGION: &str = "us-east-1";

/// A stack's state and where it lies, with the stack's file or without it.
pub struct StackState {
    pub store: Arc<dyn Store>,
    pub identity: StackIdentity,
    /// Why the stack's file does not load, where there is one all the same.
    pub broken: Option<UserError>,
    /// Where runs on this machine keep what they could not write into it.
    pub recovery: RecoveryFolder,
    /// What the stack was called before, where its file says so.
    pub renamed_from: Option<StackName>,
    /// Where else state of the stack may lie.
    pub places: StatePlaces,
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
                    errln!("this is what state has; the stack file is wrong, as `infra validate` tells");
                }
                return Ok(found);
            }
        };
        let store = workspace.store(stack.state.as_deref(), &stack.region, None).await?;
        let state = Self::in_workspace(&workspace, store, identity(&stack, None));
        Ok(Self { renamed_from: stack.renamed_from, ..state })
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
        (known.serial > 0).then(|| Self::in_workspace(workspace, store, identity))
    }

    /// The state of a stack whose file is gone.
    ///
    /// # Errors
    /// Where not exactly one project has it.
    pub async fn of_gone_stack(workspace: &Workspace<'_>) -> Result<Self, UserError> {
        let global = workspace.global;
        let anywhere = Connection::clients(global).await?;
        let region = anywhere.default_region().unwrap_or(ANY_REGION).to_owned();
        let store = workspace.store(None, &region, None).await?;
        let project = workspace.places().project_of(&store, &global.stack).await?;
        let identity = StackIdentity { project, stack: global.stack.clone(), account: None, region: None };
        let known = of_file(&store, &identity).await?;
        let identity = StackIdentity { account: known.account, region: known.region.or(Some(region)), ..identity };
        Ok(Self::in_workspace(workspace, store, identity))
    }

    /// A stack's state, with what the workspace knows beside it.
    pub fn in_workspace(workspace: &Workspace<'_>, store: Arc<dyn Store>, identity: StackIdentity) -> Self {
        Self {
            store,
            identity,
            broken: None,
            recovery: workspace.recovery(),
            renamed_from: None,
            places: workspace.places(),
        }
    }

    /// The same state, for the account behind these credentials.
    pub fn of_caller(self, connection: &Connection) -> Self {
        let identity = StackIdentity { account: Some(connection.caller.account.clone()), ..self.identity };
        Self { identity, ..self }
    }

    /// State as it is now, without a lock, for a command that changes nothing: says so if a run on this machine kept
    /// something for it.
    pub async fn look(&self) -> Result<Loaded, UserError> {
        recovery::tell(&self.recovery, &self.identity).await;
        let (loaded, former) = self.read_either().await?;
        if let Some(former) = former {
            errln!("this is the state of {former}: `infra apply` gives it, and its objects' tags, the new name");
        }
        Ok(loaded)
    }

    /// As `look`, and says nothing.
    pub async fn read(&self) -> Result<Loaded, UserError> {
        Ok(self.read_either().await?.0)
    }

    /// The state, under its former name where it has that yet; then with where it is.
    async fn read_either(&self) -> Result<(Loaded, Option<StatePlace>), UserError> {
        let loaded = Session::read(&self.store, &self.identity).await?;
        if loaded.snapshot.serial > 0 {
            return Ok((loaded, None));
        }
        if let Some(former) = self.under_former_name() {
            let found = Session::read(&former.store, &former.identity).await?;
            if found.snapshot.serial > 0 {
                let loaded = Loaded { snapshot: self.renamed(&found.snapshot), ..found };
                return Ok((loaded, Some(former.place()?)));
            }
        }
        self.ensure_new().await?;
        Ok((loaded, None))
    }

    /// For a command that asks for records alone: whether they are those of the stack.
    ///
    /// # Errors
    /// `Refused` where its state is elsewhere. One that cannot be read has records all the same.
    pub async fn ensure_here(&self) -> Result<(), UserError> {
        match self.read().await {
            Err(error) if error.exit == Exit::Refused => Err(error),
            _ => Ok(()),
        }
    }

    /// A stack without state is new, unless its state lies elsewhere.
    async fn ensure_new(&self) -> Result<(), UserError> {
        let here = self.place()?;
        let renamed_from = self.renamed_from.as_ref();
        FormerPlace { places: &self.places, here: &here, renamed_from, region: self.region() }.ensure_none().await
    }

    /// Where the state is.
    pub fn place(&self) -> Result<StatePlace, UserError> {
        let StackIdentity { project, stack, .. } = self.identity.clone();
        Ok(StatePlace { location: whole_place(self.store.as_ref())?, project, stack })
    }

    /// Notes on this machine where a run found the state, for when that changes.
    pub async fn remember(&self, snapshot: &Snapshot) {
        if let (Ok(place), true) = (self.place(), snapshot.serial > 0) {
            self.places.remembered().remember(&place, Some(snapshot.lineage)).await;
        }
    }

    /// State under the lock.
    pub async fn open(&self, command: &str, wait: Duration) -> Result<Session, UserError> {
        let session = Session::open(&self.store, &self.identity, &lock_options(command, wait)?).await?;
        if session.exists() {
            self.remember(&session.snapshot()).await;
            return Ok(session);
        }
        match self.ensure_new().await {
            Ok(()) => Ok(session),
            Err(error) => {
                // The refusal tells more.
                let _ = session.close().await;
                Err(error)
            }
        }
    }

    /// True if there is no state, and nobody was at work when the question came: the lock is looked at first, so a run
    /// that makes state comes after that.
    pub async fn is_nothing(&self) -> Result<bool, UserError> {
        Ok(self.lock().await?.is_none() && self.read().await?.snapshot.serial == 0)
    }

    /// Puts a file in the place of state that is damaged, and says where that is kept; `None` where state can be read.
    pub async fn replace_damaged(
        &self,
        file: &[u8],
        command: &str,
        wait: Duration,
    ) -> Result<Option<String>, UserError> {
        let options = lock_options(command, wait)?;
        Ok(Session::replace_damaged(&self.store, &self.identity, &options, file).await?)
    }

    /// The lock of a run that has not given it back.
    async fn lock(&self) -> Result<Option<LockRecord>, UserError> {
        let keys = StackKeys::new(&self.identity.project, &self.identity.stack)?;
        Ok(crate::state::current(self.store.as_ref(), &keys).await?)
    }

    /// Frees the lock that a run left behind, and tells whose it was. That of a run that is alive on this machine needs
    /// `force`.
    pub async fn unlock(&self, id: &str, force: bool) -> Result<LockRecord, UserError> {
        let keys = StackKeys::new(&self.identity.project, &self.identity.stack)?;
        Ok(crate::state::unlock(self.store.as_ref(), &keys, id, force).await?)
    }

    /// The records that the stack's runs left.
    pub fn history(&self) -> Result<History, UserError> {
        Ok(History::of(&self.store, &self.identity)?)
    }

    /// The stack's region, or one where AWS can be asked who asks.
    pub fn region(&self) -> &str {
        self.identity.region.as_deref().unwrap_or(ANY_REGION)
    }
}

/// The snapshot's file, also one that says that its state was moved: that is told by whoever needs the state.
async fn of_file(store: &Arc<dyn Store>, identity: &StackIdentity) -> Result<Snapshot, UserError> {
    let (project, stack) = (identity.project.clone(), identity.stack.clone());
    let site = StateSite { store: Arc::clone(store), place: StatePlace { location: store.place(), project, stack } };
    Ok(site.peek().await?.unwrap_or_else(|| Snapshot::new(identity)))
}
