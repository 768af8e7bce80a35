use clap::{Args, Subcommand};
use futures::{StreamExt, stream};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::global::Global;
use super::stack_state::StackState;
use super::user_error::UserError;
use crate::history::HistoryRecord;
use crate::report::printer::{errln, out};
use crate::report::{PlanText, document, history_table, record_text};
use crate::state;

/// Shows what earlier runs did: every run that changed anything, and every one that was killed.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct History {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    /// How many runs to show, the last ones
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// All that is known of one run, with what it changed
    Show(Show),
}

#[derive(Debug, Args)]
struct Show {
    /// The run's number, as `infra history` shows it
    number: u64,
    /// Also the properties of what was created, and long values in full
    #[arg(long)]
    full: bool,
}

/// Records fetched at a time.
const AT_ONCE: usize = 16;

impl History {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let found = StackState::find(global).await?;
        found.ensure_here().await?;
        let history = state::History::of(&found.store, &found.identity)?;
        match &self.command {
            Some(HistoryCommand::Show(show)) => show.run(&history, global.json).await?,
            None => self.list(&history, global).await?,
        }
        Ok(Exit::Done)
    }

    /// One record that cannot be read must not hide the others.
    async fn list(&self, history: &state::History, global: &Global) -> Result<(), UserError> {
        let numbers = history.numbers().await?;
        let newest = numbers.iter().rev().take(self.limit).copied();
        let read: Vec<_> = stream::iter(newest).map(|number| history.read(number)).buffered(AT_ONCE).collect().await;
        let (mut records, mut unreadable): (Vec<HistoryRecord>, Vec<String>) = Default::default();
        for record in read {
            match record {
                Ok(record) => records.extend(record),
                Err(error) => {
                    errln!("{error}");
                    unreadable.push(error.to_string());
                }
            }
        }
        if global.json {
            let heads = records.iter().map(head).collect::<Result<Vec<_>, _>>()?;
            document::tell(&json!({"records": heads, "unreadable": unreadable}))?;
        } else if numbers.is_empty() {
            errln!("no run of stack `{}` has left a record yet", global.stack);
        } else {
            let records = for_people(&records)?;
            out!("{}", history_table(&records, &TimeZone::system()));
            if numbers.len() > self.limit {
                errln!("{} older ones: --limit shows more", numbers.len() - self.limit);
            }
        }
        Ok(())
    }
}

impl Show {
    async fn run(&self, history: &state::History, json: bool) -> Result<(), UserError> {
        let numbers = history.numbers().await?;
        let record = read(history, &numbers, self.number).await?;
        if json {
            return Ok(document::tell(&json!({"record": record}))?);
        }
        let before = before(history, &numbers, self.number).await?;
        let before = before.map(|before| before.for_people()).transpose()?;
        let options = PlanText { verbose: self.full };
        out!("{}", record_text(&record.for_people()?, before.as_ref(), &TimeZone::system(), options));
        Ok(())
    }
}

/// The newest record before `number` that has inputs.
async fn before(history: &state::History, numbers: &[u64], number: u64) -> Result<Option<HistoryRecord>, UserError> {
    for earlier in numbers.iter().rev().filter(|earlier| **earlier < number) {
        let record: Option<HistoryRecord> = history.read(*earlier).await?;
        if let Some(record) = record.filter(|record| record.inputs.is_some()) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// One record out of those that there are.
///
/// # Errors
/// Where there is none of that number, with the numbers that there are.
pub async fn read(history: &state::History, numbers: &[u64], number: u64) -> Result<HistoryRecord, UserError> {
    let missing = || {
        let there = match numbers {
            [] => "no run has left a record yet".to_owned(),
            [only] => format!("there is only record {only}"),
            [first, .., last] => format!("there are records {first} to {last}"),
        };
        UserError::failed(format!("history has no record {number}: {there}")).hint("`infra history` lists them")
    };
    history.read(number).await?.ok_or_else(missing)
}

/// A record without its steps and inputs.
fn head(record: &HistoryRecord) -> Result<Json, UserError> {
    let mut head = serde_json::to_value(record)?;
    for long in ["steps", "operations", "output_changes", "config", "inputs"] {
        head.as_object_mut().and_then(|entries| entries.shift_remove(long));
    }
    Ok(head)
}

fn for_people(records: &[HistoryRecord]) -> Result<Vec<HistoryRecord>, UserError> {
    Ok(records.iter().map(HistoryRecord::for_people).collect::<Result<_, _>>()?)
}
