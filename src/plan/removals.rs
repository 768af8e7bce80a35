//! What state has and the file has not.

use super::departure::{self, Departure};
use super::step::Work;
use super::{Action, Reason, Situation, Step, protection};
use crate::address::Address;
use crate::state::ResourceState;

impl Situation<'_> {
    pub fn removals(&self) -> impl Iterator<Item = Step> {
        let is_kept = |address: &Address| {
            self.stack.is_some_and(|stack| stack.resources.get(address).is_some_and(|resource| !resource.is_lookup()))
        };
        self.state
            .iter()
            .filter(move |(address, _)| !is_kept(address))
            .map(|(address, state)| self.removal(address, state))
    }

    fn removal(&self, address: &Address, state: &ResourceState) -> Step {
        let live = self.live.get(address);
        let claim = self.claim(address, &state.type_name);
        let departure = Departure::of(live.map(AsRef::as_ref), &claim, self.is_looked_up(address, state));
        let is_released = departure.as_ref().is_some_and(|departure| departure.is_released);
        let (action, mut reasons) = match departure {
            Some(departure) => (Action::Forget, vec![departure.reason]),
            None => self.end(address, state, live.is_some()),
        };
        if self.inputs.options.destroy {
            reasons.retain(|reason| !reason.is_absence());
        }
        Step {
            address: address.clone(),
            type_name: state.type_name.clone(),
            region: state.region.clone(),
            action,
            reasons,
            differences: Vec::new(),
            settings: Vec::new(),
            wave: 0,
            id: state.id().cloned(),
            moved_from: None,
            digest: String::new(),
            work: Work { live: live.cloned(), is_released, ..Work::default() },
        }
    }

    /// What becomes of an object that nothing keeps.
    fn end(&self, address: &Address, state: &ResourceState, is_there: bool) -> (Action, Vec<Reason>) {
        let absence = self.stack.and_then(|stack| stack.absence(address));
        let (action, reasons) = protection::removal(state, absence);
        let is_gone = !is_there && self.inputs.reader.is_some() && !state.is_going();
        if !is_gone || !state.superseded.is_empty() {
            return (action, reasons);
        }
        let gone = if state.life.is_intended() { Reason::NeverMade } else { Reason::Gone };
        (Action::Forget, reasons.into_iter().take(1).chain([gone]).collect())
    }

    /// True if the file looks the object up that state has as the stack's own, whatever the command is.
    fn is_looked_up(&self, address: &Address, state: &ResourceState) -> bool {
        self.inputs.stack.is_some_and(|stack| stack.is_lookup(address)) || departure::is_among(&self.looked_up, state)
    }
}
