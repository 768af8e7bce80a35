//! What can be told of a stack's plan from the file alone, to be told with the file's other mistakes.

use super::{PlanError, support, uniqueness};
use crate::graph::{CycleError, Graph};
use crate::resources::Registry;
use crate::stack::{Diagnostics, Stack, StackCheck};

/// What no plan can be made of.
pub const PLAN_CHECKS: &[StackCheck] = &[unsupported, circular];

/// The same and what a plan finds out anyway, for which all resources are evaluated.
pub const ALL_CHECKS: &[StackCheck] = &[unsupported, circular, shared];

fn unsupported(stack: &Stack) -> Diagnostics {
    support::problems(stack, &Registry::standard())
}

fn circular(stack: &Stack) -> Diagnostics {
    Graph::of_stack(stack).err().map(|CycleError(circles)| circles).unwrap_or_default()
}

/// A circle is told by itself.
fn shared(stack: &Stack) -> Diagnostics {
    match uniqueness::check(stack, &Registry::standard()) {
        Err(PlanError::Stack(diagnostics)) => diagnostics,
        _ => Diagnostics::default(),
    }
}
