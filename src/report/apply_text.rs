use super::Paint;
use super::header::plural;
use super::progress::verb;
use crate::apply::{ApplyReport, OperationOutcome, Verdict};

/// What an apply came to: how much was done, and every operation that was not, with why.
pub fn apply_text(report: &ApplyReport) -> String {
    let mut text = String::new();
    text.extend(failures(report).iter().map(|(error, failed)| failure_text(error, failed)));
    for outcome in report.unfinished().filter(|outcome| !outcome.verdict.was_stopped()) {
        text += &outcome_text(outcome);
    }
    for outcome in &report.outcomes {
        if let Some(name) = &outcome.snapshot {
            text += &format!("last snapshot of {}: {name}\n", outcome.operation.address);
        }
    }
    for reason in &report.without_baseline {
        text += &format!("`infra drift --all` will not compare what could not be read: {}\n", indented(reason));
    }
    text.extend(stopped(report).map(|stopped| stopped + "\n"));
    let failed = count(report, |verdict| matches!(verdict, Verdict::Failed { .. }));
    let stopped = count(report, Verdict::was_stopped);
    let skipped = count(report, |verdict| matches!(verdict, Verdict::Skipped { .. })) - stopped;
    let abandoned = count(report, |verdict| matches!(verdict, Verdict::Abandoned));
    if report.outcomes.is_empty() {
        return text + "nothing to do in AWS, and state is up to date\n";
    }
    let mut counts = vec![format!("{} done", plural(report.done(), "operation"))];
    let others = [(failed, "failed"), (skipped, "skipped"), (stopped, "not started"), (abandoned, "left under way")];
    counts.extend(others.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    text + &counts.join(", ") + if report.interrupted { " (interrupted)\n" } else { "\n" }
}

fn count(report: &ApplyReport, is: impl Fn(&Verdict) -> bool) -> usize {
    report.outcomes.iter().filter(|outcome| is(&outcome.verdict)).count()
}

/// What failed and why, without colour: a line or more for each cause.
pub fn failures_told(report: &ApplyReport) -> String {
    let failed =
        |failed: &[&OperationOutcome]| failed.iter().map(|outcome| what(outcome)).collect::<Vec<_>>().join(", ");
    let told = failures(report).into_iter().map(|(error, outcomes)| format!("{}: {error}", failed(&outcomes)));
    told.chain(stopped(report)).collect::<Vec<_>>().join("\n")
}

/// Why nothing more was started, where no failure tells it.
fn stopped(report: &ApplyReport) -> Option<String> {
    let reason = report.stopped_by.as_ref()?;
    let is_told = failures(report).iter().any(|(error, _)| error == reason);
    Some(if is_told { "stopped by that".to_owned() } else { format!("stopped: {reason}") })
}

/// What failed, by the error that it failed with: one cause often stops many operations.
fn failures(report: &ApplyReport) -> Vec<(&str, Vec<&OperationOutcome>)> {
    let mut causes: Vec<(&str, Vec<&OperationOutcome>)> = Vec::new();
    for outcome in &report.outcomes {
        let Verdict::Failed { error, .. } = &outcome.verdict else { continue };
        match causes.iter_mut().find(|(cause, _)| cause == error) {
            Some((_, failed)) => failed.push(outcome),
            None => causes.push((error, vec![outcome])),
        }
    }
    causes
}

fn failure_text(error: &str, failed: &[&OperationOutcome]) -> String {
    let failed: Vec<String> = failed.iter().map(|outcome| what(outcome)).collect();
    format!("{}\n  {}\n", Paint::removed(&format!("✗ {}", failed.join(", "))), indented(error))
}

fn what(outcome: &OperationOutcome) -> String {
    format!("{} {}", verb(&outcome.operation.kind).infinitive, outcome.operation.address)
}

fn outcome_text(outcome: &OperationOutcome) -> String {
    let what = what(outcome);
    match &outcome.verdict {
        Verdict::Done { .. } | Verdict::Failed { .. } => String::new(),
        Verdict::Skipped { because } => format!("○ {what}: skipped, {because}\n"),
        Verdict::Abandoned => format!("? {what}: left under way; the next run looks for what became of it\n"),
    }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
