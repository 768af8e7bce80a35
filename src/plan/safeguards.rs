//! What keeps objects from being lost, and what is told of those that go.

use super::protection::{self, Protection};
use super::{Metadata, Reason, Situation, Step, lifetime};
use crate::address::Address;
use crate::stack::Stack;
use crate::state::{Origin, ResourceState};

impl Situation<'_> {
    /// The step as protection leaves it.
    pub fn guarded(&self, step: Step) -> Step {
        let file = self.inputs.stack;
        let known = self.state.get(&step.address);
        let described = self.described(file, &step.address);
        let protection = Protection::of(described.as_ref(), known, self.claims().is_ephemeral);
        // What an earlier run was allowed to delete, and AWS no longer shows, is lost already.
        let is_lost = step.work.live.is_none() && known.is_some_and(ResourceState::is_going);
        let step = protection::guard(step, protection.filter(|_| !is_lost), self.inputs.options);
        let on_delete = self.metadata(&step.address).map(|metadata| metadata.on_delete());
        let on_delete = on_delete.or_else(|| known.map(|state| state.on_delete));
        let step = if is_lost { step } else { protection::keep(step, on_delete) };
        let leaves_snapshot = known.is_some_and(|state| self.leaves_snapshot(&step, state));
        let step = protection::tell_end(step, on_delete, leaves_snapshot);
        if lifetime::is_ephemeral(file, self.inputs.snapshot) { step.forced() } else { step }
    }

    /// Former objects that are another stack's stay in AWS.
    pub fn left_to_others(&self, step: Step) -> Step {
        let taken = self.taken.get(&step.address).into_iter().flatten();
        taken.fold(step, |mut step, (id, owner)| {
            step.work.left_to_others.insert(id.clone());
            step.because(Reason::FormerStaysWith { id: id.to_string(), owner: owner.clone() })
        })
    }

    /// Options that changed although the object may stay as it is.
    pub fn with_settings(&self, step: Step) -> Step {
        if step.work.left_out || step.is_refused() {
            return step;
        }
        let (metadata, state) = (self.metadata(&step.address), self.state.get(&step.address));
        let settings = metadata.zip(state).map(|(metadata, state)| metadata.changes(state)).unwrap_or_default();
        Step { settings, ..step }
    }

    /// True if AWS takes a last snapshot of the object where the file asks for one: not of a member of a cluster.
    fn leaves_snapshot(&self, step: &Step, state: &ResourceState) -> bool {
        let properties = step.work.live.as_ref().map_or(&state.properties, |live| &live.properties);
        self.inputs.registry.get(&state.type_name).is_some_and(|driver| driver.leaves_snapshot(properties))
    }

    /// What state is to remember of a resource of the file.
    fn metadata(&self, address: &Address) -> Option<Metadata> {
        self.described(self.stack, address)
    }

    fn described(&self, file: Option<&Stack>, address: &Address) -> Option<Metadata> {
        let resource = file?.resources.get(address).filter(|resource| !resource.is_lookup())?;
        let origin = self.state.get(address).map_or(Origin::Created, |state| state.origin);
        Some(Metadata::of(file?, resource, self.inputs.registry.get(&resource.type_name)?, origin))
    }
}
