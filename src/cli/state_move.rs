use clap::Args;
use serde_json::{Value as Json, json};

use super::former_place;
use super::global::Global;
use super::locking::Locking;
use super::places::whole;
use super::recovery;
use super::stack_state::StackState;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::report::plural;
use crate::state::{StatePlace, StateSite, Transferred, transfer};

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
        let found = StackState::find(global).await?;
        let from = StateSite { place: found.place()?, store: found.store };
        let location = workspace.parse_location(Some(&self.to))?;
        let place = StatePlace { location: whole(&location), ..from.place.clone() };
        let to = workspace.site(place, found.identity.region.as_deref().unwrap_or(StackState::ANY_REGION)).await?;
        let moved = bring(&workspace, &from, &to, ("state move", &self.locking)).await?;
        if global.json {
            anstream::println!("{}", json!({"moved": moved_json(&from.place, &to.place, &moved)}));
        } else {
            anstream::println!("{}", moved_text(&from.place, &to.place, &moved));
        }
        match former_place::line(&location, &workspace) {
            Some(line) => anstream::eprintln!("write `{line}` into the stack file"),
            None => anstream::eprintln!("take `state` out of the stack file"),
        }
        Ok(())
    }
}

/// Moves state, with what runs on this machine kept for it.
///
/// # Errors
/// As `transfer`, and where the former place does not take what was kept.
pub async fn bring(
    workspace: &Workspace<'_>,
    from: &StateSite,
    to: &StateSite,
    (command, locking): (&str, &Locking),
) -> Result<Transferred, UserError> {
    let options = workspace.lock_options(command, locking.lock_timeout)?;
    if recovery::is_kept(&workspace.recovery(), &from.identity()).await {
        match workspace.open(&from.store, &from.identity(), command, locking.lock_timeout).await {
            Ok(session) => session.close().await?,
            // The move tells what is to be done with a place that was left already.
            Err(error) => tracing::info!(error = error.message, "what was kept was not taken up"),
        }
    }
    let moved = transfer(from, to, &options).await?;
    workspace.places().remember(&to.place, Some(moved.snapshot.lineage)).await;
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
