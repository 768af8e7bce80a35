use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

/// Where an object stands in its life. Every status but `Ready` is an intent whose outcome is not recorded: what a
/// crash leaves, and the next run settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// About to be made; it may exist or not.
    Creating,
    /// It exists, and something after its creation failed: it is to be finished, not made again.
    Incomplete,
    Ready,
    /// About to be changed in place.
    Updating,
    /// About to be deleted; it may exist or not.
    Deleting,
}

impl Status {
    /// The status while an object of this one is changed: what is not finished stays so until it is.
    pub fn while_updating(self) -> Self {
        match self {
            Self::Creating | Self::Incomplete => Self::Incomplete,
            Self::Ready | Self::Updating | Self::Deleting => Self::Updating,
        }
    }
}
