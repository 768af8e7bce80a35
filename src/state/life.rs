use super::Readiness;
use crate::address::Address;
use crate::resources::ResourceId;

/// Where the object of an address stands in its life. All but a ready object is an intent whose outcome is not recorded:
/// what a crash leaves, and the next run settles.
#[derive(Debug, Clone, PartialEq)]
pub enum Life {
    /// A create is about to be sent or was: there may be an object whose identifier nobody knows. `tagged` is the address that
    /// its tags name, where the resource was given another since.
    Intended { tagged: Option<Address> },
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

    /// The object, as far as its identifier is known.
    pub fn id(&self) -> Option<&ResourceId> {
        match self {
            Self::Known { id, .. } | Self::Going { id } => Some(id),
            Self::Intended { .. } | Self::AwaitingSuccessor => None,
        }
    }

    /// True if there may be an object that nobody knows.
    pub fn is_intended(&self) -> bool {
        matches!(self, Self::Intended { .. })
    }

    /// The same after the resource moved from this address: the object has the tags of the first one that it was made at.
    pub(super) fn moved_from(self, address: &Address) -> Self {
        match self {
            Self::Intended { tagged } => Self::Intended { tagged: Some(tagged.unwrap_or_else(|| address.clone())) },
            other => other,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intended_object_keeps_the_first_address_it_was_made_at() {
        let moved = Life::Intended { tagged: None }.moved_from(&"a".into()).moved_from(&"b".into());
        assert_eq!(moved, Life::Intended { tagged: Some("a".into()) });
    }
}
