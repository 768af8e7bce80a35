use serde::{Deserialize, Serialize};

/// What kind of run left a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    Apply,
    Destroy,
    Import,
    /// Back to the inputs of the record `to`; `None` where the run was killed and did not tell.
    Rollback {
        to: Option<u64>,
    },
    Refresh,
    StateMv,
    StateRm,
    StatePush,
    StateUnlock,
    /// A killed run whose command this version does not know.
    Other,
}

impl RunKind {
    /// Of the command that a lock names.
    pub fn of_command(command: &str) -> Self {
        match command {
            "apply" => Self::Apply,
            "destroy" => Self::Destroy,
            "import" => Self::Import,
            "rollback" => Self::Rollback { to: None },
            "refresh" => Self::Refresh,
            "state mv" => Self::StateMv,
            "state rm" => Self::StateRm,
            "state push" => Self::StatePush,
            _ => Self::Other,
        }
    }

    /// True if the run was to make AWS match its inputs.
    pub fn brings_inputs(self) -> bool {
        matches!(self, Self::Apply | Self::Rollback { .. })
    }

    /// True for a run that walks a plan, and so may change what the stack's objects are made from.
    pub fn has_plan(self) -> bool {
        matches!(self, Self::Apply | Self::Destroy | Self::Import | Self::Rollback { .. })
    }
}
