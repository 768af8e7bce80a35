use similar::{ChangeTag, TextDiff};

use super::Paint;
use crate::history::HistoryRecord;
use crate::stack::StackInputs;

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// What a run was made from, against the record before it: the stack file, the files that it reads, and the config.
pub fn inputs_text(record: &HistoryRecord, before: Option<&HistoryRecord>) -> String {
    let Some(inputs) = &record.inputs else {
        return "the stack file was gone\n".to_owned();
    };
    let Some(before) = before else {
        return "the first inputs that were recorded\n".to_owned();
    };
    let mut text = String::new();
    if let Some(former) = &before.inputs {
        text += &files_text(former, inputs);
    }
    text += &diff("config", &config(before), &config(record));
    match text.is_empty() {
        true => format!("the inputs are those of {}\n", before.number),
        false => format!("{}\n{text}", Paint::bold(&format!("inputs, against {}", before.number))),
    }
}

fn files_text(before: &StackInputs, after: &StackInputs) -> String {
    let mut text = diff(&after.file, &before.text, &after.text);
    let gone = before.files.keys().filter(|path| !after.files.contains_key(*path));
    for path in after.files.keys().chain(gone) {
        let side = |inputs: &StackInputs| inputs.files.get(path).cloned().unwrap_or_default();
        text += &diff(path, &side(before), &side(after));
    }
    text
}

fn config(record: &HistoryRecord) -> String {
    serde_json::to_string_pretty(&record.config).unwrap_or_default()
}

/// A unified diff, empty where nothing differs.
fn diff(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        text += &format!("  {}\n", Paint::dim(&format!("{name} {}", hunk.header())));
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            text += &match change.tag() {
                ChangeTag::Delete => format!("  {}\n", Paint::removed(&format!("-{line}"))),
                ChangeTag::Insert => format!("  {}\n", Paint::added(&format!("+{line}"))),
                ChangeTag::Equal => format!("   {line}\n"),
            };
        }
    }
    text
}
