use std::sync::Arc;

use super::baselines::Baselines;
use super::executor::Executor;
use super::learned::Learned;
use super::step_error::StepError;
use super::{ApplyReport, Listener, Shutdown, ShutdownPhase, bookkeeping};
use crate::aws::Clients;
use crate::plan::{Plan, visible};
use crate::resources::Registry;
use crate::schema::Catalog;
use crate::secrets::Vault;
use crate::stack::Stack;
use crate::state::{Change, FingerprintKey, Session, StateError};

/// One apply: the plan, and all it needs to be walked.
pub struct Apply<'a> {
    pub plan: &'a Plan,
    pub learned: Learned,
    /// `None` where the file is gone and the plan only deletes.
    pub stack: Option<&'a Stack>,
    pub session: &'a Session,
    pub registry: &'a Registry,
    pub catalog: &'a Catalog,
    pub clients: Arc<Clients>,
    pub account: &'a str,
    pub key: FingerprintKey,
    /// What encrypts the secrets that state keeps, and opens those that it has.
    pub vault: &'a Vault,
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
        self.unless_abandoned(self.session.record(self.moves())).await?;
        self.unless_abandoned(self.session.record(bookkeeping::lifetime(self))).await?;
        self.unless_abandoned(self.session.record(bookkeeping::before(self))).await?;
        let mut report = Executor::new(self).run().await;
        if report.stopped_by.is_none()
            && let Err(error) = self.unless_abandoned(self.record_the_rest()).await
        {
            report.stopped_by = Some(error.to_string());
        }
        if report.stopped_by.is_none()
            && let Err(error) = self.unless_stopped(self.keep_baselines(&mut report)).await
        {
            report.stopped_by = Some(error.to_string());
        }
        let snapshot = self.session.snapshot();
        report.outputs = snapshot.outputs.iter().map(|(name, value)| (name.clone(), visible(value))).collect();
        Ok(report)
    }

    async fn record_the_rest(&self) -> Result<(), StepError> {
        let mut changes = bookkeeping::changes(self).await?;
        changes.extend(bookkeeping::outputs(self).await?);
        Ok(self.session.record(changes).await?)
    }

    /// What could not be read is told; it does not make the run fail, for nothing of what was asked for is undone.
    async fn keep_baselines(&self, report: &mut ApplyReport) -> Result<(), StateError> {
        let Baselines { kept, unread } = Baselines::take(self, report).await;
        report.without_baseline = unread;
        self.session.record(kept.into_iter().collect()).await
    }

    /// Gives up at the first interrupt what the run does not owe anybody.
    async fn unless_stopped<E>(&self, work: impl Future<Output = Result<(), E>>) -> Result<(), E> {
        tokio::select! {
            biased;
            () = self.shutdown.past(ShutdownPhase::Running) => Ok(()),
            outcome = work => outcome,
        }
    }

    /// Waits for as long as the run waits at all. What is on its way into state then is the session's to keep.
    async fn unless_abandoned<E>(&self, work: impl Future<Output = Result<(), E>>) -> Result<(), E> {
        tokio::select! {
            outcome = work => outcome,
            () = self.shutdown.past(ShutdownPhase::Draining) => Ok(()),
        }
    }

    fn moves(&self) -> Vec<Change> {
        let moving = self.plan.steps.iter().filter(|step| step.action.is_change());
        moving.filter_map(|step| Some(Change::rename(step.moved_from.as_ref()?, &step.address))).collect()
    }
}
