use serde::{Deserialize, Serialize};

/// What kind of run left a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    Apply,
    Destroy,
    Import,
    /// Back to the inputs of the record `to`.
    Rollback {
        to: u64,
    },
}

impl RunKind {
    /// True if the run was to make AWS match its inputs.
    pub fn brings_inputs(self) -> bool {
        matches!(self, Self::Apply | Self::Rollback { .. })
    }
}
