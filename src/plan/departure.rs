use std::collections::HashSet;

use super::{Claim, Reason};
use crate::resources::{Live, ResourceId};
use crate::state::ResourceState;

/// Objects that `lookup` found: type, region and identifier.
pub type LookedUp = HashSet<(String, String, ResourceId)>;

/// An object that stays in AWS although its resource leaves state.
pub struct Departure {
    pub reason: Reason,
    /// Its ownership tags are taken off.
    pub is_released: bool,
}

impl Departure {
    /// `None` where nothing keeps the object. `is_looked_up` is true where the file looks it up by now.
    pub fn of(live: Option<&Live>, claim: &Claim, is_looked_up: bool) -> Option<Self> {
        match claim {
            Claim::Anothers(owner) => {
                Some(Self { reason: Reason::StaysWith { owner: owner.clone() }, is_released: false })
            }
            _ if is_looked_up => {
                let is_released = live.is_some() && *claim == Claim::Ours;
                Some(Self { reason: Reason::LookedUp { is_released }, is_released })
            }
            _ => None,
        }
    }
}

/// True if a lookup of the file found the very object that state has.
pub fn is_among(found: &LookedUp, state: &ResourceState) -> bool {
    let known = |id: &ResourceId| (state.type_name.clone(), state.region.clone(), id.clone());
    state.id().is_some_and(|id| found.contains(&known(id)))
}
