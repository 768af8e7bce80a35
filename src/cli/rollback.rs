use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::tz::TimeZone;

use super::choice::Choice;
use super::cipher::{key_ring, not_opened, unnamed_key};
use super::connection::Connection;
use super::execution::Execution;
use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::planning::Planning;
use super::recorded_stack::RecordedStack;
use super::rollback_target::RollbackTarget;
use super::stack_state::StackState;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::encryption::Encryption;
use crate::history::{HistoryRecord, MissingSecret, Restored, renamed};
use crate::plan::{Action, Plan};
use crate::report::printer::errln;
use crate::report::record_title;
use crate::resources::Registry;
use crate::secrets::{Secrets, Vault};
use crate::stack::{NothingKnown, Stack, StackFile, StackInputs};
use crate::state::{FingerprintKey, Snapshot};

#[derive(Debug, Args)]
pub struct Rollback {
    /// The run to go back to, as `infra history` numbers it; without it, the newest one before the last run that applied
    /// the whole stack with success, and from other inputs than the last run had. After a rollback
    /// that is what it went away from, and after a run that was killed the last one that succeeded
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    execution: Execution,
}

impl Rollback {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let found = StackState::find(global).await?;
        if found.is_nothing().await? {
            // A name that only a pattern fits may be mistyped, and leaves nothing behind.
            return Err(RollbackTarget::none("no run has left a record yet"));
        }
        let connection = Connection::open(global, found.region(), found.identity.account.as_deref()).await?;
        let state = found.of_caller(&connection);
        let work = async |run: &LockedRun| self.run_locked(global, run, &state, connection).await;
        let (exit, inputs) = under_lock(&state, "rollback", self.execution.locking.lock_timeout, work).await?;
        if exit == Exit::Done {
            tell_of_file(global, &inputs);
        }
        Ok(exit)
    }

    async fn run_locked(
        &self,
        global: &Global,
        run: &LockedRun,
        state: &StackState,
        connection: Connection,
    ) -> Result<(Exit, StackInputs), UserError> {
        let RollbackTarget { record, later } =
            run.unless_interrupted(RollbackTarget::choose(&run.session, self.to)).await?;
        let snapshot = run.session.snapshot();
        let recorded = run.unless_interrupted(restore(global, &snapshot, &record, &connection)).await?;
        drop(snapshot);
        let inputs = recorded.inputs.clone();
        let planning = Planning::start_from_record(global, recorded, Arc::clone(&state.store), connection);
        let planning = run.unless_interrupted(planning).await?.with_renamed(&renamed(&later));
        errln!("{}", back_to(&record)?);
        let accept = |_: &LockedRun, plan: &Plan| {
            warn_of_empty(plan, &planning.registry);
            Ok(self.execution.yes)
        };
        let exit = self.execution.run_locked(global, run, &planning, &self.choice.options(), accept).await?;
        Ok((exit, inputs))
    }
}

/// The record's inputs, with today's secrets in them.
async fn restore(
    global: &Global,
    snapshot: &Snapshot,
    record: &HistoryRecord,
    connection: &Connection,
) -> Result<RecordedStack, UserError> {
    let number = record.number;
    let inputs = record.inputs.as_ref().ok_or_else(|| UserError::failed(format!("record {number} has no inputs")))?;
    let encryption = encryption(global, inputs);
    let key = fingerprint_key(global, snapshot, encryption.as_ref(), connection).await?;
    let restored = Restored::of(inputs, &global.set, &todays_secrets(global), &key);
    match restored.missing.as_slice() {
        [] => Ok(RecordedStack { number, inputs: restored.inputs, secrets: restored.secrets, encryption }),
        missing => Err(secrets_missing(number, missing)),
    }
}

/// As the stack file says now, with what it said then for what was encrypted then.
fn encryption(global: &Global, inputs: &StackInputs) -> Option<Encryption> {
    let today =
        Workspace::find(global).ok().and_then(|workspace| StackFile::read(&workspace.folder, &global.stack).ok());
    let recorded = StackFile::of_text(PathBuf::from(&inputs.file), inputs.text.clone()).ok();
    let of = |file: Option<StackFile>| file.and_then(|file| file.encryption);
    match (of(today), of(recorded)) {
        (Some(today), Some(recorded)) => Some(today.after(recorded)),
        (today, recorded) => today.or(recorded),
    }
}

/// The key that the record's fingerprints were made with.
async fn fingerprint_key(
    global: &Global,
    snapshot: &Snapshot,
    encryption: Option<&Encryption>,
    connection: &Connection,
) -> Result<FingerprintKey, UserError> {
    let stored = &snapshot.fingerprint_key;
    let (Some(ciphertext), Some(sealed_with)) = (stored.ciphertext(), stored.sealed_with()) else {
        return Ok(stored.opened(&Vault::default()));
    };
    let encryption = encryption.ok_or_else(|| unnamed_key(sealed_with, false))?;
    let place = (snapshot.project.as_str(), snapshot.region.as_deref().unwrap_or_default());
    let keys = key_ring(global, encryption, place, Some(connection)).await?;
    let vault = Vault::new(Some(keys), global.secrets.clone());
    let opened = vault.open([ciphertext.clone()]).await;
    opened.map_err(|error| not_opened(error, "a secret that state keeps", stored, Some(encryption)))?;
    Ok(stored.opened(&vault))
}

/// What the stack file of today has of secrets. A file that is gone or wrong has none.
fn todays_secrets(global: &Global) -> Secrets {
    if let Ok(stack) = Workspace::find(global).and_then(|workspace| workspace.stack(None)) {
        for address in stack.resources.keys() {
            // Only the secrets on the way matter; what is wrong with the file is not what the command is about.
            let _ = stack.evaluate(address, &NothingKnown);
        }
    }
    global.secrets.clone()
}

fn secrets_missing(number: u64, missing: &[MissingSecret]) -> UserError {
    let places: Vec<String> = missing.iter().map(|one| format!("`{}`", one.place)).collect();
    let message = format!(
        "history keeps no secrets, and the stack file no longer has those that record {number} had in {}",
        places.join(", ")
    );
    let given = missing.iter().filter_map(|one| one.config_key.as_ref());
    let error = given.fold(UserError::failed(message), |error, key| error.hint(format!("give it: --set {key}=VALUE")));
    match missing.iter().any(|one| one.config_key.is_none()) {
        true => error.hint(format!(
            "check the commit of that run out, and `infra apply`; `infra history show {number}` names it"
        )),
        false => error,
    }
}

fn back_to(record: &HistoryRecord) -> Result<String, UserError> {
    Ok(format!("back to {}", record_title(&record.for_people()?, &TimeZone::system())))
}

/// The objects of these types hold data, and a new one is empty.
fn warn_of_empty(plan: &Plan, registry: &Registry) {
    let is_new = |action: Action| matches!(action, Action::Create | Action::Replace(_));
    let stateful = |type_name: &str| registry.get(type_name).is_some_and(|driver| driver.stateful());
    let empty = plan.steps.iter().filter(|step| is_new(step.action) && stateful(&step.type_name));
    let empty: Vec<&str> = empty.map(|step| step.address.as_str()).collect();
    if !empty.is_empty() {
        errln!("made again without the data that was in it: {}", empty.join(", "));
    }
}

/// Whoever runs the next apply from the file must know what it will bring back.
fn tell_of_file(global: &Global, inputs: &StackInputs) {
    let stack = Workspace::find(global).and_then(|workspace| workspace.stack(None));
    let differs = |stack: &Stack| stack.inputs() != StackInputs { file: stack.inputs().file, ..inputs.clone() };
    match stack {
        Ok(stack) if differs(&stack) => errln!(
            "{} was not changed: the next apply brings its newer inputs back; `infra plan` shows how they differ",
            stack.path.display()
        ),
        Ok(_) => {}
        Err(_) => errln!("there is no stack file to apply from that is right; `infra validate` tells why"),
    }
}
