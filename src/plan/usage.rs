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
pub fn refuse_in_use(steps: Vec<Step>, state: &BTreeMap<Address, ResourceState>, catalog: &Catalog) -> Vec<Step> {
    let stays: HashMap<&Address, bool> = steps.iter().map(|step| (&step.address, !goes_first(step))).collect();
    let found: Vec<Option<Address>> = steps.iter().map(|step| user(step, state, &stays, catalog)).collect();
    let refused = |(step, by): (Step, Option<Address>)| match by {
        Some(by) => step.refused(Reason::InUse { by }),
        None => step,
    };
    steps.into_iter().zip(found).map(refused).collect()
}

/// Refuses replacements that delete first what something uses that no resource of the stack is, or takes with it: nothing is
/// taken off an object that then cannot go.
pub async fn refuse_occupied(
    steps: Vec<Step>,
    reader: Option<&LiveReader<'_>>,
    state: &BTreeMap<Address, ResourceState>,
    catalog: &Catalog,
) -> Result<Vec<Step>, PlanError> {
    let Some(reader) = reader else { return Ok(steps) };
    let going: HashSet<&Address> = steps.iter().filter(|step| goes_first(step)).map(|step| &step.address).collect();
    let asked = steps.iter().filter(|step| may_be_held(step, state, &going, catalog));
    let held = try_join_all(asked.map(|step| held(reader, step))).await?;
    let mut held: HashMap<Address, String> = held.into_iter().flatten().collect();
    let refused = |step: Step| match held.remove(&step.address) {
        Some(by) => step.refused(Reason::Occupied { by }),
        None => step,
    };
    Ok(steps.into_iter().map(refused).collect())
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

/// The step's address and what uses its object, if anything does.
async fn held(reader: &LiveReader<'_>, step: &Step) -> Result<Option<(Address, String)>, PlanError> {
    let Some(id) = &step.id else { return Ok(None) };
    let driver = reader.driver(&step.address, &step.type_name)?;
    let holder = driver.holder(&reader.context(&step.region), id).await;
    Ok(holder.map(|holder| (step.address.clone(), holder)))
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
