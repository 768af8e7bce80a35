use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Paint;
use crate::address::Address;
use crate::apply::Event;
use crate::plan::{Operation, OperationKind};

/// Shows an apply while it runs, on stderr: a line with a spinner for each operation under way on a terminal, one plain
/// line for each event elsewhere.
pub struct Progress {
    bars: Option<MultiProgress>,
    running: Mutex<HashMap<Address, ProgressBar>>,
    waves: usize,
}

/// The three forms of what an operation does.
pub struct Verb {
    pub infinitive: &'static str,
    pub running: &'static str,
    pub done: &'static str,
}

pub fn verb(kind: &OperationKind) -> Verb {
    let (infinitive, running, done) = match kind {
        OperationKind::Create => ("create", "creating", "created"),
        OperationKind::Update => ("update", "updating", "updated"),
        OperationKind::Import => ("import", "importing", "imported"),
        OperationKind::Delete => ("delete", "deleting", "deleted"),
        OperationKind::DeleteSuperseded(_) => ("delete the former", "deleting the former", "deleted the former"),
        OperationKind::Move { .. } => ("move", "moving", "moved"),
        OperationKind::Forget => ("forget", "forgetting", "forgot"),
    };
    Verb { infinitive, running, done }
}

impl Progress {
    pub fn new(terminal: bool, operations: &[Operation]) -> Self {
        let waves = operations.iter().map(|operation| operation.wave).max().unwrap_or(0);
        Self { bars: terminal.then(MultiProgress::new), running: Mutex::default(), waves }
    }

    pub fn show(&self, event: &Event<'_>) {
        match event {
            Event::Started { operation } => self.started(operation),
            Event::Progress { operation, text } => self.progress(operation, text),
            Event::Done { operation, took } => self.finished(operation, &done_text(operation, *took)),
            Event::Failed { operation, took, error } => self.finished(operation, &failed_text(operation, *took, error)),
            Event::Skipped { operation, because } => {
                let what = verb(&operation.kind).infinitive;
                self.line(&format!("○ {what} {}: skipped, {because}", operation.address));
            }
            Event::Stopping { under_way } => self.line(&format!(
                "stopping: waiting for {under_way} under way, nothing new starts; once more to stop waiting"
            )),
        }
    }

    fn started(&self, operation: &Operation) {
        let text = format!("{} {}", verb(&operation.kind).running, operation.address);
        let Some(bars) = &self.bars else {
            return self.line(&format!("  {text}  [wave {}/{}]", operation.wave, self.waves));
        };
        let bar = bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {elapsed}  {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(format!("[{}/{}] {text}", operation.wave, self.waves));
        bar.enable_steady_tick(Duration::from_millis(100));
        self.running().insert(operation.address.clone(), bar);
    }

    fn progress(&self, operation: &Operation, text: &str) {
        match self.running().get(&operation.address) {
            Some(bar) => bar.set_message(text.to_owned()),
            None => self.line(&format!("  {}: {text}", operation.address)),
        }
    }

    fn finished(&self, operation: &Operation, text: &str) {
        if let Some(bar) = self.running().remove(&operation.address) {
            bar.finish_and_clear();
        }
        self.line(text);
    }

    fn line(&self, text: &str) {
        match &self.bars {
            // A line that cannot be written to a terminal that is gone is no reason to stop an apply.
            Some(bars) => drop(bars.println(text)),
            None => anstream::eprintln!("{text}"),
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Address, ProgressBar>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn done_text(operation: &Operation, took: Duration) -> String {
    format!("{} {} {}  {}", Paint::added("✓"), verb(&operation.kind).done, operation.address, seconds(took))
}

fn failed_text(operation: &Operation, took: Duration, error: &str) -> String {
    let what = format!("✗ {} {}", verb(&operation.kind).infinitive, operation.address);
    format!("{}  {}\n  {}", Paint::removed(&what), seconds(took), error.replace('\n', "\n  "))
}

fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
