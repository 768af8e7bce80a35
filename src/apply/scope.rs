use std::borrow::Cow;

use super::Apply;
use crate::address::Address;
use crate::plan::{Action, Step, known_attributes, known_whole};
use crate::stack::{NothingKnown, Scope};
use crate::state::ResourceState;
use crate::value::Value;

/// What expressions may know during an apply: what its operations have found out by now, and of all that stays as it is what
/// the plan knew, so that nothing is sent that the plan did not show.
#[derive(Clone, Copy)]
pub struct ApplyScope<'a> {
    pub apply: &'a Apply<'a>,
}

impl Scope for ApplyScope<'_> {
    fn attributes<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        if let Some(learned) = self.apply.learned.attributes(address) {
            return Cow::Owned(learned);
        }
        match self.pending(address) {
            None => self.apply.plan.attributes.attributes(address),
            Some(step) => Cow::Owned(self.unchanged(step).unwrap_or_else(|| unknown(address))),
        }
    }

    fn whole<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        if let Some(learned) = self.apply.learned.decided(address) {
            return Cow::Owned(learned);
        }
        match self.pending(address) {
            None => self.apply.plan.attributes.whole(address),
            Some(step) => Cow::Owned(self.decided(step).unwrap_or_else(|| unknown(address))),
        }
    }
}

impl ApplyScope<'_> {
    /// A step whose object is not as the plan's attributes say: it was not done yet, or the command is not about it.
    fn pending(&self, address: &Address) -> Option<&Step> {
        let stays = |step: &Step| matches!(step.action, Action::NoChange | Action::Move) && !step.work.left_out;
        self.apply.plan.step(address).filter(|step| !stays(step))
    }

    fn state(&self, address: &Address) -> Option<ResourceState> {
        let mut state = self.apply.session.resource(address).filter(|state| state.id().is_some())?;
        state.outputs = self.apply.vault.opened(&state.outputs);
        Some(state)
    }

    fn unchanged(&self, step: &Step) -> Option<Value> {
        Some(known_attributes(&step.address, &self.state(&step.address)?, step.work.live.as_deref()))
    }

    fn decided(&self, step: &Step) -> Option<Value> {
        Some(known_whole(&step.address, &self.state(&step.address)?, step.work.live.as_deref()))
    }
}

fn unknown(address: &Address) -> Value {
    NothingKnown.attributes(address).into_owned()
}
