use std::fmt;

use super::{ResourceState, Superseded};
use crate::address::Address;
use crate::resources::ResourceId;

/// An object that a run made and that state does not know: the run could not write it, and another run settled the
/// address without it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stray {
    pub address: Address,
    pub id: ResourceId,
    /// The resource with the object, as the run would have written it.
    pub resource: ResourceState,
}

impl Stray {
    /// As a former object of its address; `None` where the resource does not have it.
    pub(super) fn as_superseded(&self) -> Option<Superseded> {
        let current = Superseded::of(&self.resource).filter(|current| current.id == self.id);
        current.or_else(|| self.resource.superseded.iter().find(|old| old.id == self.id).cloned())
    }
}

impl fmt::Display for Stray {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, id, resource } = self;
        write!(formatter, "{address} {} {id} in {}", resource.type_name, resource.region)
    }
}
