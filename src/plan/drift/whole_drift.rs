use serde::Serialize;
use serde_json::Value as Json;

use super::deviations::Deviations;
use super::{Deviation, Unwritten};
use crate::address::Address;
use crate::plan::{Comparison, Difference, Disclosure, Plan, Step};
use crate::resources::{Driver, Live, Properties, Registry, ResourceId};
use crate::schema::{Catalog, PropertyPath, ResourceSchema};
use crate::stack::{Resource, Stack};
use crate::state::{FingerprintKey, ResourceState, Snapshot};
use crate::value::Value;

/// What has changed about whole objects since they were last made or changed here, beside what the file says of them.
#[derive(Debug, Default, Serialize)]
pub struct WholeDrift {
    pub resources: Vec<ResourceDrift>,
    /// Nobody has kept what their objects were: nothing of them is compared.
    pub without_baseline: Vec<Address>,
}

/// What has changed about one object.
#[derive(Debug, Serialize)]
pub struct ResourceDrift {
    pub address: Address,
    #[serde(rename = "type")]
    pub type_name: String,
    pub region: String,
    pub id: ResourceId,
    pub deviations: Vec<Deviation>,
}

/// What whole objects are compared by.
pub struct WholeObjects<'a> {
    pub plan: &'a Plan,
    pub stack: &'a Stack,
    pub snapshot: &'a Snapshot,
    pub registry: &'a Registry,
    pub catalog: &'a Catalog,
    pub key: &'a FingerprintKey,
}

/// One object, next to what state has of it.
struct Object<'a> {
    step: &'a Step,
    resource: &'a Resource,
    state: &'a ResourceState,
    live: &'a Live,
    driver: &'a dyn Driver,
    key: &'a FingerprintKey,
    disclosure: Disclosure<'a>,
}

impl WholeObjects<'_> {
    /// Of a plan whose objects were read whole.
    pub fn drift(&self) -> WholeDrift {
        let mut drift = WholeDrift::default();
        for step in &self.plan.steps {
            let (Some(state), Some(schema)) = (self.state(step), self.catalog.get(&step.type_name)) else { continue };
            let Some(object) = self.object(step, state, &schema) else { continue };
            let Some(baseline) = &state.baseline else {
                drift.without_baseline.push(step.address.clone());
                continue;
            };
            let deviations = object.deviations(baseline);
            if !deviations.is_empty() {
                drift.resources.push(ResourceDrift {
                    address: step.address.clone(),
                    type_name: step.type_name.clone(),
                    region: step.region.clone(),
                    id: object.live.id.clone(),
                    deviations,
                });
            }
        }
        drift
    }

    /// What state has of the object of a step; `None` of one that there is nothing to say about.
    fn state(&self, step: &Step) -> Option<&ResourceState> {
        let address = step.moved_from.as_ref().unwrap_or(&step.address);
        let state = self.snapshot.resources.get(address)?;
        let is_same = state.type_name == step.type_name && state.region == step.region;
        (is_same && !step.work.left_out && !step.is_refused()).then_some(state)
    }

    fn object<'b>(
        &'b self,
        step: &'b Step,
        state: &'b ResourceState,
        schema: &'b ResourceSchema,
    ) -> Option<Object<'b>> {
        let live = step.work.live.as_deref().filter(|live| Some(&live.id) == state.id())?;
        let resource = self.stack.resources.get(&step.address).filter(|resource| !resource.is_lookup())?;
        let driver = self.registry.get(&step.type_name).filter(|driver| !driver.is_local())?;
        let disclosure = Disclosure { schema, secrets: self.stack.secrets() };
        Some(Object { step, resource, state, live, driver, key: self.key, disclosure })
    }
}

impl Object<'_> {
    fn deviations(&self, baseline: &Properties) -> Vec<Deviation> {
        let Self { disclosure, key, .. } = *self;
        let unwritten = Unwritten { driver: self.driver, schema: disclosure.schema };
        let (written, live) = (&self.state.properties, &self.live.properties);
        let (baseline, now) = (unwritten.still(written, baseline), unwritten.of(written, live));
        let found = Deviations { disclosure, key, live }.between(&baseline, &now);
        let found = self.of_kept().into_iter().chain(found);
        found.filter(|deviation| !self.resource.ignores(&deviation.path)).collect()
    }

    /// What was written once and stays when the file leaves it out: it is as it was written, or somebody changed it.
    fn of_kept(&self) -> Vec<Deviation> {
        let schema = self.disclosure.schema;
        let is_kept = |name: &str| {
            let path = PropertyPath::root().key(name);
            schema.is_kept(&path) && !schema.is_moving(&path)
        };
        let is_written =
            |name: &str| self.step.work.desired.as_ref().is_some_and(|desired| desired.get(name).is_some());
        let is_left_out =
            |name: &str, value: &Json| is_kept(name) && !is_written(name) && !crate::plan::has_fingerprint(value);
        let left_out = self.state.properties.iter().filter(|(name, value)| is_left_out(name, value));
        let written: Properties = left_out.map(|(name, value)| (name.clone(), value.clone())).collect();
        let Self { driver, resource, key, disclosure, .. } = *self;
        let comparison = Comparison { driver, resource, key, disclosure };
        let found = comparison.differences(&written, self.live, &Value::from(Json::Object(written.clone())));
        let deviation = |found: Difference| Deviation { path: found.path, baseline: found.after, live: found.before };
        found.into_iter().map(deviation).collect()
    }
}
