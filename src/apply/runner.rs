use std::sync::Arc;
use std::time::Instant;

use super::ownership_tags::OwnershipTags;
use super::step_error::StepError;
use super::writes::Write;
use super::{Apply, Event};
use crate::aws::Context;
use crate::plan::{Action, Operation, OperationKind, Step};
use crate::resources::{Deletion, Driver, OnDelete, ResourceId};
use crate::state::{Change, Life, ResourceState};

/// Does one operation: the intent is durable before the call, the outcome before anything builds on it.
pub struct Runner<'a> {
    apply: &'a Apply<'a>,
}

impl<'a> Runner<'a> {
    pub fn new(apply: &'a Apply<'a>) -> Self {
        Self { apply }
    }

    pub async fn run(&self, operation: &Operation) -> Result<(), StepError> {
        let address = &operation.address;
        match &operation.kind {
            OperationKind::Create => self.write(operation)?.create().await,
            OperationKind::Update => self.write(operation)?.update().await,
            OperationKind::Import => self.write(operation)?.import().await,
            OperationKind::Delete => self.delete(operation).await,
            OperationKind::DeleteSuperseded(id) => self.delete_superseded(operation, id).await,
            // The move itself was recorded before the first operation.
            OperationKind::Move { .. } => Ok(()),
            OperationKind::Release => self.release(operation).await,
            OperationKind::Forget => Ok(self.apply.session.record(vec![Change::forget(address)]).await?),
        }
    }

    fn write<'b>(&'b self, operation: &'b Operation) -> Result<Write<'b>, StepError> {
        let step = self.step(operation)?;
        let lost = || StepError::Plan(format!("{} is no longer in the stack", operation.address));
        let stack = self.apply.stack.ok_or_else(lost)?;
        let resource = stack.resources.get(&operation.address).ok_or_else(lost)?;
        let context = self.context(operation, &step.region);
        let driver = self.driver(&step.type_name)?;
        let schema = self.apply.catalog.get(&step.type_name).ok_or_else(lost)?;
        Ok(Write { apply: self.apply, stack, resource, step, driver, schema, context })
    }

    async fn delete(&self, operation: &Operation) -> Result<(), StepError> {
        let session = self.apply.session;
        let Some(state) = session.resource(&operation.address) else { return Ok(()) };
        let Some(id) = state.id().cloned() else { return self.forget_if_empty(operation, state).await };
        let start = Instant::now();
        let state = state.with(Life::Going { id: id.clone() });
        self.put(operation, state.clone()).await?;
        let step = self.step(operation)?;
        let deletion = Deletion {
            id: &id,
            properties: &state.properties,
            live: step.work.live.as_ref().filter(|live| live.id == id),
            snapshot: self.snapshot_name(operation, state.on_delete),
            force: step.work.force,
        };
        let context = self.context(operation, &state.region);
        self.driver(&state.type_name)?.delete(&context, &deletion).await?;
        // Other operations may have changed the resource meanwhile.
        let mut state = session.resource(&operation.address).unwrap_or(state);
        state.duration_seconds = Some(start.elapsed().as_secs_f64());
        if matches!(step.action, Action::Replace(_)) {
            // A run that ends here leaves to the next which generation comes now, and with it which name.
            return self.put(operation, state.awaiting_successor(step.work.generation)).await;
        }
        self.forget_if_empty(operation, state.with(Life::AwaitingSuccessor)).await
    }

    async fn delete_superseded(&self, operation: &Operation, id: &ResourceId) -> Result<(), StepError> {
        let session = self.apply.session;
        let Some(state) = session.resource(&operation.address) else { return Ok(()) };
        let Some(old) = state.superseded.iter().find(|old| old.id == *id) else { return Ok(()) };
        self.put(operation, state.deleting_superseded(id)).await?;
        let step = self.step(operation)?;
        if old.on_delete != OnDelete::Retain && !step.work.left_to_others.contains(id) {
            let deletion = Deletion {
                id,
                properties: &old.properties,
                live: step.work.live.as_ref().filter(|live| live.id == *id),
                snapshot: self.snapshot_name(operation, old.on_delete),
                force: step.work.force,
            };
            let context = self.context(operation, &old.region);
            self.driver(&old.type_name)?.delete(&context, &deletion).await?;
        }
        // Other operations may have changed the resource meanwhile.
        let now = session.resource(&operation.address).unwrap_or_else(|| state.clone());
        self.forget_if_empty(operation, now.without_superseded(id)).await
    }

    /// The object leaves this stack and stays in AWS. Nothing has to be durable before: until the resource has left state,
    /// the next plan does the same again.
    async fn release(&self, operation: &Operation) -> Result<(), StepError> {
        let step = self.step(operation)?;
        if let Some(live) = &step.work.live {
            let lost = || StepError::Plan(format!("{} has no schema", step.type_name));
            let schema = self.apply.catalog.get(&step.type_name).ok_or_else(lost)?;
            let (driver, context) = (self.driver(&step.type_name)?, self.context(operation, &step.region));
            OwnershipTags { driver, schema: &schema, context: &context, live }.remove().await?;
        }
        Ok(self.apply.session.record(vec![Change::forget(&operation.address)]).await?)
    }

    /// A resource whose every object is gone leaves state; one that still has some stays.
    async fn forget_if_empty(&self, operation: &Operation, state: ResourceState) -> Result<(), StepError> {
        if state.id().is_none() && state.superseded.is_empty() {
            return Ok(self.apply.session.record(vec![Change::remove(&operation.address)]).await?);
        }
        self.put(operation, state).await
    }

    async fn put(&self, operation: &Operation, state: ResourceState) -> Result<(), StepError> {
        Ok(self.apply.session.record(vec![Change::put(&operation.address, state)]).await?)
    }

    fn step(&self, operation: &Operation) -> Result<&'a Step, StepError> {
        let step = self.apply.plan.step(&operation.address);
        step.ok_or_else(|| StepError::Plan(format!("{} is not in the plan", operation.address)))
    }

    fn driver(&self, type_name: &str) -> Result<&'a dyn Driver, StepError> {
        let missing = || StepError::Plan(format!("this version of infra has no driver for {type_name}"));
        self.apply.registry.get(type_name).ok_or_else(missing)
    }

    fn context(&self, operation: &Operation, region: &str) -> Context {
        let written = self.apply.stack.and_then(|stack| stack.resources.get(&operation.address));
        let known = || self.apply.session.resource(&operation.address)?.timeout;
        let timeout = written.map_or_else(known, |resource| resource.timeout);
        let (listener, told) = (self.apply.listener.clone(), operation.clone());
        let progress = move |text: &str| listener(&Event::Progress { operation: &told, text });
        Context::new(self.apply.clients.clone(), region, self.apply.account).for_step(timeout, Arc::new(progress))
    }

    /// A final snapshot's name has to be new each time.
    fn snapshot_name(&self, operation: &Operation, on_delete: OnDelete) -> Option<String> {
        let time = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S");
        let plan = self.apply.plan;
        let slug = operation.address.as_str().replace(|char: char| !char.is_ascii_alphanumeric(), "-");
        let name = format!("{}-{}-{}-final-{time}", plan.project, plan.stack, slug.trim_matches('-'));
        (on_delete == OnDelete::Snapshot).then_some(name.to_lowercase())
    }
}
