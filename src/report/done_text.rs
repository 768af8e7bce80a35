use crate::history::{HistoryRecord, RunKind, RunOutcome, StepOutcome, StepRecord};
use crate::plan::Action;

/// What a run did, on a line: `2 created, 1 updated, 1 failed`.
pub fn done_text(record: &HistoryRecord) -> String {
    match (record.outcome, record.kind) {
        (RunOutcome::Killed, _) => "not told".to_owned(),
        (_, RunKind::StateMv) => format!("{} moved", record.renames.len()),
        (_, RunKind::StateRm) => "forgotten".to_owned(),
        (_, RunKind::StatePush) => "state replaced".to_owned(),
        (_, RunKind::StateUnlock) => "lock ended".to_owned(),
        _ => steps_text(record),
    }
}

fn steps_text(record: &HistoryRecord) -> String {
    let done = |words: &str| {
        let is_it = |step: &&StepRecord| step.outcome == StepOutcome::Done && past(step) == words;
        record.steps.iter().filter(is_it).count()
    };
    let ended = |is: fn(&StepOutcome) -> bool| record.steps.iter().filter(|step| is(&step.outcome)).count();
    let actions = ["created", "imported", "updated", "replaced", "moved", "deleted", "forgotten"];
    let mut counts: Vec<(usize, &str)> = actions.into_iter().map(|words| (done(words), words)).collect();
    counts.extend([
        (ended(|outcome| matches!(outcome, StepOutcome::Failed { .. })), "failed"),
        (ended(|outcome| matches!(outcome, StepOutcome::Skipped { .. })), "skipped"),
        (ended(|outcome| *outcome == StepOutcome::NotStarted), "not started"),
        (ended(|outcome| *outcome == StepOutcome::LeftUnderWay), "left under way"),
    ]);
    let texts: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if texts.is_empty() { "outputs only".to_owned() } else { texts.join(", ") }
}

fn past(record: &StepRecord) -> &'static str {
    match record.step.action {
        _ if record.step.is_move() => "moved",
        Action::Create => "created",
        Action::Import => "imported",
        Action::Update | Action::NoChange => "updated",
        Action::Replace(_) => "replaced",
        Action::Move => "moved",
        Action::Delete => "deleted",
        Action::Forget => "forgotten",
        // A plan with one of these is not walked.
        Action::Refused => "refused",
    }
}
