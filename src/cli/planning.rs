use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use super::cipher::keys;
use super::connection::Connection;
use super::global::Global;
use super::recorded_stack::RecordedStack;
use super::stack_state::StackState;
use super::told_diagnostics::warn;
use super::user_error::UserError;
use super::workspace::{Workspace, identity};
use crate::address::Address;
use crate::encryption::{Ciphertext, EncryptionError};
use crate::plan::{Inputs, LiveReader, PLAN_CHECKS, Plan, PlanOptions, plan, read_stored_values};
use crate::report::printer::{err, errln};
use crate::report::{Header, Spinner, plural};
use crate::resources::{Registry, ResourceId};
use crate::schema::Catalog;
use crate::secrets::Vault;
use crate::stack::Stack;
use crate::state::Snapshot;
use crate::state::store::Store;

/// What every command that plans has at hand.
pub struct Planning<'a> {
    pub workspace: Workspace<'a>,
    /// `None` where the file is gone and state is all there is.
    pub(super) stack: Option<Stack>,
    pub state: StackState,
    /// `None` plans from state alone.
    pub(super) connection: Option<Connection>,
    pub registry: Registry,
    pub vault: Vault,
    /// Why the secrets of `config` could not be decrypted. Who deletes does not need them.
    pub(super) sealed: Option<EncryptionError>,
}

impl<'a> Planning<'a> {
    /// Loads the stack and, unless offline, makes sure of the account.
    ///
    /// # Errors
    /// All that is wrong with the file, and what no plan can be made of.
    pub async fn start(global: &'a Global, offline: bool) -> Result<Self, UserError> {
        Self::start_in(Workspace::find(global)?.with_checks(PLAN_CHECKS), offline).await
    }

    /// As `start`, for the end of a stack, which needs no drivers' leave.
    pub async fn start_for_destroy(global: &'a Global, offline: bool) -> Result<Self, UserError> {
        Self::start_in(Workspace::find(global)?, offline).await
    }

    async fn start_in(workspace: Workspace<'a>, offline: bool) -> Result<Self, UserError> {
        let global = workspace.global;
        let stack = workspace.stack(None)?;
        let connection = match offline {
            true => None,
            false => Some(Connection::open(global, &stack.region, stack.account.as_deref()).await?),
        };
        let store = workspace.store(stack.state.as_deref(), &stack.region, connection.as_ref()).await?;
        Self::with_stack(workspace, stack, store, connection).await
    }

    /// As `start`, with what a history record has in the place of the stack's file, and state where the record was found.
    ///
    /// # Errors
    /// Also where the record's stack belongs to another account.
    pub async fn start_from_record(
        global: &'a Global,
        recorded: RecordedStack,
        store: Arc<dyn Store>,
        connection: Connection,
    ) -> Result<Self, UserError> {
        let workspace = Workspace { recorded: Some(recorded), ..Workspace::find(global)?.with_checks(PLAN_CHECKS) };
        let stack = workspace.stack(None)?;
        connection.ensure_account(stack.account.as_deref())?;
        Self::with_stack(workspace, stack, store, Some(connection)).await
    }

    /// The same for a stack whose resources are under other addresses in state: where each is, by the address that the
    /// stack gives it.
    pub fn with_renamed(mut self, renamed: &BTreeMap<Address, Address>) -> Self {
        let resources = self.stack.iter_mut().flat_map(|stack| stack.resources.values_mut());
        for resource in resources {
            resource.moved_from.extend(renamed.get(&resource.address).cloned());
        }
        self
    }

    async fn with_stack(
        workspace: Workspace<'a>,
        stack: Stack,
        store: Arc<dyn Store>,
        connection: Option<Connection>,
    ) -> Result<Self, UserError> {
        let identity = identity(&stack, connection.as_ref());
        let state = StackState::in_workspace(&workspace, store, identity);
        let state = StackState { renamed_from: stack.renamed_from.clone(), ..state };
        let registry = Registry::standard();
        let (vault, sealed) = (Vault::default(), None);
        let mut planning = Self { workspace, stack: None, state, connection, registry, vault, sealed };
        let stack = planning.completed(stack).await?;
        if !planning.workspace.checks.is_empty() {
            warn(&stack.warnings)?;
        }
        planning.stack = Some(stack);
        Ok(planning)
    }

    /// The stack with what its file does not say: the account, and the secrets of `config` in the clear.
    async fn completed(&mut self, stack: Stack) -> Result<Stack, UserError> {
        let global = self.workspace.global;
        let account = self.account(&stack).await?;
        // A passphrase that is not there is missed where it is needed.
        let keys = keys(global, &stack, self.connection.as_ref()).await.ok().flatten();
        self.vault = Vault::new(keys, global.secrets.clone());
        let ciphertexts: Vec<Ciphertext> =
            stack.unknown_secrets.iter().filter_map(|secret| secret.ciphertext.clone()).collect();
        self.sealed = self.vault.open(ciphertexts.clone()).await.err();
        self.tell_outdated(&ciphertexts);
        let plaintexts: HashMap<Ciphertext, String> = ciphertexts
            .into_iter()
            .filter_map(|ciphertext| Some((ciphertext.clone(), self.vault.plaintext(&ciphertext)?)))
            .collect();
        match (account, plaintexts.is_empty()) {
            (None, true) => Ok(stack),
            (account, _) => self.workspace.stack_with(account.as_deref(), plaintexts),
        }
    }

    /// The account that the stack is to know and does not name: the caller's, or without AWS the one that state is bound
    /// to.
    async fn account(&self, stack: &Stack) -> Result<Option<String>, UserError> {
        if stack.account.is_some() || !stack.mentions_account() {
            return Ok(None);
        }
        match &self.connection {
            Some(connection) => Ok(Some(connection.caller.account.clone())),
            None => Ok(self.state.read().await?.snapshot.account),
        }
    }

    /// As `start`; a stack whose file is gone or does not load is known from its state.
    pub async fn start_with_or_without_file(global: &'a Global) -> Result<Self, UserError> {
        let workspace = Workspace::find(global)?;
        let Err(error) = workspace.stack(None) else { return Self::start_in(workspace, false).await };
        let state = StackState::without_stack(&workspace, error).await?;
        if let Some(error) = &state.broken {
            err!("{}", global.secrets.mask(&error.text()));
            errln!("the stack file does not load, so this goes by state alone");
        }
        let region = state.identity.region.clone().unwrap_or_default();
        let connection = Connection::open(global, &region, state.identity.account.as_deref()).await?;
        let (state, connection) = (state.of_caller(&connection), Some(connection));
        let (registry, vault) = (Registry::standard(), Vault::default());
        Ok(Self { workspace, stack: None, state, connection, registry, vault, sealed: None })
    }

    pub fn stack(&self) -> Result<&Stack, UserError> {
        self.stack.as_ref().ok_or_else(|| UserError::failed("the stack's file is gone"))
    }

    pub fn stack_if_any(&self) -> Option<&Stack> {
        self.stack.as_ref()
    }

    pub fn connection(&self) -> Result<&Connection, UserError> {
        self.connection.as_ref().ok_or_else(|| UserError::failed("this needs AWS, and the command is offline"))
    }

    pub fn reader(&self) -> Result<LiveReader<'_>, UserError> {
        let connection = self.connection()?;
        Ok(LiveReader {
            registry: &self.registry,
            clients: connection.clients.clone(),
            account: &connection.caller.account,
        })
    }

    pub async fn plan(&self, snapshot: &Snapshot, options: &PlanOptions) -> Result<(Header, Plan), UserError> {
        self.plan_with(snapshot, options, BTreeMap::new()).await
    }

    /// One plan, with what it cost. `imports` are objects to take in beside those that the file imports.
    pub async fn plan_with(
        &self,
        snapshot: &Snapshot,
        options: &PlanOptions,
        imports: BTreeMap<Address, ResourceId>,
    ) -> Result<(Header, Plan), UserError> {
        let cost = self.cost();
        match options.destroy {
            false => self.open_secrets(snapshot).await?,
            // Only what an interrupted create may have made is told by its secrets, as far as they are there.
            true if snapshot.resources.values().any(|resource| resource.life.is_intended()) => {
                let sealed = snapshot.sealed().into_iter().map(|sealed| sealed.0);
                drop(self.vault.open(sealed.chain(snapshot.fingerprint_key.ciphertext().cloned())).await);
            }
            true => {}
        }
        self.planned(snapshot, options, (imports, false), cost).await
    }

    /// As `plan`, with objects read whole.
    pub async fn plan_whole(&self, snapshot: &Snapshot, options: &PlanOptions) -> Result<(Header, Plan), UserError> {
        let cost = self.cost();
        self.open_secrets(snapshot).await?;
        self.planned(snapshot, options, (BTreeMap::new(), true), cost).await
    }

    /// As `plan`, also without the values of secrets, and why any of them is not known. `whole`: objects are read whole.
    pub async fn plan_without_secrets(
        &self,
        snapshot: &Snapshot,
        options: &PlanOptions,
        whole: bool,
    ) -> Result<(Header, Plan, Vec<String>), UserError> {
        let cost = self.cost();
        let missing = self.open_what_opens(snapshot).await;
        let (header, plan) = self.planned(snapshot, options, (BTreeMap::new(), whole), cost).await?;
        Ok((header, plan, missing))
    }

    async fn planned(
        &self,
        snapshot: &Snapshot,
        options: &PlanOptions,
        (imports, whole): (BTreeMap<Address, ResourceId>, bool),
        (start, calls_before): (Instant, usize),
    ) -> Result<(Header, Plan), UserError> {
        let reader = self.connection.is_some().then(|| self.reader()).transpose()?;
        if let (Some(stack), Some(connection), false) = (&self.stack, &self.connection, options.destroy) {
            read_stored_values(stack, &connection.clients).await;
        }
        let inputs = Inputs {
            stack: self.stack.as_ref(),
            snapshot,
            registry: &self.registry,
            catalog: Catalog::standard(),
            reader: reader.as_ref(),
            options,
            vault: &self.vault,
            imports,
            whole,
        };
        let spinner = reader.as_ref().map(|_| Spinner::start(reading(snapshot)));
        let plan = plan(inputs).await;
        drop(spinner);
        let plan = plan?;
        let caller = self.connection.as_ref().map(|connection| &connection.caller);
        let header = Header {
            project: plan.project.clone(),
            stack: plan.stack.clone(),
            account: caller.map(|caller| caller.account.clone()),
            role: caller.map(|caller| caller.name().to_owned()),
            region: plan.region.clone(),
            read: plan.read,
            calls: self.calls() - calls_before,
            took: start.elapsed(),
        };
        Ok((header, plan))
    }

    /// What a plan costs counts from here.
    fn cost(&self) -> (Instant, usize) {
        (Instant::now(), self.calls())
    }

    fn calls(&self) -> usize {
        self.connection.as_ref().map_or(0, |connection| connection.clients.calls())
    }
}

fn reading(snapshot: &Snapshot) -> String {
    match snapshot.resources.len() {
        0 => "reading AWS".to_owned(),
        count => format!("reading {} from AWS", plural(count, "resource")),
    }
}
