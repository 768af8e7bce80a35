use std::path::PathBuf;

use clap::Args;
use jiff::tz::TimeZone;

use super::choice::Choice;
use super::cipher::{key_ring, not_opened, unnamed_key};
use super::execution::Execution;
use super::exit::Exit;
use super::global::Global;
use super::history::read;
use super::planning::Planning;
use super::recorded_stack::RecordedStack;
use super::stack_state::StackState;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::encryption::Encryption;
use crate::history::{HistoryRecord, MissingSecret, Restored, RunKind};
use crate::plan::{Action, Plan};
use crate::report::record_title;
use crate::resources::Registry;
use crate::secrets::{Secrets, Vault};
use crate::stack::{NothingKnown, Stack, StackFile, StackInputs};
use crate::state::{FingerprintKey, History, Session};

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
        let history = History::of(&found.store, &found.identity)?;
        let record = self.target(&history, was_cut_off(&found).await?).await?;
        let recorded = restore(global, &found, &record).await?;
        let inputs = recorded.inputs.clone();
        let planning = Planning::start_from_record(global, recorded, found.store).await?;
        anstream::eprintln!("{}", back_to(&record)?);
        let accept = |plan: &Plan| {
            warn_of_empty(plan, &planning.registry);
            Ok(self.execution.yes)
        };
        let exit = self.execution.run(global, "rollback", &planning, &self.choice.options(), accept).await?;
        if exit == Exit::Done {
            tell_of_file(global, &inputs);
        }
        Ok(exit)
    }

    async fn target(&self, history: &History, cut_off: Option<u64>) -> Result<HistoryRecord, UserError> {
        let numbers = history.numbers().await?;
        let record = match self.to {
            Some(number) => read(history, &numbers, number).await?,
            None => standard_target(history, &numbers, cut_off).await?,
        };
        match (record.kind, &record.inputs) {
            (RunKind::Destroy, _) => {
                Err(UserError::failed(format!("record {} is the end of the stack", record.number))
                    .hint("`infra destroy` destroys it again; name a run before it to make it again"))
            }
            (_, None) => Err(UserError::failed(format!("record {} has no stack file to go back to", record.number))),
            _ => Ok(record),
        }
    }
}

/// The commands that change objects and leave a record.
const RECORDED: [&str; 3] = ["apply", "destroy", "rollback"];

/// State's serial, if the last run that changed objects was killed: it left something unsettled, or never gave its lock
/// back.
async fn was_cut_off(found: &StackState) -> Result<Option<u64>, UserError> {
    let snapshot = found.read().await?.snapshot;
    let lock = found.lock().await?;
    let held = lock.is_some_and(|record| RECORDED.contains(&record.holder.command.as_str()));
    Ok((held || snapshot.unsettled().next().is_some()).then_some(snapshot.serial))
}

/// The newest run before the last one that reached its inputs, where those are not what the last one already had. After
/// a destroy they may be: then going back makes everything again.
async fn standard_target(history: &History, numbers: &[u64], cut_off: Option<u64>) -> Result<HistoryRecord, UserError> {
    let nothing = |why: &str| {
        UserError::failed(format!("there is nothing to go back to: {why}"))
            .hint("name a run with --to; `infra history` lists them")
    };
    let Some((last, earlier)) = numbers.split_last() else { return Err(nothing("no run has left a record yet")) };
    let last = read(history, numbers, *last).await?;
    // A run that was killed left no record: then the last one that did is what it went away from.
    if cut_off.is_some_and(|serial| serial > last.serial_after) && last.reached_inputs() {
        return Ok(last);
    }
    for number in earlier.iter().rev() {
        let record = read(history, numbers, *number).await?;
        let differs = last.kind == RunKind::Destroy || !record.has_inputs_of(&last);
        if record.reached_inputs() && differs {
            return Ok(record);
        }
    }
    Err(nothing("no earlier run applied the whole stack with success and other inputs"))
}

/// The record's inputs, with today's secrets in them.
async fn restore(global: &Global, found: &StackState, record: &HistoryRecord) -> Result<RecordedStack, UserError> {
    let number = record.number;
    let inputs = record.inputs.as_ref().ok_or_else(|| UserError::failed(format!("record {number} has no inputs")))?;
    let encryption = encryption(global, inputs);
    let key = fingerprint_key(global, found, encryption.as_ref()).await?;
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
    found: &StackState,
    encryption: Option<&Encryption>,
) -> Result<FingerprintKey, UserError> {
    let stored = Session::read(&found.store, &found.identity).await?.snapshot.fingerprint_key;
    let (Some(ciphertext), Some(sealed_with)) = (stored.ciphertext(), stored.sealed_with()) else {
        return Ok(stored.opened(&Vault::default()));
    };
    let encryption = encryption.ok_or_else(|| unnamed_key(sealed_with, false))?;
    let place = (found.identity.project.as_str(), found.identity.region.as_deref().unwrap_or_default());
    let vault = Vault::new(Some(key_ring(global, encryption, place, None).await?), global.secrets.clone());
    let opened = vault.open([ciphertext.clone()]).await;
    opened.map_err(|error| not_opened(error, "a secret that state keeps", &stored, Some(encryption)))?;
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
        anstream::eprintln!("made again without the data that was in it: {}", empty.join(", "));
    }
}

/// Whoever runs the next apply from the file must know what it will bring back.
fn tell_of_file(global: &Global, inputs: &StackInputs) {
    let stack = Workspace::find(global).and_then(|workspace| workspace.stack(None));
    let differs = |stack: &Stack| stack.inputs() != StackInputs { file: stack.inputs().file, ..inputs.clone() };
    match stack {
        Ok(stack) if differs(&stack) => anstream::eprintln!(
            "{} was not changed: the next apply brings its newer inputs back; `infra plan` shows how they differ",
            stack.path.display()
        ),
        Ok(_) => {}
        Err(_) => anstream::eprintln!("there is no stack file to apply from that is right; `infra validate` tells why"),
    }
}
