use super::{Cycle, CycleError, Graph};
use crate::address::Address;
use crate::stack::{Diagnostic, Diagnostics, Location, Stack};

impl Graph<Address> {
    /// The graph of a stack's resources.
    ///
    /// # Errors
    /// Cycles, each with the line of every reference in it.
    pub fn of_stack(stack: &Stack) -> Result<Self, CycleError> {
        let nodes =
            stack.resources.values().map(|resource| (resource.address.clone(), resource.depends_on.iter().cloned()));
        Self::build(nodes)
            .map_err(|cycles| CycleError(Diagnostics(cycles.0.iter().map(|cycle| diagnose(stack, cycle)).collect())))
    }
}

fn diagnose(stack: &Stack, cycle: &Cycle<Address>) -> Diagnostic {
    let message = match cycle.0.as_slice() {
        [own] => format!("`{own}` depends on itself"),
        _ => format!("these resources depend on each other in a circle: {cycle}"),
    };
    let mut places = cycle.edges().map(|(from, to)| (place(stack, from, to), format!("`{from}` needs `{to}`")));
    let first = places.next().map(|(location, _)| location);
    let location = first.unwrap_or_else(|| stack.top());
    let diagnostic = places
        .fold(Diagnostic::new(location, message), |diagnostic, (location, label)| diagnostic.relate(location, label));
    let help = match cycle.0.as_slice() {
        [_] => "a resource can only read what others give",
        _ => "give one of them its value another way, or split it into two resources",
    };
    diagnostic.suggest(Some(help.to_owned()))
}

fn place(stack: &Stack, from: &Address, to: &Address) -> Location {
    let declared = || stack.location(from);
    stack.reference_location(from, to).or_else(declared).unwrap_or_else(|| stack.top())
}
