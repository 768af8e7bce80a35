use super::{Operation, OperationKind, Reason, Step};
use crate::graph::{Cycle, Cycles};
use crate::resources::ReplaceOrder;

/// Operations of one plan that wait for each other, each circle told with what leads out of it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .circles.join("\n"))]
pub struct Waiting {
    circles: Vec<String>,
    pub hints: Vec<String>,
}

impl Waiting {
    pub fn of(cycles: &Cycles<usize>, operations: &[Operation], steps: &[Step]) -> Self {
        let circles = cycles.0.iter().map(|cycle| format!("these wait for each other: {}", told(cycle, operations)));
        let hints = cycles.0.iter().flat_map(|cycle| ways_out(cycle, operations, steps));
        let mut waiting = Self { circles: circles.collect(), hints: Vec::new() };
        for hint in hints {
            if !waiting.hints.contains(&hint) {
                waiting.hints.push(hint);
            }
        }
        waiting
    }
}

/// `create b, after delete a, after update c, after create b`.
fn told(cycle: &Cycle<usize>, operations: &[Operation]) -> String {
    let nodes = cycle.0.iter().chain(cycle.0.first()).filter_map(|&index| operations.get(index));
    let named: Vec<String> =
        nodes.map(|operation| format!("{} {}", verb(&operation.kind), operation.address)).collect();
    named.join(", after ")
}

fn verb(kind: &OperationKind) -> &'static str {
    match kind {
        OperationKind::Create => "create",
        OperationKind::Update => "update",
        OperationKind::Import => "import",
        OperationKind::Replace => "replace",
        OperationKind::Delete => "delete",
        OperationKind::DeleteSuperseded(_) => "delete the former",
        OperationKind::Move { .. } => "move",
        OperationKind::Forget => "forget",
        OperationKind::Release => "let go of",
    }
}

/// How a step can do without waiting until another one has let go of its identity.
fn way_around(reason: &Reason, step: &Step) -> Option<String> {
    let to = &step.address;
    match reason {
        Reason::AfterRelease { by, moves: true } => {
            Some(format!("write `moved_from: {by}` at `{to}` if it is the same object under another address"))
        }
        Reason::AfterRelease { by, moves: false } => Some(format!(
            "write at `{to}` what is its own, a name or an address block that `{by}` does not have: what is counted moves when \
             something comes in between"
        )),
        _ => None,
    }
}

fn ways_out(cycle: &Cycle<usize>, operations: &[Operation], steps: &[Step]) -> Vec<String> {
    let addresses: Vec<_> = cycle.0.iter().filter_map(|&index| Some(&operations.get(index)?.address)).collect();
    let inside = || steps.iter().filter(|step| addresses.contains(&&step.address));
    let released = inside().flat_map(|step| step.reasons.iter().filter_map(|reason| way_around(reason, step)));
    let mut ways: Vec<String> = released.collect();
    let deleted_first = |step: &&Step| step.action == super::Action::Replace(ReplaceOrder::DeleteFirst);
    ways.extend(
        inside().filter(deleted_first).map(|step| format!("write `replace: create_first` at `{}`", step.address)),
    );
    ways.push("or make the change in two applies: first without what is deleted, then the rest".to_owned());
    ways
}
