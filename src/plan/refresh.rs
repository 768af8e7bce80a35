use super::Plan;
use serde_json::Value as Json;

use crate::schema::Catalog;
use crate::secrets::Secrets;
use crate::state::{Change, Snapshot};

/// What a plan's readings tell state: the outputs of live objects as they are now. Written properties stay as written,
/// so that drift still shows.
pub fn refreshed(plan: &Plan, snapshot: &Snapshot, catalog: &Catalog, secrets: &Secrets) -> Vec<Change> {
    let readings = plan.steps.iter().filter_map(|step| Some((&step.address, step.work.live.as_deref()?)));
    readings
        .filter_map(|(address, live)| {
            let before = snapshot.resources.get(address)?;
            let schema = catalog.get(&before.type_name)?;
            let outputs = live.properties.iter().filter(|(name, _)| schema.is_output(name));
            let is_plain = |name: &str, value: &Json| !schema.is_secret_output(name) && secrets.hidden(value) == *value;
            let outputs = outputs.filter(|(name, value)| is_plain(name, value));
            let mut after = before.clone();
            after.outputs.extend(outputs.map(|(name, value)| (name.clone(), value.clone())));
            (after != *before).then(|| Change::put(address, after))
        })
        .collect()
}
