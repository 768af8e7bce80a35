use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Paint;
use super::terminal_echo::TerminalEcho;
use crate::address::Address;
use crate::apply::Event;
use crate::plan::{Operation, OperationKind};
use crate::report::printer::errln;
use crate::resources::ResourceId;

/// Shows an apply while it runs, on stderr: a line with a spinner for each operation under way on a terminal, one plain
/// line for each event elsewhere.
pub struct Progress {
    bars: Option<MultiProgress>,
    running: Mutex<HashMap<Address, ProgressBar>>,
    /// Former objects that state lets go of and AWS keeps.
    kept: HashSet<ResourceId>,
    /// The errors that were told, each with the first address that had it.
    told: Mutex<HashMap<String, Address>>,
    done: AtomicUsize,
    operations: usize,
    _echo: Option<TerminalEcho>,
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
        OperationKind::Replace => ("replace", "replacing", "replaced"),
        OperationKind::Import => ("import", "importing", "imported"),
        OperationKind::Delete => ("delete", "deleting", "deleted"),
        OperationKind::DeleteSuperseded(_) => ("delete the former", "deleting the former", "deleted the former"),
        OperationKind::Move { .. } => ("move", "moving", "moved"),
        OperationKind::Forget => ("forget", "forgetting", "forgot"),
        OperationKind::Release => ("let go of", "letting go of", "let go of"),
    };
    Verb { infinitive, running, done }
}

impl Progress {
    /// `kept` are the former objects that stay in AWS although state forgets them.
    pub fn new(terminal: bool, operations: usize, kept: HashSet<ResourceId>) -> Self {
        Self {
            bars: terminal.then(MultiProgress::new),
            running: Mutex::default(),
            kept,
            told: Mutex::default(),
            done: AtomicUsize::new(0),
            operations,
            _echo: terminal.then(TerminalEcho::without_controls),
        }
    }

    pub fn show(&self, event: &Event<'_>) {
        match event {
            Event::Started { operation } => self.started(operation),
            Event::Progress { operation, text } => self.progress(operation, text),
            Event::Done { operation, took, snapshot } => {
                let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
                let text = format!("{}  [{done}/{}]", self.done_text(operation, *took), self.operations);
                let text = snapshot.map_or(text.clone(), |name| format!("{text}\n  last snapshot {name}"));
                self.finished(operation, &text);
            }
            Event::Failed { operation, took, error } => {
                let error = self.unless_told(operation, error);
                self.finished(operation, &failed_text(operation, *took, &error));
            }
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
        let text = match self.kept_id(operation) {
            Some(_) => format!("keeping the former {}", operation.address),
            None => format!("{} {}", verb(&operation.kind).running, operation.address),
        };
        let Some(bars) = &self.bars else {
            return self.line(&format!("  {text}"));
        };
        let bar = bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {elapsed}  {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(text);
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
            None => errln!("{text}"),
        }
    }

    fn done_text(&self, operation: &Operation, took: Duration) -> String {
        let (sign, address, took) = (Paint::added("✓"), &operation.address, seconds(took));
        match self.kept_id(operation) {
            Some(id) => format!("{sign} kept the former {address}, {id}"),
            None => format!("{sign} {} {address}  {took}", verb(&operation.kind).done),
        }
    }

    /// One cause may fail many operations: it is told with the first of them, and at the end with all that belongs to it.
    fn unless_told(&self, operation: &Operation, error: &str) -> String {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get(error) {
            Some(first) => format!("for the same reason as {first}"),
            None => {
                told.insert(error.to_owned(), operation.address.clone());
                error.lines().next().unwrap_or_default().to_owned()
            }
        }
    }

    fn kept_id<'a>(&self, operation: &'a Operation) -> Option<&'a ResourceId> {
        match &operation.kind {
            OperationKind::DeleteSuperseded(id) if self.kept.contains(id) => Some(id),
            _ => None,
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Address, ProgressBar>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed_text(operation: &Operation, took: Duration, error: &str) -> String {
    let what = format!("✗ {} {}", verb(&operation.kind).infinitive, operation.address);
    format!("{}  {}\n  {error}", Paint::removed(&what), seconds(took))
}

fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
