use jiff::Timestamp;

use super::{Intent, Readiness};
use crate::resources::ResourceId;

/// Where the object of an address stands in its life. All but a ready object is an intent whose outcome is not recorded:
/// what a crash leaves, and the next run settles.
#[derive(Debug, Clone, PartialEq)]
pub enum Life {
    /// A create is about to be sent or was: there may be an object whose identifier nobody knows.
    Intended(Intent),
    /// There is an object.
    Known { id: ResourceId, readiness: Readiness },
    /// The object's deletion is about to be sent or was: it may be there or not.
    Going { id: ResourceId },
    /// The object is gone, and the one that takes its place is not intended yet.
    AwaitingSuccessor,
}

impl Life {
    pub fn ready(id: ResourceId) -> Self {
        Self::Known { id, readiness: Readiness::Ready }
    }

    /// An object that is there, perhaps half made: it is to be finished, not made again.
    pub fn incomplete(id: ResourceId) -> Self {
        Self::Known { id, readiness: Readiness::Incomplete }
    }

    /// A create that is about to be sent.
    pub fn intended_now() -> Self {
        Self::Intended(Intent { since: Some(Timestamp::now()), address: None })
    }

    /// The object, as far as its identifier is known.
    pub fn id(&self) -> Option<&ResourceId> {
        match self {
            Self::Known { id, .. } | Self::Going { id } => Some(id),
            Self::Intended(_) | Self::AwaitingSuccessor => None,
        }
    }

    pub fn intent(&self) -> Option<&Intent> {
        match self {
            Self::Intended(intent) => Some(intent),
            _ => None,
        }
    }

    /// True for an object with nothing under way.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Known { readiness: Readiness::Ready, .. })
    }

    /// True for an object that was made and never finished.
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Self::Known { readiness: Readiness::Incomplete, .. })
    }

    /// The same while the object is changed in place. One whose deletion was intended and that is still there stays.
    pub fn updating(&self) -> Self {
        match self {
            Self::Known { id, readiness } => Self::Known { id: id.clone(), readiness: readiness.while_updating() },
            Self::Going { id } => Self::Known { id: id.clone(), readiness: Readiness::Updating },
            other => other.clone(),
        }
    }
}
