use std::time::Duration;

use serde::Serialize;

use crate::plan::Operation;

/// What became of one operation.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub operation: Operation,
    pub verdict: Verdict,
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
