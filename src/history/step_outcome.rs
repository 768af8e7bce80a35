use serde::{Deserialize, Serialize};

use crate::apply::Verdict;

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    Done,
    Failed {
        error: String,
    },
    /// Something that it waits for failed.
    Skipped {
        because: String,
    },
    /// The run stopped before it.
    NotStarted,
    /// Still under way when the run stopped waiting.
    LeftUnderWay,
}

impl StepOutcome {
    /// Of a step with several operations, a replacement, the one that says most of what is left to do.
    pub(super) fn of<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Option<Self> {
        verdicts.map(Self::of_one).max_by_key(Self::weight)
    }

    fn of_one(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Done { .. } => Self::Done,
            Verdict::Failed { error, .. } => Self::Failed { error: error.clone() },
            Verdict::Skipped { .. } if verdict.was_stopped() => Self::NotStarted,
            Verdict::Skipped { because } => Self::Skipped { because: because.clone() },
            Verdict::Abandoned => Self::LeftUnderWay,
        }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotStarted => 1,
            Self::Skipped { .. } => 2,
            Self::LeftUnderWay => 3,
            Self::Failed { .. } => 4,
        }
    }
}
