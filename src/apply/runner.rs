use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::ownership_tags::OwnershipTags;
use super::step_error::StepError;
use super::writes::Write;
use super::young_references::young_references;
use super::{Apply, Event};
use crate::aws::Context;
use crate::plan::{Action, Operation, OperationKind, Step, snapshot_name};
use crate::resources::{Deletion, Driver, OnDelete, Properties, ResourceId, Source};
use crate::state::{Change, Life, ResourceState, Superseded};

/// Does one operation: the intent is durable before the call, the outcome before anything builds on it.
pub struct Runner<'a> {
    apply: &'a Apply<'a>,
}

impl<'a> Runner<'a> {
    pub fn new(apply: &'a Apply<'a>) -> Self {
        Self { apply }
    }

    /// Gives the name of the last snapshot that a deletion left.
    pub async fn run(&self, operation: &Operation) -> Result<Option<String>, StepError> {
        let address = &operation.address;
        match &operation.kind {
            OperationKind::Create | OperationKind::Replace => self.write(operation)?.create().await?,
            OperationKind::Update => self.write(operation)?.update().await?,
            OperationKind::Import => self.write(operation)?.import().await?,
            OperationKind::Delete => return self.delete(operation).await,
            OperationKind::DeleteSuperseded(id) => return self.delete_superseded(operation, id).await,
            // The move itself was recorded before the first operation.
            OperationKind::Move { .. } => {}
            OperationKind::Release => self.release(operation).await?,
            OperationKind::Forget => self.apply.session.record(vec![Change::forget(address)]).await?,
        }
        Ok(None)
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

    async fn delete(&self, operation: &Operation) -> Result<Option<String>, StepError> {
        let (session, step) = (self.apply.session, self.step(operation)?);
        let Some(state) = session.resource(&operation.address) else { return Ok(None) };
        let Some(id) = state.id().cloned() else {
            return self.forget_if_empty(operation, state).await.map(|()| None);
        };
        self.look_for_sources(operation, step).await?;
        let start = Instant::now();
        let snapshot = LastSnapshot::of(&state).named(self, operation, step)?;
        let state = state.deleting(id.clone(), snapshot.clone());
        self.put(operation, state.clone()).await?;
        let deletion = Deletion {
            id: &id,
            properties: &state.properties,
            live: step.work.live.as_deref().filter(|live| live.id == id),
            snapshot: snapshot.clone(),
            force: step.work.force,
        };
        self.send(operation, (&state.type_name, &state.region), &deletion).await?;
        // Other operations may have changed the resource meanwhile.
        let mut state = session.resource(&operation.address).unwrap_or(state);
        state.duration_seconds = Some(start.elapsed().as_secs_f64());
        if matches!(step.action, Action::Replace(_)) {
            // A run that ends here leaves to the next which generation comes now, and with it which name.
            self.put(operation, state.awaiting_successor(step.work.generation)).await?;
        } else {
            self.forget_if_empty(operation, state.with(Life::AwaitingSuccessor)).await?;
        }
        Ok(snapshot)
    }

    async fn delete_superseded(&self, operation: &Operation, id: &ResourceId) -> Result<Option<String>, StepError> {
        let (session, step) = (self.apply.session, self.step(operation)?);
        let Some(state) = session.resource(&operation.address) else { return Ok(None) };
        let Some(old) = state.superseded.iter().find(|old| old.id == *id) else { return Ok(None) };
        let is_kept = old.on_delete == OnDelete::Retain || step.work.left_to_others.contains(id);
        let snapshot = LastSnapshot::of_former(old).named(self, operation, step)?.filter(|_| !is_kept);
        self.put(operation, state.deleting_superseded(id, snapshot.as_deref())).await?;
        if !is_kept {
            let deletion = Deletion {
                id,
                properties: &old.properties,
                live: step.work.live.as_deref().filter(|live| live.id == *id),
                snapshot: snapshot.clone(),
                force: step.work.force,
            };
            self.send(operation, (&old.type_name, &old.region), &deletion).await?;
        }
        // Other operations may have changed the resource meanwhile.
        let now = session.resource(&operation.address).unwrap_or_else(|| state.clone());
        self.forget_if_empty(operation, now.without_superseded(id)).await?;
        Ok(snapshot)
    }

    async fn send(
        &self,
        operation: &Operation,
        (type_name, region): (&str, &str),
        deletion: &Deletion<'_>,
    ) -> Result<(), StepError> {
        let context = self.context(operation, region);
        if let Some(name) = &deletion.snapshot {
            context.progress(&format!("last snapshot {name}"));
        }
        Ok(self.driver(type_name)?.delete(&context, deletion).await?)
    }

    /// What the new object is made from may have gone since the plan: then the old one stays.
    async fn look_for_sources(&self, operation: &Operation, step: &Step) -> Result<(), StepError> {
        if step.work.sources.is_empty() {
            return Ok(());
        }
        let driver = self.driver(&step.type_name)?;
        match driver.missing_source(&self.context(operation, &step.region), &step.work.sources).await? {
            None => Ok(()),
            Some(Source { property, what, region }) => Err(StepError::Plan(format!(
                "{property}: there is no {what} in {region} any more, so {} was not deleted for it",
                operation.address
            ))),
        }
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
        Context::new(self.apply.clients.clone(), region, self.apply.account)
            .for_step(timeout, Arc::new(progress))
            .with_young(young_references(self.apply, &operation.address))
    }
}

/// What tells whether a deletion takes a last snapshot, and under which name.
struct LastSnapshot<'a> {
    type_name: &'a str,
    id: Option<&'a ResourceId>,
    properties: &'a Properties,
    on_delete: OnDelete,
    /// The name that a deletion under way was sent with: a second one would be a second snapshot.
    decided: Option<&'a String>,
}

impl<'a> LastSnapshot<'a> {
    fn of(state: &'a ResourceState) -> Self {
        Self {
            type_name: &state.type_name,
            id: state.id(),
            properties: &state.properties,
            on_delete: state.on_delete,
            decided: state.last_snapshot.as_ref().filter(|_| state.is_going()),
        }
    }

    fn of_former(old: &'a Superseded) -> Self {
        Self {
            type_name: &old.type_name,
            id: Some(&old.id),
            properties: &old.properties,
            on_delete: old.on_delete,
            decided: old.last_snapshot.as_ref().filter(|_| old.is_going),
        }
    }

    fn named(&self, runner: &Runner<'_>, operation: &Operation, step: &Step) -> Result<Option<String>, StepError> {
        let live = step.work.live.as_deref().filter(|live| Some(&live.id) == self.id);
        let properties = live.map_or(self.properties, |live| &live.properties);
        if self.on_delete != OnDelete::Snapshot || !runner.driver(self.type_name)?.leaves_snapshot(properties) {
            return Ok(None);
        }
        let plan = runner.apply.plan;
        let new = || snapshot_name(&plan.project, &plan.stack, &operation.address, Timestamp::now());
        Ok(Some(self.decided.cloned().unwrap_or_else(new)))
    }
}
