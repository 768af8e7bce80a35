use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Paint;
use super::done_text::done_text;
use crate::history::{HistoryRecord, RunOutcome};

const TITLES: [&str; 6] = ["#", "when", "who", "commit", "outcome", "done"];

/// The records, one a line; the command comes last, because it may be long.
pub fn history_table(records: &[HistoryRecord], zone: &TimeZone) -> String {
    let rows: Vec<[String; 6]> = records.iter().map(|record| cells(record, zone)).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([TITLES[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |cells: [&str; 6]| -> String {
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  ")).collect()
    };
    let mut text = Paint::bold(&format!("{}command", line(TITLES))) + "\n";
    for (row, record) in rows.iter().zip(records) {
        let cells = line(row.each_ref().map(String::as_str)) + &record.command;
        text += &match record.outcome {
            RunOutcome::Succeeded => format!("{cells}\n"),
            RunOutcome::Failed | RunOutcome::Interrupted | RunOutcome::Killed => {
                format!("{}\n", Paint::removed(&cells))
            }
        };
    }
    text
}

fn cells(record: &HistoryRecord, zone: &TimeZone) -> [String; 6] {
    let commit = record.commit.as_ref().map_or("-", |commit| commit.short()).to_owned();
    [
        record.number.to_string(),
        local(record.started, zone),
        record.author.user.clone(),
        commit,
        record.outcome.to_string(),
        done_text(record),
    ]
}

/// A record in one phrase: `3 of 2026-11-22 08:31:07 by ada: infra apply --yes (1a2b3c4d)`.
pub fn record_title(record: &HistoryRecord, zone: &TimeZone) -> String {
    let commit = record.commit.as_ref().map(|commit| format!(" ({})", commit.short())).unwrap_or_default();
    let (number, started, user) = (record.number, local(record.started, zone), &record.author.user);
    format!("{number} of {started} by {user}: {}{commit}", record.command)
}

/// A moment by the clock of the terminal.
pub fn local(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
