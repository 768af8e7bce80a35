use std::time::Duration;

use serde::Serialize;

use crate::plan::Operation;

/// What became of one operation.
#[derive(Debug, Clone, Serialize)]
pub struct OperationOutcome {
    pub operation: Operation,
    pub verdict: Verdict,
    /// The last snapshot that a deletion left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Done {
        took: Duration,
    },
    Failed {
        took: Duration,
        error: String,
    },
    Skipped {
        because: String,
    },
    /// Still under way when the run stopped waiting; the next run looks for what became of it.
    Abandoned,
}

/// Why an operation was not started although nothing that it waits for failed: the words of the executor. There may be
/// many of them, and all for one reason.
const STOPPED: [&str; 2] = ["interrupted", "the run stopped"];

impl Verdict {
    /// True for what the end of the run kept from starting.
    pub fn was_stopped(&self) -> bool {
        matches!(self, Self::Skipped { because } if STOPPED.contains(&because.as_str()))
    }

    /// How long it took, 0 for what did not come to an end.
    pub fn seconds(&self) -> f64 {
        match self {
            Self::Done { took } | Self::Failed { took, .. } => took.as_secs_f64(),
            Self::Skipped { .. } | Self::Abandoned => 0.0,
        }
    }
}
