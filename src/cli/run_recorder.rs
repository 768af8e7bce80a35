use jiff::Timestamp;
use serde_json::Map;
use tokio::task::JoinHandle;

use super::author::author;
use super::planning::Planning;
use super::record_writing::{append, cover, or_warn, this_command};
use super::user_error::UserError;
use crate::apply::ApplyReport;
use crate::history::{Cover, GitCommit, HistoryRecord, Rename, RunKind, RunOutcome, StepRecord};
use crate::plan::Plan;
use crate::stack::Stack;
use crate::state::{Session, Snapshot};

/// Notes what a run was made from when it begins, and writes its record when it ends.
pub struct RunRecorder<'a> {
    planning: &'a Planning<'a>,
    session: &'a Session,
    plan: &'a Plan,
    started: Timestamp,
    serial_before: u64,
    /// `None` where no record will be written.
    commit: Option<JoinHandle<Option<GitCommit>>>,
}

/// How a run ended, as its record has it.
struct End {
    kind: RunKind,
    outcome: RunOutcome,
    error: Option<String>,
    steps: Vec<StepRecord>,
}

impl<'a> RunRecorder<'a> {
    /// The working tree may change while the run is under way, so its commit is asked for now.
    pub fn begin(planning: &'a Planning<'a>, session: &'a Session, plan: &'a Plan) -> Self {
        let folder = planning.workspace.folder.clone();
        let commit = plan.has_changes().then(|| tokio::spawn(async move { super::git::commit(&folder).await }));
        Self { planning, session, plan, started: Timestamp::now(), serial_before: session.snapshot().serial, commit }
    }

    /// The end of a walk, whatever came of it. One that had nothing to do leaves no record.
    pub async fn end(self, result: &Result<ApplyReport, UserError>) {
        if !self.plan.has_changes() {
            return;
        }
        let report = result.as_ref().ok();
        let stopped = report.and_then(|report| report.stopped_by.clone());
        let error = result.as_ref().err().map(|error| error.message.clone()).or(stopped);
        let kind = match &self.planning.workspace.recorded {
            Some(recorded) => RunKind::Rollback { to: Some(recorded.number) },
            None if self.plan.options.destroy => RunKind::Destroy,
            None => RunKind::Apply,
        };
        let outcome = report.map_or(RunOutcome::Failed, RunOutcome::of);
        let steps = StepRecord::all(self.plan, report);
        self.write(End { kind, outcome, error, steps }).await;
    }

    /// The end of an import, which touches nothing but state.
    pub async fn end_import(self) {
        let report = ApplyReport {
            outcomes: Vec::new(),
            interrupted: false,
            stopped_by: None,
            without_baseline: Vec::new(),
            outputs: Map::new(),
        };
        let steps = StepRecord::all(self.plan, Some(&report));
        self.write(End { kind: RunKind::Import, outcome: RunOutcome::Succeeded, error: None, steps }).await;
    }

    async fn write(mut self, end: End) {
        or_warn("this run", self.try_write(end)).await;
    }

    async fn try_write(&mut self, end: End) -> Result<(), UserError> {
        let commit = match &mut self.commit {
            Some(commit) => commit.await.ok().flatten(),
            None => None,
        };
        let key = self.planning.fingerprint_key(&self.session.snapshot()).await;
        let cover = cover(&self.planning.workspace.global.secrets, &key)?;
        append(&self.session.history(), cover.record(self.record(end, commit, &cover)?)).await
    }

    fn record(&self, end: End, commit: Option<GitCommit>, cover: &Cover<'_>) -> Result<HistoryRecord, UserError> {
        let (plan, stack) = (self.plan, self.planning.stack_if_any());
        let connection = self.planning.connection()?;
        let snapshot = self.session.snapshot();
        let author = author(Some(connection));
        Ok(HistoryRecord {
            account: connection.caller.account.clone(),
            region: plan.region.clone(),
            commit,
            started: self.started,
            lock: Some(self.session.lease().id()),
            serial_before: self.serial_before,
            outcome: end.outcome,
            error: end.error,
            renames: renames(plan, &snapshot),
            options: plan.options.clone(),
            summary: plan.summary(),
            steps: end.steps,
            operations: plan.operations.clone(),
            output_changes: plan.output_changes.clone(),
            settings: plan.settings.clone(),
            config: stack.map(|stack| stack.config.clone()).unwrap_or_default(),
            inputs: stack.map(Stack::inputs),
            ..HistoryRecord::without_plan(&snapshot, end.kind, author, this_command(cover))
        })
    }
}

/// Those of the plan's that state has.
fn renames(plan: &Plan, snapshot: &Snapshot) -> Vec<Rename> {
    let moves = plan.steps.iter().filter(|step| step.action.is_change());
    let moves = moves.filter_map(|step| Some(Rename { from: step.moved_from.clone()?, to: step.address.clone() }));
    moves.filter(|rename| !snapshot.resources.contains_key(&rename.from)).collect()
}
