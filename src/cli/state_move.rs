use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use super::former_place::line;
use super::global::Global;
use super::lock_options::lock_options;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::places::whole;
use super::recovery;
use super::stack_state::StackState;
use super::state_recorder::StateRecorder;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::history::RunKind;
use crate::report::printer::{errln, outln};
use crate::report::{document, plural};
use crate::state::{History, StatePlace, StateSite, Transferred, transfer};

#[derive(Debug, Args)]
pub struct Move {
    /// Where state is to be kept from now on: `s3://BUCKET/PREFIX` or a folder
    #[arg(long, value_name = "LOCATION")]
    to: String,
    #[command(flatten)]
    locking: Locking,
}

impl Move {
    pub async fn run(&self, global: &Global) -> Result<(), UserError> {
        let workspace = Workspace::find(global)?;
        let state = StackState::find(global).await?;
        let (from, location) = (state.place()?, workspace.parse_location(Some(&self.to))?);
        let to = StatePlace { location: whole(&location), ..from.clone() };
        let to = workspace.places().site(to, state.region()).await?;
        let moved = bring(&state, &to, ("state move", &self.locking)).await?;
        match global.json {
            true => document::tell(&json!({"moved": moved_json(&from, &to.place, &moved)}))?,
            false => outln!("{}", moved_text(&from, &to.place, &moved)),
        }
        match line(&location, &workspace.root()) {
            Some(line) => errln!("write `{line}` into the stack file"),
            None => errln!("take `state` out of the stack file"),
        }
        Ok(())
    }
}

/// Moves state, with what runs on this machine kept for it, and leaves a record of it in the new place.
///
/// # Errors
/// As `transfer`, and where the former place does not take what was kept.
pub async fn bring(
    state: &StackState,
    to: &StateSite,
    (command, locking): (&'static str, &Locking),
) -> Result<Transferred, UserError> {
    let from = StateSite { store: Arc::clone(&state.store), place: state.place()? };
    // A place that was left already takes nothing more.
    let is_left = from.peek().await?.is_some_and(|snapshot| snapshot.moved.is_some());
    if !is_left && recovery::is_kept(&state.recovery, &state.identity).await {
        under_lock(state, command, locking.lock_timeout, async |_: &LockedRun| Ok(())).await?;
    }
    let recorder = StateRecorder::begin(&state.places.global, None, RunKind::StateMove);
    let moved = transfer(&from, to, &lock_options(command, locking.lock_timeout)?).await?;
    state.places.remembered().remember(&to.place, Some(moved.snapshot.lineage)).await;
    let recorder = recorder.after_serial(moved.snapshot.serial);
    recorder.end_without_lock(&History::of(&to.store, &to.identity())?, &moved.snapshot).await;
    Ok(moved)
}

/// What was moved, in words.
pub fn moved_text(from: &StatePlace, to: &StatePlace, moved: &Transferred) -> String {
    let resources = plural(moved.snapshot.resources.len(), "resource");
    let records = plural(moved.records, "record");
    let to = match (&from.project, &from.stack) == (&to.project, &to.stack) {
        true => to.location.clone(),
        false => to.to_string(),
    };
    format!("moved the state of {from} to {to}: {resources}, {records} of history")
}

/// The same for programs.
pub fn moved_json(from: &StatePlace, to: &StatePlace, moved: &Transferred) -> Json {
    json!({"from": from, "to": to, "resources": moved.snapshot.resources.len(), "records": moved.records})
}
