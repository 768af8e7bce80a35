use super::{Operation, OperationKind, Step};
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

fn ways_out(cycle: &Cycle<usize>, operations: &[Operation], steps: &[Step]) -> Vec<String> {
    let addresses: Vec<_> = cycle.0.iter().filter_map(|&index| Some(&operations.get(index)?.address)).collect();
    let inside = || steps.iter().filter(|step| addresses.contains(&&step.address));
    let renamed = inside().flat_map(|step| step.work.released_by.iter().map(move |by| (by, &step.address)));
    let mut ways: Vec<String> = renamed
        .map(|(from, to)| {
            format!("write `moved_from: {from}` at `{to}` if it is the same object under another address")
        })
        .collect();
    let deleted_first = |step: &&Step| step.action == super::Action::Replace(ReplaceOrder::DeleteFirst);
    ways.extend(
        inside().filter(deleted_first).map(|step| format!("write `replace: create_first` at `{}`", step.address)),
    );
    ways.push("or make the change in two applies: first without what is deleted, then the rest".to_owned());
    ways
}
