//! What state keeps beside the objects themselves, and a file can change without any call to AWS.

use super::Apply;
use super::scope::ApplyScope;
use crate::plan::Action;
use crate::resources::{Driver, OnDelete};
use crate::stack::{Resource, Stack};
use crate::state::{Change, ResourceState};

/// What the file says of a resource that state has to remember when the file is gone.
pub struct Metadata {
    pub dependencies: Vec<crate::address::Address>,
    pub protect: bool,
    pub on_delete: OnDelete,
}

impl Metadata {
    pub fn of(stack: &Stack, resource: &Resource, driver: &dyn Driver) -> Self {
        let keeps_data = driver.stateful() && !stack.ephemeral;
        let standard = if keeps_data && driver.has_snapshots() { OnDelete::Snapshot } else { OnDelete::Delete };
        Self {
            dependencies: resource.depends_on.iter().cloned().collect(),
            protect: resource.protect.unwrap_or(keeps_data),
            on_delete: resource.on_delete.unwrap_or(standard),
        }
    }

    pub fn write(self, state: &mut ResourceState) {
        state.dependencies = self.dependencies;
        state.protect = self.protect;
        state.on_delete = self.on_delete;
    }
}

/// The changes for resources that are otherwise unchanged.
pub fn changes(apply: &Apply<'_>) -> Vec<Change> {
    let unchanged = apply.plan.steps.iter().filter(|step| step.action == Action::NoChange);
    unchanged
        .filter_map(|step| {
            let stack = apply.stack?;
            let before = apply.session.resource(&step.address)?;
            let driver = apply.registry.get(&step.type_name)?;
            let mut after = before.clone();
            Metadata::of(stack, stack.resources.get(&step.address)?, driver).write(&mut after);
            (after != before).then(|| Change::Put { address: step.address.clone(), resource: Box::new(after) })
        })
        .collect()
}

/// The stack's outputs, as far as they are known by now.
pub fn outputs(apply: &Apply<'_>) -> Option<Change> {
    if apply.plan.options.destroy {
        return Some(Change::Outputs(serde_json::Map::new()));
    }
    let scope = ApplyScope { plan: apply.plan, session: apply.session };
    let outputs = apply.stack?.known_outputs(&scope).ok()?;
    (outputs != apply.session.snapshot().outputs).then_some(Change::Outputs(outputs))
}
