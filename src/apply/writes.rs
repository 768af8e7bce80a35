use std::sync::Arc;
use std::time::Instant;

use serde_json::Value as Json;

use super::Apply;
use super::step_error::StepError;
use crate::aws::{AwsError, Context};
use crate::plan::{
    Comparison, Difference, Disclosure, Metadata, Step, Unwritten, baseline, changed_beside_tags, confirmed, written,
};
use crate::resources::{Created, Desired, Driver, Live, Properties, TagChange, Update, tags};
use crate::schema::{PathSegment, PropertyPath, ResourceSchema};
use crate::stack::{Resource, Stack};
use crate::state::{Change, Life, Origin, ResourceState};
use crate::value::Value;

/// One object to be made, changed or adopted.
pub struct Write<'a> {
    pub apply: &'a Apply<'a>,
    pub stack: &'a Stack,
    pub resource: &'a Resource,
    pub step: &'a Step,
    pub driver: &'a dyn Driver,
    pub schema: Arc<ResourceSchema>,
    pub context: Context,
}

impl Write<'_> {
    pub async fn update(&self) -> Result<(), StepError> {
        let lost = || StepError::Plan(format!("{} is not in state", self.resource.address));
        let before = self.before().ok_or_else(lost)?;
        let desired = self.desired(Some(&before))?;
        let live = self.step.work.live.as_deref().ok_or_else(lost)?;
        let differences = self.planned(&before, live, &desired);
        self.bring(before, live, &desired, &differences).await
    }

    /// Brings an object from what it is to what is desired.
    pub(super) async fn bring(
        &self,
        before: ResourceState,
        live: &Live,
        desired: &Desired,
        differences: &[Difference],
    ) -> Result<(), StepError> {
        let start = Instant::now();
        if !differences.is_empty() {
            let uncertain = self.uncertain(&before, differences);
            self.put(uncertain.with(before.life.updating())).await?;
            let sent = self.with_ignored(desired, live);
            if let Err(error) = self.send_update(&before, live, &sent, differences).await {
                // What was written is unknown now; the next plan compares with live again.
                self.put(uncertain).await?;
                return Err(error.into());
            }
        }
        if !before.life.is_ready() {
            self.driver.settle(&self.context, &live.id).await?;
        }
        let created = Created { id: live.id.clone(), outputs: self.read_only(&live.properties) };
        let is_changed = !changed_beside_tags(&self.schema, differences).is_empty();
        let outputs = self.outputs(created, desired, is_changed).await?;
        let took = (!differences.is_empty()).then(|| start.elapsed().as_secs_f64()).or(before.duration_seconds);
        let before_properties = before.properties.clone();
        let mut after = ready(before, outputs);
        after.properties = self.remembered(&before_properties, self.written(desired));
        after.duration_seconds = took;
        let changed = changed_beside_tags(&self.schema, differences);
        after.baseline = after.baseline.map(|baseline| {
            Unwritten { driver: self.driver, schema: &self.schema }.reopened(&baseline, &changed, &after.properties)
        });
        if self.step.work.takes_over {
            after.origin = Origin::TakenOver;
        }
        self.metadata().write(&mut after);
        self.put(after).await
    }

    /// Takes the object into state first, so that a failing change does not lose it.
    pub async fn import(&self) -> Result<(), StepError> {
        let desired = self.desired(None)?;
        let lost = || StepError::Plan(format!("nothing was read for {}", self.resource.address));
        let live = self.step.work.live.as_deref().ok_or_else(lost)?;
        let adopted =
            ResourceState { properties: Properties::new(), origin: self.origin(), ..self.intent(&desired, None) };
        let unwritten =
            || baseline(self.driver, &self.disclosure(), &self.apply.key, &self.written(&desired), &live.properties);
        let baseline = (!self.stack.ephemeral).then(unwritten);
        let adopted = ResourceState { life: Life::ready(live.id.clone()), intended: None, baseline, ..adopted };
        self.apply.session.record(vec![Change::describe(&self.resource.address, adopted)]).await?;
        self.update().await
    }

    async fn send_update(
        &self,
        before: &ResourceState,
        live: &Live,
        desired: &Desired,
        differences: &[Difference],
    ) -> Result<(), AwsError> {
        let tag_property = self.schema.tag_property().map(|tags| tags.name.clone()).unwrap_or_default();
        let top_level = differences.iter().map(|difference| difference.path.top_level().unwrap_or_default().to_owned());
        let changed = top_level.filter(|name| *name != tag_property).collect();
        let id = before.id().unwrap_or(&live.id);
        let mut tags = tag_change(&tag_property, &before.properties, live, desired);
        let ignored = |key: &str| self.resource.ignores(&PropertyPath::root().key(&tag_property).key(key));
        tags.set.retain(|key, _| !ignored(key));
        tags.remove.retain(|key| !ignored(key));
        let update = Update { id, live, desired, changed: &changed, tags };
        self.driver.update(&self.context, &update).await
    }

    /// What state may still say of an object while it is changed: null, which equals nothing, for what AWS never gives back
    /// and is written now, so that it is written again if nobody knows whether it was.
    fn uncertain(&self, before: &ResourceState, differences: &[Difference]) -> ResourceState {
        let mut properties = Json::Object(before.properties.clone());
        for path in differences.iter().map(|difference| &difference.path).filter(|path| self.schema.is_doubtful(path)) {
            match (properties.pointer_mut(&path.in_properties()), path.segments()) {
                (Some(value), _) => *value = Json::Null,
                (None, [PathSegment::Key(name)]) => properties[name] = Json::Null,
                (None, _) => {}
            }
        }
        let Json::Object(properties) = properties else { return before.clone() };
        ResourceState { properties, ..before.clone() }
    }

    /// A property is sent as a whole, so that what the file ignores inside it has to stay what it is.
    fn with_ignored(&self, desired: &Desired, live: &Live) -> Desired {
        let (mut properties, live) = (Json::Object(desired.properties.clone()), Json::Object(live.properties.clone()));
        for path in self.resource.ignored() {
            let pointer = path.in_properties();
            if let (Some(wanted), Some(now)) = (properties.pointer_mut(&pointer), live.pointer(&pointer)) {
                wanted.clone_from(now);
            }
        }
        let Json::Object(properties) = properties else { return desired.clone() };
        Desired { properties, ..desired.clone() }
    }

    /// What the plan showed, save the properties that it did not know whole: they are compared now that they are.
    fn planned(&self, before: &ResourceState, live: &Live, desired: &Desired) -> Vec<Difference> {
        let is_open = |difference: &Difference| self.step.leaves_open(&difference.path);
        let shown = self.step.differences.iter().filter(|difference| !is_open(difference)).cloned();
        let known_now = if self.step.is_open() { self.found(before, live, desired) } else { Vec::new() };
        shown.chain(known_now.into_iter().filter(is_open)).collect()
    }

    /// What differs from an object that no plan has seen.
    pub(super) fn found(&self, before: &ResourceState, live: &Live, desired: &Desired) -> Vec<Difference> {
        let desired = Value::from(Json::Object(desired.properties.clone()));
        let Self { driver, resource, .. } = *self;
        let comparison = Comparison { driver, resource, key: &self.apply.key, disclosure: self.disclosure() };
        comparison.differences(&confirmed(&self.schema, before), live, &desired)
    }

    pub(super) fn before(&self) -> Option<ResourceState> {
        self.apply.session.resource(&self.resource.address)
    }

    pub(super) fn metadata(&self) -> Metadata {
        Metadata::of(self.stack, self.resource, self.driver, self.origin())
    }

    /// How the object comes into state, or is there.
    fn origin(&self) -> Origin {
        match (self.step.work.imported, self.step.work.takes_over) {
            (true, _) => Origin::Imported,
            (false, true) => Origin::TakenOver,
            (false, false) => Origin::Created,
        }
    }

    pub(super) fn written(&self, desired: &Desired) -> Properties {
        written(&self.disclosure(), &self.apply.key, &desired.properties)
    }

    /// What the object was made with, and what stays although the file no longer says it, is known for as long as the object
    /// is there: written once more, it is no change.
    fn remembered(&self, before: &Properties, mut written: Properties) -> Properties {
        let stays = |name: &str| {
            let path = PropertyPath::root().key(name);
            self.schema.is_create_only(&path) || self.schema.is_kept(&path)
        };
        let left_out: Vec<_> = before.iter().filter(|(name, _)| !written.contains_key(*name) && stays(name)).collect();
        written.extend(left_out.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        written
    }

    pub(super) fn disclosure(&self) -> Disclosure<'_> {
        Disclosure { schema: &self.schema, secrets: self.stack.secrets() }
    }

    pub(super) async fn put(&self, state: ResourceState) -> Result<(), StepError> {
        Ok(self.apply.session.record(vec![Change::put(&self.resource.address, state)]).await?)
    }
}

pub(super) fn ready(state: ResourceState, created: Created) -> ResourceState {
    ResourceState { life: Life::ready(created.id), outputs: created.outputs, last_snapshot: None, ..state }
}

fn tag_change(property: &str, before: &Properties, live: &Live, desired: &Desired) -> TagChange {
    let (live, desired) =
        (tags::from_json(live.properties.get(property)), tags::from_json(desired.properties.get(property)));
    let was_ours = tags::from_json(before.get(property));
    let remove = was_ours.into_keys().filter(|key| !desired.contains_key(key) && live.contains_key(key)).collect();
    let set = desired.into_iter().filter(|(key, value)| live.get(key) != Some(value)).collect();
    TagChange { set, remove }
}
