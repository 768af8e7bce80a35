use serde_json::Value as Json;

use super::{Disclosure, Plan, baseline};
use crate::resources::{Live, Properties, Registry};
use crate::schema::{Catalog, ResourceSchema};
use crate::secrets::Secrets;
use crate::stack::Stack;
use crate::state::{Change, FingerprintKey, ResourceState, Snapshot};

/// What a plan's readings, whole objects, tell state: the outputs of live objects as they are now, and what they have that
/// nobody wrote. Written properties stay as written, so that drift still shows.
pub fn refreshed(
    plan: &Plan,
    snapshot: &Snapshot,
    stack: &Stack,
    (registry, catalog): (&Registry, &Catalog),
    key: &FingerprintKey,
) -> Vec<Change> {
    let readings = plan.steps.iter().filter_map(|step| Some((&step.address, step.work.live.as_deref()?)));
    readings
        .filter_map(|(address, live)| {
            let before = snapshot.resources.get(address)?;
            let schema = catalog.get(&before.type_name)?;
            let mut after = before.clone();
            after.outputs.extend(outputs(&schema, live, stack.secrets()));
            let is_wanted = stack.resources.get(address).is_some_and(|resource| !resource.is_lookup());
            let driver = registry.get(&before.type_name).filter(|driver| is_wanted && !driver.is_local());
            if let Some(driver) = driver.filter(|_| is_settled(before, live)) {
                let disclosure = Disclosure { schema: &schema, secrets: stack.secrets() };
                after.baseline = Some(baseline(driver, &disclosure, key, &before.properties, &live.properties));
            }
            (after != *before).then(|| Change::put(address, after))
        })
        .collect()
}

fn outputs(schema: &ResourceSchema, live: &Live, secrets: &Secrets) -> Properties {
    let outputs = live.properties.iter().filter(|(name, _)| schema.is_output(name));
    let is_plain = |name: &str, value: &Json| !schema.is_secret_output(name) && secrets.hidden(value) == *value;
    let outputs = outputs.filter(|(name, value)| is_plain(name, value));
    outputs.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn is_settled(state: &ResourceState, live: &Live) -> bool {
    state.life.is_ready() && state.id() == Some(&live.id)
}
