use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::StepOutcome;
use crate::address::Address;
use crate::apply::{ApplyReport, OperationOutcome, Verdict};
use crate::plan::{Plan, Step};

/// One step of a run's plan, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepRecord {
    #[serde(flatten)]
    pub step: Step,
    pub outcome: StepOutcome,
    /// The time that its operations took, added up.
    pub seconds: f64,
    /// The last snapshots that were taken of what went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<String>,
}

impl StepRecord {
    /// The steps of a plan that change anything. `report` is `None` where the walk could not even begin.
    pub fn all(plan: &Plan, report: Option<&ApplyReport>) -> Vec<Self> {
        let mut by_address: HashMap<&Address, Vec<&OperationOutcome>> = HashMap::new();
        for outcome in report.into_iter().flat_map(|report| &report.outcomes) {
            by_address.entry(&outcome.operation.address).or_default().push(outcome);
        }
        let outcomes = |step: &Step| by_address.get(&step.address).map(Vec::as_slice).unwrap_or_default();
        let changes = plan.steps.iter().filter(|step| step.is_change() || step.wave > 0);
        changes.map(|step| Self::of(step, outcomes(step), report)).collect()
    }

    fn of(step: &Step, outcomes: &[&OperationOutcome], report: Option<&ApplyReport>) -> Self {
        let verdicts: Vec<&Verdict> = outcomes.iter().map(|outcome| &outcome.verdict).collect();
        let snapshots = outcomes.iter().filter_map(|outcome| outcome.snapshot.clone()).collect();
        // What only state sees is written at the end of a walk that was not stopped.
        let is_recorded = report.is_some_and(|report| report.stopped_by.is_none());
        let without_operation = if is_recorded { StepOutcome::Done } else { StepOutcome::NotStarted };
        let seconds = verdicts.iter().map(|verdict| verdict.seconds()).sum();
        let outcome = StepOutcome::of(verdicts.into_iter()).unwrap_or(without_operation);
        // Its digest is for a saved plan.
        let step = Step { digest: String::new(), ..step.clone() };
        Self { step, outcome, seconds, snapshots }
    }
}
