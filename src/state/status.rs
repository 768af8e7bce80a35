use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::{Life, Readiness};

/// The word that files of state and people have for where an object stands: with the identifier, it is the object's `Life`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// About to be made; it may exist or not.
    Creating,
    /// It exists, and something after its creation failed.
    Incomplete,
    Ready,
    /// About to be changed in place.
    Updating,
    /// About to be deleted; it may exist or not. Without an identifier: gone, and its successor is not there yet.
    Deleting,
}

impl Status {
    pub fn of(life: &Life) -> Self {
        match life {
            Life::Intended { .. } => Self::Creating,
            Life::Known { readiness: Readiness::Incomplete, .. } => Self::Incomplete,
            Life::Known { readiness: Readiness::Ready, .. } => Self::Ready,
            Life::Known { readiness: Readiness::Updating, .. } => Self::Updating,
            Life::Going { .. } | Life::AwaitingSuccessor => Self::Deleting,
        }
    }
}
