use std::sync::Arc;
use std::time::Instant;

use super::Apply;
use super::runner::StepError;
use super::scope::ApplyScope;
use crate::aws::{Context, ErrorKind};
use crate::plan::{Action, Difference, Identity, Metadata, Step, compare, complete, known, token, written};
use crate::resources::{
    CreateError, Created, Desired, Driver, Live, OnDelete, Properties, ReadRequest, ResourceId, TagChange, Update, tags,
};
use crate::schema::ResourceSchema;
use crate::stack::{Resource, Stack};
use crate::state::{Change, Origin, ResourceState, Status, Superseded};
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
    pub async fn create(&self) -> Result<(), StepError> {
        let (start, desired) = (Instant::now(), self.desired()?);
        let before = self.apply.session.resource(&self.resource.address);
        let intent = self.intent(&desired, before.clone());
        self.announce(before.as_ref(), &intent).await?;
        match self.driver.create(&self.context, &desired).await {
            Ok(created) => {
                let outputs = self.outputs(created, &desired).await?;
                let took = start.elapsed().as_secs_f64();
                self.put(ResourceState { duration_seconds: Some(took), ..ready(intent, outputs) }).await
            }
            Err(CreateError { error, partial: Some(id) }) => {
                self.put(ResourceState { id: Some(id), status: Status::Incomplete, ..intent }).await?;
                Err(error.into())
            }
            Err(CreateError { error, partial: None }) => {
                if is_definite(error.kind()) {
                    self.restore(before).await?;
                }
                Err(error.into())
            }
        }
    }

    pub async fn update(&self) -> Result<(), StepError> {
        let (start, desired) = (Instant::now(), self.desired()?);
        let address = &self.resource.address;
        let lost = || StepError::Plan(format!("{address} is not in state"));
        let before = self.apply.session.resource(address).ok_or_else(lost)?;
        let live = self.step.work.live.as_ref().ok_or_else(lost)?;
        let differences = self.differences(&before, live, &desired);
        if !differences.is_empty() {
            self.put(ResourceState { status: Status::Updating, ..before.clone() }).await?;
            self.send_update(&before, live, &desired, &differences).await?;
        }
        let created = Created { id: live.id.clone(), outputs: self.read_only(&live.properties) };
        let outputs = self.outputs(created, &desired).await?;
        let took = (!differences.is_empty()).then(|| start.elapsed().as_secs_f64()).or(before.duration_seconds);
        let mut after = ready(before, outputs);
        after.properties = self.written(&desired);
        after.duration_seconds = took;
        self.metadata().write(&mut after);
        self.put(after).await
    }

    /// Takes the object into state first, so that a failing change does not lose it.
    pub async fn import(&self) -> Result<(), StepError> {
        let desired = self.desired()?;
        let lost = || StepError::Plan(format!("nothing was read for {}", self.resource.address));
        let live = self.step.work.live.as_ref().ok_or_else(lost)?;
        let adopted =
            ResourceState { id: Some(live.id.clone()), properties: Properties::new(), ..self.intent(&desired, None) };
        self.put(ResourceState { status: Status::Ready, origin: Origin::Imported, ..adopted }).await?;
        self.update().await
    }

    async fn send_update(
        &self,
        before: &ResourceState,
        live: &Live,
        desired: &Desired,
        differences: &[Difference],
    ) -> Result<(), StepError> {
        let tag_property = self.schema.tag_property().map(|tags| tags.name.clone()).unwrap_or_default();
        let top_level = differences.iter().map(|difference| difference.path.top_level().unwrap_or_default().to_owned());
        let changed = top_level.filter(|name| *name != tag_property).collect();
        let id = before.id.as_ref().unwrap_or(&live.id);
        let tags = tag_change(&tag_property, &before.properties, live, desired);
        let update = Update { id, live, desired, changed: &changed, tags };
        if let Err(error) = self.driver.update(&self.context, &update).await {
            // What was written is unknown now; the next plan compares with live again.
            self.put(before.clone()).await?;
            return Err(error.into());
        }
        Ok(())
    }

    fn differences(&self, before: &ResourceState, live: &Live, desired: &Desired) -> Vec<Difference> {
        let desired = Value::from(serde_json::Value::Object(desired.properties.clone()));
        let key = &self.apply.key;
        compare(self.driver, &self.schema, key, self.resource, &before.properties, live, &desired)
    }

    /// The properties with everything known: what the plan left open, the apply has found out by now.
    fn desired(&self) -> Result<Desired, StepError> {
        let (stack, address) = (self.stack, &self.resource.address);
        let scope = ApplyScope { plan: self.apply.plan, session: self.apply.session };
        let evaluated = stack.evaluate(address, &scope)?;
        let identity = Identity { owned: !self.step.work.imported, ..Identity::of(stack, address) };
        let complete = complete(&identity, self.driver, &self.schema, self.step.work.name.as_deref(), evaluated);
        let unknown = || StepError::Plan(format!("{address} needs a value that no resource gave"));
        let Some(serde_json::Value::Object(properties)) = complete.to_json() else { return Err(unknown()) };
        let token = token(&self.apply.plan.lineage, address, self.step.work.generation);
        Ok(known(&identity, properties, &token, self.replaced_ids()))
    }

    fn replaced_ids(&self) -> Vec<ResourceId> {
        let before = self.apply.session.resource(&self.resource.address);
        let superseded = before.map(|before| self.superseded(&before)).unwrap_or_default();
        superseded.into_iter().map(|old| old.id).collect()
    }

    /// The intent, durable. An object that is gone is given up first, or state would keep it as one still to delete.
    async fn announce(&self, before: Option<&ResourceState>, intent: &ResourceState) -> Result<(), StepError> {
        let address = &self.resource.address;
        let gone = before.filter(|before| before.id.is_some() && self.step.id.is_none());
        let gone =
            gone.map(|before| Change::put(address, ResourceState { status: Status::Deleting, ..before.clone() }));
        let changes = gone.into_iter().chain([Change::put(address, intent.clone())]).collect();
        Ok(self.apply.session.record(changes).await?)
    }

    fn intent(&self, desired: &Desired, before: Option<ResourceState>) -> ResourceState {
        let mut intent = ResourceState {
            type_name: self.step.type_name.clone(),
            region: self.step.region.clone(),
            properties: self.written(desired),
            token: desired.token.clone(),
            generation: self.step.work.generation,
            status: Status::Creating,
            superseded: before.map(|before| self.superseded(&before)).unwrap_or_default(),
            id: None,
            outputs: Properties::new(),
            dependencies: Vec::new(),
            protect: false,
            on_delete: OnDelete::Delete,
            origin: Origin::Created,
            duration_seconds: None,
        };
        self.metadata().write(&mut intent);
        intent
    }

    /// The objects that a new one leaves behind: those of earlier runs, and the one that it replaces.
    fn superseded(&self, before: &ResourceState) -> Vec<Superseded> {
        let replaced = Superseded::of(before).filter(|_| matches!(self.step.action, Action::Replace(_)));
        before.superseded.iter().cloned().chain(replaced).collect()
    }

    fn metadata(&self) -> Metadata {
        Metadata::of(self.stack, self.resource, self.driver)
    }

    fn written(&self, desired: &Desired) -> Properties {
        written(&self.schema, &self.apply.key, &desired.properties)
    }

    /// The object and what expressions may know of it; asks AWS where the driver did not tell all that is referred to.
    async fn outputs(&self, created: Created, desired: &Desired) -> Result<Created, StepError> {
        let Created { id, mut outputs } = created;
        let missing = |name: &str| !outputs.contains_key(name) && !desired.properties.contains_key(name);
        let moves_on = |name: &str| self.step.id.is_some() && self.schema.counts_versions(name);
        let names = &self.step.work.referenced;
        if names.iter().any(|name| missing(name) || moves_on(name)) {
            let live = self.driver.read(&self.context, &[ReadRequest::all(id.clone())]).await?;
            for live in live.into_iter().flatten() {
                let referenced = |name: &String| self.schema.is_output(name) || names.contains(name);
                outputs.extend(live.properties.into_iter().filter(|(name, _)| referenced(name)));
            }
        }
        Ok(Created { id, outputs })
    }

    fn read_only(&self, live: &Properties) -> Properties {
        let entries = live.iter().filter(|(name, _)| self.schema.is_output(name));
        entries.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Nothing was made: state goes back to what it was before the intent.
    async fn restore(&self, before: Option<ResourceState>) -> Result<(), StepError> {
        let address = &self.resource.address;
        let change = before.map_or_else(|| Change::remove(address), |before| Change::put(address, before));
        Ok(self.apply.session.record(vec![change]).await?)
    }

    async fn put(&self, state: ResourceState) -> Result<(), StepError> {
        Ok(self.apply.session.record(vec![Change::put(&self.resource.address, state)]).await?)
    }
}

fn ready(state: ResourceState, created: Created) -> ResourceState {
    ResourceState { id: Some(created.id), outputs: created.outputs, status: Status::Ready, ..state }
}

/// True if AWS answered: the object was certainly not made. Without an answer it may have been.
fn is_definite(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::Network | ErrorKind::Other)
}

fn tag_change(property: &str, before: &Properties, live: &Live, desired: &Desired) -> TagChange {
    let (live, desired) =
        (tags::from_json(live.properties.get(property)), tags::from_json(desired.properties.get(property)));
    let was_ours = tags::from_json(before.get(property));
    let remove = was_ours.into_keys().filter(|key| !desired.contains_key(key) && live.contains_key(key)).collect();
    let set = desired.into_iter().filter(|(key, value)| live.get(key) != Some(value)).collect();
    TagChange { set, remove }
}
