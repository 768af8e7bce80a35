//! What state keeps beside the objects themselves, and a file can change without any call to AWS.

use super::Apply;
use super::keeping::kept;
use super::scope::ApplyScope;
use super::step_error::StepError;
use crate::plan::{Action, Disclosure, Metadata, Step};
use crate::stack::Stack;
use crate::state::{Change, Life, ResourceState, Snapshot};
use crate::value::Value;

/// What the first operation builds on: objects that an interrupted run made and this plan found, and for those that are
/// replaced what the file says now of the old object's end.
pub fn before(apply: &Apply<'_>) -> Vec<Change> {
    let changes = apply.plan.steps.iter().filter_map(|step| {
        let before = apply.session.resource(&step.address)?;
        let found = step.work.live.as_deref().filter(|_| before.life.is_intended());
        let mut after = found.map_or_else(|| before.clone(), |live| before.with(Life::incomplete(live.id.clone())));
        let resource = apply.stack.and_then(|stack| stack.resources.get(&step.address));
        if let (Action::Replace(_), Some(stack), Some(resource)) = (step.action, apply.stack, resource) {
            after.on_delete =
                Metadata::of(stack, resource, apply.registry.get(&before.type_name)?, before.origin).on_delete();
        }
        let change = if found.is_some() { Change::put } else { Change::describe };
        (after != before).then(|| change(&step.address, after))
    });
    changes.collect()
}

/// Whether the stack is ephemeral, for an end without its file. A stack that makes nothing leaves no state for it.
pub fn lifetime(apply: &Apply<'_>) -> Vec<Change> {
    let snapshot = apply.session.snapshot();
    let makes_state = snapshot.serial > 0 || !apply.plan.operations.is_empty();
    let written = apply.stack.filter(|_| makes_state && !apply.plan.options.destroy).map(|stack| stack.ephemeral);
    let changed = written.filter(|ephemeral| snapshot.ephemeral != Some(*ephemeral));
    changed.map(Change::lifetime).into_iter().collect()
}

/// The changes for resources that are otherwise unchanged.
pub async fn changes(apply: &Apply<'_>) -> Result<Vec<Change>, StepError> {
    let stays = |step: &&Step| matches!(step.action, Action::NoChange | Action::Move) && !step.work.left_out;
    let Some(stack) = apply.stack else { return Ok(Vec::new()) };
    let mut changes = Vec::new();
    for step in apply.plan.steps.iter().filter(stays) {
        let Some((before, mut after)) = described(apply, stack, step) else { continue };
        after.outputs = kept(apply, stack, &after.outputs).await?;
        if after != before {
            changes.push(Change::describe(&step.address, after));
        }
    }
    Ok(changes)
}

/// A resource as state has it, and as the file describes it now: a value may have become a secret.
fn described(apply: &Apply<'_>, stack: &Stack, step: &Step) -> Option<(ResourceState, ResourceState)> {
    let before = apply.session.resource(&step.address)?;
    let (driver, schema) = (apply.registry.get(&step.type_name)?, apply.catalog.get(&step.type_name)?);
    let mut after = before.clone();
    Metadata::of(stack, stack.resources.get(&step.address)?, driver, before.origin).write(&mut after);
    let disclosure = Disclosure { schema: &schema, secrets: stack.secrets() };
    after.properties = disclosure.redacted(&apply.key, &after.properties);
    Some((before, after))
}

/// The stack's outputs, as far as they are known by now.
///
/// # Errors
/// A secret that cannot be encrypted.
pub async fn outputs(apply: &Apply<'_>) -> Result<Option<Change>, StepError> {
    let former = apply.session.snapshot();
    if apply.plan.options.destroy && former.resources.is_empty() {
        // Where there is nothing to take away, there may be no state yet, and none is made.
        return Ok((!former.outputs.is_empty()).then(|| Change::outputs(serde_json::Map::new())));
    }
    let Some(stack) = apply.stack else { return Ok(None) };
    let Ok(evaluated) = stack.evaluate_outputs(&ApplyScope { apply }) else { return Ok(None) };
    let mut outputs = serde_json::Map::new();
    for (name, value) in evaluated {
        match (value.to_json(), former.outputs.get(&name)) {
            (Some(json), _) => drop(outputs.insert(name, json)),
            // A secret that this run was not given is not gone.
            (None, Some(known)) if waits_only_for(&value, &former) => drop(outputs.insert(name, known.clone())),
            (None, _) => {}
        }
    }
    let outputs = kept(apply, stack, &outputs).await?;
    Ok((outputs != former.outputs).then(|| Change::outputs(outputs)))
}

/// True if all that a value waits for is there.
fn waits_only_for(value: &Value, there: &Snapshot) -> bool {
    match value {
        Value::Unknown(unknown) => unknown
            .waits_for
            .iter()
            .all(|address| there.resources.get(address).is_some_and(|resource| resource.id().is_some())),
        Value::List(items) => items.iter().all(|item| waits_only_for(item, there)),
        Value::Map(entries) => entries.values().all(|value| waits_only_for(value, there)),
        _ => true,
    }
}
