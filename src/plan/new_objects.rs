//! What AWS asks of new objects: a password, for example, which the file of one that is there may leave out.

use super::{Action, Step};
use crate::schema::{Asked, Catalog, Subject, Violation};
use crate::stack::{Diagnostic, Diagnostics, Stack};

/// Refuses steps that would make an object without all that AWS makes it from.
///
/// # Errors
/// All of them at once, at their lines.
pub fn check(stack: &Stack, steps: &[Step]) -> Result<(), Diagnostics> {
    let is_checked = |step: &&Step| stack.resources.get(&step.address).is_some_and(|resource| !resource.unchecked);
    let is_made = |step: &&Step| matches!(step.action, Action::Create | Action::Replace(_)) && !step.work.left_out;
    let made = steps.iter().filter(is_made).filter(is_checked);
    let errors: Vec<Diagnostic> = made.flat_map(|step| refused(stack, step)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Diagnostics(errors)) }
}

fn refused(stack: &Stack, step: &Step) -> Vec<Diagnostic> {
    let (Some(schema), Some(desired)) = (Catalog::standard().get(&step.type_name), &step.work.desired) else {
        return Vec::new();
    };
    let told = |violation: Violation| {
        let path: Vec<&str> = violation.path.top_level().into_iter().collect();
        stack.diagnose(&step.address, &path, violation.message, violation.suggestion)
    };
    schema.unmet_conditions(Asked::OfNew, &Subject::alone(desired)).into_iter().map(told).collect()
}
