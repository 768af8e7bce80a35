use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt};

use super::queue::Queue;
use super::runner::Runner;
use super::{Apply, ApplyReport, Event, OperationOutcome, ShutdownPhase, Verdict};
use crate::plan::Operation;
use crate::resources::service_of;

/// The ready queue at work.
pub struct Executor<'a> {
    apply: &'a Apply<'a>,
    operations: &'a [Operation],
    queue: Queue,
    verdicts: Vec<Option<Verdict>>,
    started: Vec<bool>,
    /// The last snapshots that deletions left.
    snapshots: Vec<Option<String>>,
    stopped_by: Option<String>,
}

/// What one operation came to.
struct Finished {
    index: usize,
    took: Duration,
    /// The last snapshot that a deletion left, or why it failed.
    result: Result<Option<String>, String>,
}

impl<'a> Executor<'a> {
    pub fn new(apply: &'a Apply<'a>) -> Self {
        let operations = apply.plan.operations.as_slice();
        let service = |operation: &Operation| {
            let type_name = apply.plan.step(&operation.address).map(|step| step.type_name.as_str());
            service_of(type_name.unwrap_or_default()).to_owned()
        };
        let queue = Queue::new(operations, operations.iter().map(service).collect());
        let verdicts = vec![None; operations.len()];
        let (started, snapshots) = (vec![false; operations.len()], vec![None; operations.len()]);
        Self { apply, operations, queue, verdicts, started, snapshots, stopped_by: None }
    }

    pub async fn run(mut self) -> ApplyReport {
        let (runner, shutdown) = (Runner::new(self.apply), &self.apply.shutdown);
        let mut running = FuturesUnordered::new();
        let mut told = false;
        loop {
            while running.len() < self.apply.parallelism.max(1) && self.may_start().await {
                let Some(index) = self.queue.pop() else { break };
                self.started[index] = true;
                running.push(run_one(&runner, self.apply, index, &self.operations[index]));
            }
            if running.is_empty() {
                break;
            }
            tokio::select! {
                Some(finished) = running.next() => self.finish(finished),
                () = shutdown.past(ShutdownPhase::Running), if !told => {
                    told = true;
                    (self.apply.listener)(&Event::Stopping { under_way: running.len() });
                }
                () = shutdown.past(ShutdownPhase::Draining) => break,
            }
        }
        drop(running);
        self.report()
    }

    /// False once the run was asked to stop, its lease is gone or state cannot be written: then nothing more starts.
    async fn may_start(&mut self) -> bool {
        if self.apply.shutdown.phase() != ShutdownPhase::Running || self.stopped_by.is_some() {
            return false;
        }
        match self.apply.session.ensure_writable() {
            Ok(()) => true,
            Err(error) => {
                self.stopped_by = Some(error.to_string());
                false
            }
        }
    }

    fn finish(&mut self, finished: Finished) {
        let Finished { index, took, result } = finished;
        let (operation, listener) = (&self.operations[index], &self.apply.listener);
        match result {
            Ok(snapshot) => {
                listener(&Event::Done { operation, took, snapshot: snapshot.as_deref() });
                self.snapshots[index] = snapshot;
                self.verdicts[index] = Some(Verdict::Done { took });
                self.queue.done(index, self.operations);
            }
            Err(error) => {
                listener(&Event::Failed { operation, took, error: &error });
                self.verdicts[index] = Some(Verdict::Failed { took, error });
                self.skip(index);
            }
        }
    }

    fn skip(&mut self, failed: usize) {
        let because = format!("`{}` failed", self.operations[failed].address);
        for index in self.queue.failed(failed) {
            if self.verdicts[index].is_none() {
                (self.apply.listener)(&Event::Skipped { operation: &self.operations[index], because: &because });
                self.verdicts[index] = Some(Verdict::Skipped { because: because.clone() });
            }
        }
    }

    fn report(self) -> ApplyReport {
        let interrupted = self.apply.shutdown.phase() != ShutdownPhase::Running;
        let reason = if interrupted { "interrupted" } else { "the run stopped" };
        let outcome = |(((operation, verdict), started), snapshot): (((&Operation, Option<Verdict>), bool), _)| {
            let rest = if started { Verdict::Abandoned } else { Verdict::Skipped { because: reason.to_owned() } };
            OperationOutcome { operation: operation.clone(), verdict: verdict.unwrap_or(rest), snapshot }
        };
        let outcomes =
            self.operations.iter().zip(self.verdicts).zip(self.started).zip(self.snapshots).map(outcome).collect();
        ApplyReport {
            outcomes,
            interrupted,
            stopped_by: self.stopped_by,
            without_baseline: Vec::new(),
            outputs: serde_json::Map::new(),
        }
    }
}

async fn run_one<'a>(runner: &Runner<'a>, apply: &Apply<'a>, index: usize, operation: &Operation) -> Finished {
    (apply.listener)(&Event::Started { operation });
    let start = Instant::now();
    let result = runner.run(operation).await.map_err(|error| masked(apply, error.to_string()));
    Finished { index, took: start.elapsed(), result }
}

/// AWS repeats in its errors what it was sent.
fn masked(apply: &Apply<'_>, error: String) -> String {
    apply.stack.map_or_else(|| error.clone(), |stack| stack.secrets().mask(&error).into_owned())
}
