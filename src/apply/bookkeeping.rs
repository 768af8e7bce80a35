//! What state keeps beside the objects themselves, and a file can change without any call to AWS.

use super::Apply;
use super::scope::ApplyScope;
use crate::plan::{Action, Metadata};
use crate::state::Change;

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
            (after != before).then(|| Change::put(&step.address, after))
        })
        .collect()
}

/// The stack's outputs, as far as they are known by now.
pub fn outputs(apply: &Apply<'_>) -> Option<Change> {
    if apply.plan.options.destroy {
        return Some(Change::Outputs { outputs: serde_json::Map::new() });
    }
    let scope = ApplyScope { plan: apply.plan, session: apply.session };
    let outputs = apply.stack?.known_outputs(&scope).ok()?;
    (outputs != apply.session.snapshot().outputs).then_some(Change::Outputs { outputs })
}
