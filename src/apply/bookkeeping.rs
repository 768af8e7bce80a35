//! What state keeps beside the objects themselves, and a file can change without any call to AWS.

use super::Apply;
use super::keeping::kept;
use super::scope::ApplyScope;
use super::step_error::StepError;
use crate::plan::{Action, Metadata, Step};
use crate::state::{Change, Status};

/// What the first operation builds on: objects that an interrupted run made and this plan found, and for those that are
/// replaced what the file says now of the old object's end.
pub fn before(apply: &Apply<'_>) -> Vec<Change> {
    let changes = apply.plan.steps.iter().filter_map(|step| {
        let before = apply.session.resource(&step.address)?;
        let mut after = before.clone();
        if let (None, Some(live)) = (&before.id, &step.work.live) {
            after.id = Some(live.id.clone());
            after.status = Status::Incomplete;
        }
        let resource = apply.stack.and_then(|stack| stack.resources.get(&step.address));
        if let (Action::Replace(_), Some(stack), Some(resource)) = (step.action, apply.stack, resource) {
            after.on_delete = Metadata::of(stack, resource, apply.registry.get(&before.type_name)?).on_delete();
        }
        (after != before).then(|| Change::put(&step.address, after))
    });
    changes.collect()
}

/// The changes for resources that are otherwise unchanged.
pub fn changes(apply: &Apply<'_>) -> Vec<Change> {
    let stays = |step: &&Step| matches!(step.action, Action::NoChange | Action::Move) && !step.work.left_out;
    let unchanged = apply.plan.steps.iter().filter(stays);
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
///
/// # Errors
/// A secret that cannot be encrypted.
pub async fn outputs(apply: &Apply<'_>) -> Result<Option<Change>, StepError> {
    let destroys_all = apply.plan.options.destroy && apply.session.snapshot().resources.is_empty();
    if destroys_all {
        return Ok(Some(Change::Outputs { outputs: serde_json::Map::new() }));
    }
    let Some(stack) = apply.stack else { return Ok(None) };
    let Ok(outputs) = stack.known_outputs(&ApplyScope { apply }) else { return Ok(None) };
    let outputs = kept(apply, stack, &outputs).await?;
    Ok((outputs != apply.session.snapshot().outputs).then_some(Change::Outputs { outputs }))
}
