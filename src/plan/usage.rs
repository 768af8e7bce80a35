//! What would have to be deleted first and is in use by what stays: AWS refuses that, after minutes of asking.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;

use super::{Action, Reason, Step};
use crate::address::Address;
use crate::resources::ReplaceOrder;
use crate::schema::Catalog;
use crate::state::ResourceState;

/// Refuses replacements that delete first what another resource goes on using.
pub fn refuse_in_use(steps: &mut [Step], state: &BTreeMap<Address, ResourceState>, catalog: &Catalog) {
    let stays: HashMap<&Address, bool> = steps.iter().map(|step| (&step.address, !goes_first(step))).collect();
    let found: Vec<Option<Address>> = steps.iter().map(|step| user(step, state, &stays, catalog)).collect();
    for (step, by) in steps.iter_mut().zip(found) {
        if let Some(by) = by {
            step.action = Action::Refused;
            step.reasons.push(Reason::InUse { by });
        }
    }
}

/// True for an object that is gone before others are deleted.
fn goes_first(step: &Step) -> bool {
    matches!(step.action, Action::Delete | Action::Replace(ReplaceOrder::DeleteFirst))
}

fn user(
    step: &Step,
    state: &BTreeMap<Address, ResourceState>,
    stays: &HashMap<&Address, bool>,
    catalog: &Catalog,
) -> Option<Address> {
    if step.action != Action::Replace(ReplaceOrder::DeleteFirst) {
        return None;
    }
    let (id, schema) = (step.id.as_ref()?, catalog.get(&state.get(&step.address)?.type_name)?);
    let uses = |user: &ResourceState| {
        schema.is_held_by(&user.type_name)
            && user.id().is_some()
            && user.properties.values().any(|value| names(value, id.as_str()))
    };
    let users = state.iter().filter(|(address, user)| **address != step.address && uses(user));
    users.map(|(address, _)| address).find(|address| stays.get(address).copied().unwrap_or(true)).cloned()
}

/// True if a part of the value is the identifier, or an ARN that ends with it.
fn names(value: &Json, id: &str) -> bool {
    match value {
        Json::String(text) => text == id || text.ends_with(&format!("/{id}")),
        Json::Array(items) => items.iter().any(|item| names(item, id)),
        Json::Object(entries) => entries.values().any(|value| names(value, id)),
        _ => false,
    }
}
