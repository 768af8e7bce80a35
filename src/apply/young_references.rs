use std::collections::HashSet;

use super::Apply;
use crate::address::Address;
use crate::aws::{YoungObject, YoungObjects};
use crate::plan::{Action, invisible_for};

/// What a resource refers to, directly or through others, that this run makes or changes or that was made a moment ago.
pub fn young_references(apply: &Apply<'_>, address: &Address) -> YoungObjects {
    let Some(stack) = apply.stack else { return YoungObjects::Known(Vec::new()) };
    let needs = |address: &Address| stack.resources.get(address).map(|resource| &resource.depends_on);
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    let mut open: Vec<&Address> = needs(address).into_iter().flatten().collect();
    while let Some(needed) = open.pop() {
        if seen.insert(needed) {
            found.extend(young_object(apply, needed));
            open.extend(needs(needed).into_iter().flatten());
        }
    }
    YoungObjects::Known(found)
}

fn young_object(apply: &Apply<'_>, address: &Address) -> Option<YoungObject> {
    let state = apply.session.resource(address)?;
    let action = apply.plan.step(address)?.action;
    let is_written = matches!(action, Action::Create | Action::Update | Action::Replace(_));
    let is_young = is_written || !invisible_for(&state).is_zero();
    let id = state.id().filter(|_| is_young)?.to_string();
    Some(YoungObject { type_name: state.type_name, id })
}
