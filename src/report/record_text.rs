use jiff::tz::TimeZone;

use super::done_text::done_text;
use super::history_table::local;
use super::inputs_text::inputs_text;
use super::plan_text::plan_body;
use super::{Paint, PlanText};
use crate::history::{Author, GitCommit, HistoryRecord, RunOutcome, StepOutcome, StepRecord};

/// All that a record tells: the run, the plan as it was printed, what came of it, and how its inputs differ from those of
/// the record before.
pub fn record_text(
    record: &HistoryRecord,
    before: Option<&HistoryRecord>,
    zone: &TimeZone,
    options: PlanText,
) -> String {
    let mut text = run_text(record, zone);
    if !record.has_plan() {
        text.extend(record.renames.iter().map(|rename| format!("\n{} is {} now\n", rename.from, rename.to)));
        return text + &format!("\n{}\n", ending(record));
    }
    text += &plan_body(&record.plan(), &record.summary, options);
    text += &format!("\n{}: {}\n", record.outcome, done_text(record));
    text.extend(record.error.iter().map(|error| format!("stopped: {error}\n")));
    text.extend(record.steps.iter().filter_map(unfinished));
    for step in &record.steps {
        text.extend(step.snapshots.iter().map(|name| format!("last snapshot of {}: {name}\n", step.step.address)));
    }
    text + "\n" + &inputs_text(record, before)
}

fn ending(record: &HistoryRecord) -> String {
    match record.outcome {
        RunOutcome::Killed => {
            "killed: it never gave its lock back; what it did is in state, and the next run went on from there"
                .to_owned()
        }
        outcome => format!("{outcome}: {}", done_text(record)),
    }
}

fn run_text(record: &HistoryRecord, zone: &TimeZone) -> String {
    let title = format!("record {} of {}/{}", record.number, record.project, record.stack);
    let took = record.ended.duration_since(record.started).as_secs_f64();
    let rows = [
        ("when", Some(format!("{}, {took:.1} s", local(record.started, zone)))),
        ("who", Some(who(&record.author))),
        ("where", Some(record.author.place.clone()).filter(|place| !place.is_empty())),
        ("command", Some(record.command.clone())),
        ("commit", record.commit.as_ref().map(commit_text)),
        ("account", Some(account_text(record))),
        ("infra", Some(record.infra.clone()).filter(|infra| !infra.is_empty())),
        ("state", Some(format!("serial {} → {}", record.serial_before, record.serial_after))),
    ];
    let rows = rows.into_iter().filter_map(|(name, value)| Some(format!("  {name:<7}  {}\n", value?)));
    format!("{}\n{}", Paint::bold(&title), rows.collect::<String>())
}

fn account_text(record: &HistoryRecord) -> String {
    let parts = [record.account.as_str(), record.region.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn who(author: &Author) -> String {
    let principal = author.principal.as_ref().map(|principal| format!(", {principal}")).unwrap_or_default();
    format!("{} on {}{principal}", author.user, author.host)
}

fn commit_text(commit: &GitCommit) -> String {
    let branch = commit.branch.as_ref().map(|branch| format!(" on {branch}")).unwrap_or_default();
    let dirty = if commit.dirty { ", with changes that were not committed" } else { "" };
    format!("{}{branch}{dirty}", commit.short())
}

fn unfinished(record: &StepRecord) -> Option<String> {
    let address = &record.step.address;
    match &record.outcome {
        StepOutcome::Done => None,
        StepOutcome::Failed { error } => {
            let error = error.replace('\n', "\n  ");
            Some(format!("{}\n  {error}\n", Paint::removed(&format!("✗ {address}"))))
        }
        StepOutcome::Skipped { because } => Some(format!("○ {address}: skipped, {because}\n")),
        StepOutcome::NotStarted => Some(format!("○ {address}: not started\n")),
        StepOutcome::LeftUnderWay => Some(format!("? {address}: left under way\n")),
    }
}
