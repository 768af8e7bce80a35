use serde::Serialize;

use super::{OperationOutcome, Verdict};

/// What an apply did.
#[derive(Debug, Default, Serialize)]
pub struct ApplyReport {
    pub outcomes: Vec<OperationOutcome>,
    /// The run was asked to stop before it was through.
    pub interrupted: bool,
    /// The lease was lost or state could not be written: nothing was started after that.
    pub stopped_by: Option<String>,
    /// Why objects have no baseline that they can be compared with later: what could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_baseline: Vec<String>,
    /// The stack's outputs as state has them now.
    pub outputs: serde_json::Map<String, serde_json::Value>,
}

impl ApplyReport {
    pub fn done(&self) -> usize {
        self.outcomes.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Done { .. })).count()
    }

    /// Outcomes that were not reached or went wrong.
    pub fn unfinished(&self) -> impl Iterator<Item = &OperationOutcome> {
        self.outcomes.iter().filter(|outcome| !matches!(outcome.verdict, Verdict::Done { .. }))
    }

    pub fn has_failed(&self) -> bool {
        let failed = |outcome: &OperationOutcome| matches!(outcome.verdict, Verdict::Failed { .. });
        self.stopped_by.is_some() || self.outcomes.iter().any(failed)
    }
}
