use super::Paint;
use super::header::plural;
use super::progress::verb;
use crate::apply::{ApplyReport, OperationOutcome, Verdict};

/// What an apply came to: how much was done, and every operation that was not, with why.
pub fn apply_text(report: &ApplyReport) -> String {
    let mut text = String::new();
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
    if let Some(reason) = &report.stopped_by {
        text += &format!("stopped: {reason}\n");
    }
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

fn outcome_text(outcome: &OperationOutcome) -> String {
    let what = format!("{} {}", verb(&outcome.operation.kind).infinitive, outcome.operation.address);
    match &outcome.verdict {
        Verdict::Done { .. } => String::new(),
        Verdict::Failed { error, .. } => format!("{}\n  {}\n", Paint::removed(&format!("✗ {what}")), indented(error)),
        Verdict::Skipped { because } => format!("○ {what}: skipped, {because}\n"),
        Verdict::Abandoned => format!("? {what}: left under way; the next run looks for what became of it\n"),
    }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
