use std::sync::Arc;

use super::executor::Executor;
use super::{ApplyReport, Listener, Phase, Shutdown, bookkeeping};
use crate::aws::Clients;
use crate::plan::Plan;
use crate::resources::Registry;
use crate::schema::Catalog;
use crate::stack::Stack;
use crate::state::{Change, FingerprintKey, Session, StateError};

/// One apply: the plan, and all it needs to be walked.
pub struct Apply<'a> {
    pub plan: &'a Plan,
    /// `None` where the file is gone and the plan only deletes.
    pub stack: Option<&'a Stack>,
    pub session: &'a Session,
    pub registry: &'a Registry,
    pub catalog: &'a Catalog,
    pub clients: Arc<Clients>,
    pub account: &'a str,
    pub key: FingerprintKey,
    /// How many operations may be under way at once.
    pub parallelism: usize,
    pub listener: Listener,
    pub shutdown: Shutdown,
}

impl Apply<'_> {
    /// Walks the plan to its end, to the failure of all that is left, or to the phase that `shutdown` asks for.
    ///
    /// # Errors
    /// State that cannot be written before the first operation or after the last. What goes wrong in between is in the
    /// report.
    pub async fn run(&self) -> Result<ApplyReport, StateError> {
        self.record(self.moves()).await?;
        self.record(bookkeeping::before(self)).await?;
        let mut report = Executor::new(self).run().await;
        if report.stopped_by.is_none() {
            let mut changes = bookkeeping::changes(self);
            changes.extend(bookkeeping::outputs(self));
            if let Err(error) = self.record(changes).await {
                report.stopped_by = Some(error.to_string());
            }
        }
        report.outputs = self.session.snapshot().outputs.clone();
        Ok(report)
    }

    /// Waits for the changes to be durable, for as long as the run waits at all: what is still on its way then is the
    /// session's to keep.
    async fn record(&self, changes: Vec<Change>) -> Result<(), StateError> {
        tokio::select! {
            outcome = self.session.record(changes) => outcome,
            () = self.shutdown.past(Phase::Draining) => Ok(()),
        }
    }

    fn moves(&self) -> Vec<Change> {
        let moving = self.plan.steps.iter().filter(|step| step.action.is_change());
        moving
            .filter_map(|step| Some(Change::Move { from: step.moved_from.clone()?, to: step.address.clone() }))
            .collect()
    }
}
