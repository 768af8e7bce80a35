use serde::{Deserialize, Serialize};
use strum::Display;

use crate::apply::ApplyReport;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RunOutcome {
    Succeeded,
    Failed,
    Interrupted,
    /// The run never gave its lock back: it was killed, or slept past its lease.
    Killed,
}

impl RunOutcome {
    pub fn of(report: &ApplyReport) -> Self {
        match () {
            () if report.interrupted => Self::Interrupted,
            () if report.has_failed() => Self::Failed,
            () => Self::Succeeded,
        }
    }
}
