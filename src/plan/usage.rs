//! What would have to be deleted first and is in use by what stays: AWS refuses that, after minutes of asking.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::future::try_join_all;
use serde_json::Value as Json;

use super::{Action, LiveReader, PlanError, Reason, Step};
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

/// Refuses replacements that delete first what something uses that no resource of the stack is, or takes with it: nothing is
/// taken off an object that then cannot go.
pub async fn look_for_holders(
    reader: Option<&LiveReader<'_>>,
    steps: &mut [Step],
    state: &BTreeMap<Address, ResourceState>,
    catalog: &Catalog,
) -> Result<(), PlanError> {
    let Some(reader) = reader else { return Ok(()) };
    let going: HashSet<&Address> = steps.iter().filter(|step| goes_first(step)).map(|step| &step.address).collect();
    let asked: Vec<usize> =
        (0..steps.len()).filter(|&index| may_be_held(&steps[index], state, &going, catalog)).collect();
    let questions = asked.iter().map(|&index| held(reader, &steps[index]));
    for (index, by) in asked.iter().zip(try_join_all(questions).await?) {
        if let (Some(by), step) = (by, &mut steps[*index]) {
            step.action = Action::Refused;
            step.reasons.push(Reason::Occupied { by });
        }
    }
    Ok(())
}

/// True for what is deleted first, where nothing that this plan deletes before it could be what uses it.
fn may_be_held(
    step: &Step,
    state: &BTreeMap<Address, ResourceState>,
    going: &HashSet<&Address>,
    catalog: &Catalog,
) -> bool {
    let is_replaced = step.action == Action::Replace(ReplaceOrder::DeleteFirst) && step.id.is_some();
    let known = state.get(&step.address).filter(|_| is_replaced && !step.work.left_out);
    let Some(schema) = known.and_then(|known| catalog.get(&known.type_name)) else { return false };
    schema.is_held()
        && !state.iter().any(|(address, user)| {
            going.contains(address) && schema.is_held_by(&user.type_name) && user.dependencies.contains(&step.address)
        })
}

async fn held(reader: &LiveReader<'_>, step: &Step) -> Result<Option<String>, PlanError> {
    let Some(id) = &step.id else { return Ok(None) };
    let driver = reader.driver(&step.address, &step.type_name)?;
    Ok(driver.holder(&reader.context(&step.region), id).await)
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
