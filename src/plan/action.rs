use serde::{Deserialize, Serialize};

use crate::resources::ReplaceOrder;

/// What happens to one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    Update,
    Replace(ReplaceOrder),
    Delete,
    /// Take an existing object into state, and change it where it differs.
    Import,
    /// Only the address changes.
    Move,
    /// Leave the object alone and drop it from state.
    Forget,
    NoChange,
    /// Would delete or replace what is protected.
    Refused,
}

impl Action {
    /// True if AWS or state will be different afterwards.
    pub fn is_change(self) -> bool {
        !matches!(self, Self::NoChange | Self::Refused)
    }
}
