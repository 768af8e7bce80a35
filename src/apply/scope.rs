use std::borrow::Cow;

use super::Apply;
use crate::address::Address;
use crate::plan::{Action, Step, known_attributes};
use crate::stack::{NothingKnown, Scope};
use crate::value::Value;

/// What expressions may know during an apply: what its operations have found out by now, and of all that stays as it is what
/// the plan knew, so that nothing is sent that the plan did not show.
#[derive(Clone, Copy)]
pub struct ApplyScope<'a> {
    pub apply: &'a Apply<'a>,
}

impl Scope for ApplyScope<'_> {
    fn attributes<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        if let Some(learned) = self.apply.learned.get(address) {
            return Cow::Owned(learned);
        }
        match self.apply.plan.step(address).filter(|step| !stays(step)) {
            None => self.apply.plan.attributes.attributes(address),
            Some(step) => self.unchanged(step),
        }
    }
}

impl ApplyScope<'_> {
    /// An object that the plan changes and the run has not, or that the command is not about.
    fn unchanged(&self, step: &Step) -> Cow<'_, Value> {
        let resource = self.apply.session.resource(&step.address).filter(|resource| resource.id().is_some());
        let Some(mut resource) = resource else { return Cow::Owned(unknown(&step.address)) };
        resource.outputs = self.apply.vault.opened(&resource.outputs);
        Cow::Owned(known_attributes(&step.address, &resource, step.work.live.as_ref()))
    }
}

fn stays(step: &Step) -> bool {
    matches!(step.action, Action::NoChange | Action::Move) && !step.work.left_out
}

fn unknown(address: &Address) -> Value {
    NothingKnown.attributes(address).into_owned()
}
