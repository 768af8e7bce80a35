use serde_json::Value as Json;

use super::{Action, Disclosure, Metadata, Plan, Step, baseline};
use crate::resources::{OnDelete, Properties, Registry};
use crate::schema::Catalog;
use crate::stack::Stack;
use crate::state::{Change, FingerprintKey, Life, Origin, ResourceState};

/// What state records of objects that are taken in without being touched. As written counts only what AWS has already, so
/// that the next plan shows the rest as a change.
pub fn adopted(
    plan: &Plan,
    stack: &Stack,
    registry: &Registry,
    catalog: &Catalog,
    key: &FingerprintKey,
) -> Vec<Change> {
    let imports = plan.steps.iter().filter(|step| step.action == Action::Import);
    imports.filter_map(|step| adopt(step, stack, registry, catalog, key)).collect()
}

fn adopt(step: &Step, stack: &Stack, registry: &Registry, catalog: &Catalog, key: &FingerprintKey) -> Option<Change> {
    let (live, schema) = (step.work.live.as_deref()?, catalog.get(&step.type_name)?);
    let (resource, driver) = (stack.resources.get(&step.address)?, registry.get(&step.type_name)?);
    let (changed, desired) = (step.changed(), step.work.desired.as_ref()?);
    let crate::value::Value::Map(entries) = desired else { return None };
    let same = entries.iter().filter(|(name, _)| !changed.contains(*name));
    let properties: Properties = same.filter_map(|(name, value)| Some((name.clone(), value.to_json()?))).collect();
    let disclosure = Disclosure { schema: &schema, secrets: stack.secrets() };
    let covered = |value: &Json| stack.secrets().with_secrets(value, &|secret| key.fingerprint(secret).to_json());
    let outputs = live.properties.iter().filter(|(name, _)| schema.is_output(name));
    let origin = if step.work.takes_over { Origin::TakenOver } else { Origin::Imported };
    let mut state = ResourceState {
        type_name: step.type_name.clone(),
        region: step.region.clone(),
        properties: disclosure.redacted(key, &properties),
        outputs: outputs.map(|(name, value)| (name.clone(), covered(value))).collect(),
        baseline: None,
        life: Life::ready(live.id.clone()),
        intended: None,
        origin,
        timeout: None,
        dependencies: Vec::new(),
        protect: false,
        on_delete: OnDelete::Delete,
        last_snapshot: None,
        token: ResourceState::new_token(),
        generation: 0,
        superseded: Vec::new(),
        duration_seconds: None,
    };
    if !stack.ephemeral {
        state.baseline = Some(baseline(driver, &disclosure, key, &state.properties, &live.properties));
    }
    Metadata::of(stack, resource, driver, origin).write(&mut state);
    Some(Change::describe(&step.address, state))
}
