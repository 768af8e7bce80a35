use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{Author, GitCommit, Placeholder, Rename, RunKind, RunOutcome, StepRecord};
use crate::plan::{Operation, OutputChange, Plan, PlanOptions, Setting, Summary};
use crate::stack::StackInputs;
use crate::state::Snapshot;

/// What one run did, and all that it was made from. Holds no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HistoryRecord {
    /// Counts the stack's records, from 1.
    pub number: u64,
    pub project: String,
    pub stack: String,
    /// Empty where state is bound to none yet.
    pub account: String,
    pub region: String,
    pub kind: RunKind,
    /// As it was typed.
    pub command: String,
    /// The version of infra that ran; empty for a run that was killed.
    pub infra: String,
    pub author: Author,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<GitCommit>,
    pub started: Timestamp,
    /// Of a run that was killed, when it was last known to be alive.
    pub ended: Timestamp,
    /// Names the run's hold on the lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Uuid>,
    /// State's serial before the first change and after the last.
    pub serial_before: u64,
    pub serial_after: u64,
    pub outcome: RunOutcome,
    /// What ended the run before its plan was walked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The resources that got another address, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renames: Vec<Rename>,
    /// What the command decided about the plan.
    pub options: PlanOptions,
    /// Of the whole plan, with what did not change.
    pub summary: Summary,
    /// What changed or was to change.
    pub steps: Vec<StepRecord>,
    pub operations: Vec<Operation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output_changes: Vec<OutputChange>,
    /// What changed about the stack itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// As the run used it: the file's, with overrides put in and expressions evaluated.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub config: Map<String, Json>,
    /// `None` where the stack's file was gone, and for a run without a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<StackInputs>,
}

impl HistoryRecord {
    /// A record of this moment, without a plan and what belongs to one.
    pub fn without_plan(snapshot: &Snapshot, kind: RunKind, author: Author, command: String) -> Self {
        let now = Timestamp::now();
        Self {
            number: 0,
            project: snapshot.project.clone(),
            stack: snapshot.stack.clone(),
            account: snapshot.account.clone().unwrap_or_default(),
            region: snapshot.region.clone().unwrap_or_default(),
            kind,
            command,
            infra: env!("CARGO_PKG_VERSION").to_owned(),
            author,
            commit: None,
            started: now,
            ended: now,
            lock: None,
            serial_before: snapshot.serial,
            serial_after: snapshot.serial,
            outcome: RunOutcome::Succeeded,
            error: None,
            renames: Vec::new(),
            options: PlanOptions::default(),
            summary: Summary::default(),
            steps: Vec::new(),
            operations: Vec::new(),
            output_changes: Vec::new(),
            settings: Vec::new(),
            config: Map::new(),
            inputs: None,
        }
    }

    /// True if the record has a plan to show.
    pub fn has_plan(&self) -> bool {
        self.kind.has_plan() && self.outcome != RunOutcome::Killed
    }

    /// True for a run that may have changed what the stack's objects are made from: not one that was killed before it
    /// changed anything.
    pub fn may_have_applied(&self) -> bool {
        let did_nothing = self.outcome == RunOutcome::Killed && self.serial_after == self.serial_before;
        self.kind.has_plan() && !did_nothing
    }

    /// True if the run was about the whole stack, and made AWS match its inputs.
    pub fn reached_inputs(&self) -> bool {
        let whole = self.options.target.is_empty() && self.options.exclude.is_empty();
        whole && self.kind.brings_inputs() && self.outcome == RunOutcome::Succeeded && self.inputs.is_some()
    }

    /// True if both runs were made from the same texts, whatever the file was called.
    pub fn has_inputs_of(&self, other: &Self) -> bool {
        let texts = |record: &Self| record.inputs.clone().map(|inputs| StackInputs { file: String::new(), ..inputs });
        texts(self) == texts(other)
    }

    /// The same with placeholders as people read them.
    ///
    /// # Errors
    /// Never for a record that was read; `serde_json` leaves the possibility.
    pub fn for_people(&self) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&Placeholder::shorten_all(&serde_json::to_string(self)?))
    }

    /// The plan that was walked, as far as it is shown.
    pub fn plan(&self) -> Plan {
        Plan {
            version: Plan::VERSION,
            project: self.project.clone(),
            stack: self.stack.clone(),
            region: self.region.clone(),
            account: Some(self.account.clone()),
            lineage: String::new(),
            serial: self.serial_before,
            stack_digest: String::new(),
            options: self.options.clone(),
            steps: self.steps.iter().map(|record| record.step.clone()).collect(),
            operations: self.operations.clone(),
            outputs: Map::new(),
            output_changes: self.output_changes.clone(),
            settings: self.settings.clone(),
            to_seal: self.summary.to_seal,
            read: 0,
            attributes: Default::default(),
            by_address: Default::default(),
            former: Default::default(),
        }
    }
}
