//! From decisions to the operations that apply walks, with every order between them.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;

use super::waiting::Waiting;
use super::{Action, Operation, OperationKind, Step};
use crate::address::Address;
use crate::graph::{Cycles, Graph};
use crate::resources::ReplaceOrder;
use crate::state::ResourceState;

/// How long an operation is taken to last where no earlier run tells, in seconds.
const UNKNOWN_SECONDS: f64 = 1.0;

/// The operations of all steps, each after what it needs.
///
/// - What is written waits for what it depends on.
/// - A deletion waits for the deletion of what depended on the object, and for those that stay to let go of it.
/// - A replacement that creates first deletes the old object when nothing uses it any more; one that deletes first makes
///   the new object when the old one is gone.
/// - One that deletes first does so when what the new object needs is there, as far as that does not wait for it.
/// - What takes the identity of another object waits until that one has let go of it.
///
/// # Errors
/// The operations that would wait for each other.
pub fn operations(
    steps: &[Step],
    dependencies: &IndexMap<Address, Vec<Address>>,
    state: &BTreeMap<Address, ResourceState>,
) -> Result<Vec<Operation>, Waiting> {
    let mut builder = Builder::default();
    for step in steps {
        builder.add(step, state.get(&step.address));
    }
    builder.connect_writes(dependencies);
    builder.connect_deletes(state);
    steps.iter().for_each(|step| builder.connect_release(step));
    let precautions = builder.precautions(dependencies);
    builder.finish(steps, state, &precautions)
}

#[derive(Default)]
struct Builder {
    operations: Vec<Operation>,
    /// The operation that makes or changes an address's object.
    writes: HashMap<Address, usize>,
    /// The operations that delete an address's former objects.
    deletes: BTreeMap<Address, Vec<usize>>,
}

impl Builder {
    fn add(&mut self, step: &Step, state: Option<&ResourceState>) {
        match step.action {
            Action::Create => self.write(step, OperationKind::Create),
            Action::Update => self.write(step, OperationKind::Update),
            Action::Import => self.write(step, OperationKind::Import),
            Action::Replace(ReplaceOrder::CreateFirst) => {
                self.write(step, OperationKind::Create);
                if let Some(id) = step.id.as_ref().filter(|_| !step.work.keeps_former) {
                    self.delete(step, OperationKind::DeleteSuperseded(id.clone()));
                }
            }
            Action::Replace(ReplaceOrder::DeleteFirst) => {
                self.delete(step, OperationKind::Delete);
                self.write(step, OperationKind::Create);
            }
            Action::Replace(ReplaceOrder::InOneCall) => self.write(step, OperationKind::Replace),
            Action::Delete => _ = self.delete(step, OperationKind::Delete),
            Action::Forget if step.work.is_released => drop(self.push(step, OperationKind::Release)),
            Action::Forget => drop(self.push(step, OperationKind::Forget)),
            Action::Move => {
                let from = step.moved_from.clone().unwrap_or_else(|| step.address.clone());
                self.push(step, OperationKind::Move { from });
            }
            Action::NoChange => {}
            Action::Refused => return,
        }
        let superseded = state.filter(|_| !step.work.keeps_former).into_iter().flat_map(|state| &state.superseded);
        let superseded: Vec<usize> =
            superseded.map(|old| self.delete(step, OperationKind::DeleteSuperseded(old.id.clone()))).collect();
        self.one_after_the_other(step, &superseded);
    }

    /// The former objects of an address go one by one, and before the address itself is forgotten.
    fn one_after_the_other(&mut self, step: &Step, superseded: &[usize]) {
        for pair in superseded.windows(2) {
            self.operations[pair[1]].after.push(pair[0]);
        }
        let Some(&last) = superseded.last() else { return };
        let ends = |operation: &Operation| {
            use OperationKind::{Delete, Forget, Release};
            operation.address == step.address && matches!(operation.kind, Delete | Forget | Release)
        };
        let is_replaced = self.writes.contains_key(&step.address);
        for operation in self.operations.iter_mut().filter(|operation| !is_replaced && ends(operation)) {
            operation.after.push(last);
        }
    }

    fn write(&mut self, step: &Step, kind: OperationKind) {
        let index = self.push(step, kind);
        self.writes.insert(step.address.clone(), index);
    }

    fn delete(&mut self, step: &Step, kind: OperationKind) -> usize {
        let index = self.push(step, kind);
        self.deletes.entry(step.address.clone()).or_default().push(index);
        index
    }

    fn push(&mut self, step: &Step, kind: OperationKind) -> usize {
        let address = step.address.clone();
        self.operations.push(Operation { address, kind, after: Vec::new(), wave: 0, path_seconds: 0.0 });
        self.operations.len() - 1
    }

    fn connect_writes(&mut self, dependencies: &IndexMap<Address, Vec<Address>>) {
        for (address, index) in &self.writes {
            let needed = dependencies.get(address).into_iter().flatten();
            let needed: Vec<usize> = needed.filter_map(|dependency| self.writes.get(dependency).copied()).collect();
            self.operations[*index].after.extend(needed);
        }
        // Create first: the old object goes once the new one is there. Delete first: the other way round.
        for (address, deletes) in &self.deletes {
            let Some(&write) = self.writes.get(address) else { continue };
            for &delete in deletes {
                match self.operations[delete].kind {
                    OperationKind::DeleteSuperseded(_) => self.operations[delete].after.push(write),
                    _ => self.operations[write].after.push(delete),
                }
            }
        }
    }

    /// State's own dependencies say what an object that is to go was used by.
    fn connect_deletes(&mut self, state: &BTreeMap<Address, ResourceState>) {
        for (dependent, resource) in state {
            for dependency in &resource.dependencies {
                let Some(deletes) = self.deletes.get(dependency).cloned() else { continue };
                for delete in deletes {
                    let waits_for = self.lets_go(dependent, delete);
                    self.operations[delete].after.extend(waits_for);
                }
            }
        }
    }

    /// A new object waits for the deletion, or the change, of those that have its identity.
    fn connect_release(&mut self, step: &Step) {
        let Some(&write) = self.writes.get(&step.address) else { return };
        for holder in &step.work.released_by {
            let changed =
                self.writes.get(holder).filter(|&&index| self.operations[index].kind == OperationKind::Update);
            let releases = self.deletes.get(holder).into_iter().flatten().chain(changed).copied().collect::<Vec<_>>();
            self.operations[write].after.extend(releases);
        }
    }

    /// The operations after which `dependent` no longer uses the object that `delete` deletes.
    fn lets_go(&self, dependent: &Address, delete: usize) -> Vec<usize> {
        if let Some(deletes) = self.deletes.get(dependent) {
            // An earlier object of one that stays goes after its new one, which may wait for this very deletion.
            let ends = |index: &usize| self.operations[*index].kind == OperationKind::Delete;
            let made_anew = self.writes.contains_key(&self.operations[delete].address)
                && self.operations[delete].kind == OperationKind::Delete;
            return deletes.iter().copied().filter(|index| !made_anew || ends(index)).collect();
        }
        let superseded = matches!(self.operations[delete].kind, OperationKind::DeleteSuperseded(_));
        let removed = !self.writes.contains_key(&self.operations[delete].address);
        // Where the new object is made after the old one is gone, a dependent that stays cannot let go before.
        let write = self.writes.get(dependent).filter(|_| superseded || removed);
        write.into_iter().copied().collect()
    }

    /// Deletions, each with what the new object of its address needs: nothing is taken away before that is there.
    fn precautions(&self, dependencies: &IndexMap<Address, Vec<Address>>) -> Vec<(usize, usize)> {
        let goes_first = |address: &Address| {
            let deletes = self.deletes.get(address).into_iter().flatten();
            deletes.copied().find(|&index| self.operations[index].kind == OperationKind::Delete)
        };
        let replaced = self.writes.keys().filter_map(|address| Some((address, goes_first(address)?)));
        let needs = |(address, delete): (&Address, usize)| {
            let needed = dependencies.get(address).into_iter().flatten();
            let needed = needed.filter(|dependency| goes_first(dependency).is_none());
            needed.filter_map(move |dependency| Some((delete, *self.writes.get(dependency)?))).collect::<Vec<_>>()
        };
        replaced.flat_map(needs).collect()
    }

    fn graph(&mut self) -> Result<Graph<usize>, Cycles<usize>> {
        for operation in &mut self.operations {
            operation.after.sort_unstable();
            operation.after.dedup();
        }
        let nodes = self.operations.iter().enumerate();
        Graph::build(nodes.map(|(index, operation)| (index, operation.after.iter().copied())))
    }

    fn finish(
        mut self,
        steps: &[Step],
        state: &BTreeMap<Address, ResourceState>,
        precautions: &[(usize, usize)],
    ) -> Result<Vec<Operation>, Waiting> {
        let without: Vec<Vec<usize>> = self.operations.iter().map(|operation| operation.after.clone()).collect();
        for &(delete, write) in precautions {
            self.operations[delete].after.push(write);
        }
        let mut graph = self.graph();
        if graph.is_err() {
            self.operations.iter_mut().zip(without).for_each(|(operation, after)| operation.after = after);
            graph = self.graph();
        }
        let graph = graph.map_err(|cycles| Waiting::of(&cycles, &self.operations, steps))?;
        self.layers(&graph);
        self.paths(&graph, &expected_seconds(steps, state));
        Ok(self.operations)
    }

    /// Waves: each operation one layer after the last it waits for.
    fn layers(&mut self, graph: &Graph<usize>) {
        for (layer, indexes) in graph.waves().into_iter().enumerate() {
            indexes.into_iter().for_each(|index| self.operations[index].wave = layer + 1);
        }
    }

    /// The longest time from each operation's start to the end of everything that waits for it.
    fn paths(&mut self, graph: &Graph<usize>, seconds: &HashMap<Address, f64>) {
        for &index in graph.order().iter().rev() {
            let own = seconds.get(&self.operations[index].address).copied().unwrap_or(UNKNOWN_SECONDS);
            self.operations[index].path_seconds += own;
            let path = self.operations[index].path_seconds;
            for before in self.operations[index].after.clone() {
                let longest = &mut self.operations[before].path_seconds;
                *longest = longest.max(path);
            }
        }
    }
}

/// How long each address took last time; else what others of its type took; else a second.
fn expected_seconds(steps: &[Step], state: &BTreeMap<Address, ResourceState>) -> HashMap<Address, f64> {
    let mut by_type: HashMap<&str, f64> = HashMap::new();
    for resource in state.values() {
        let longest = by_type.entry(&resource.type_name).or_default();
        *longest = longest.max(resource.duration_seconds.unwrap_or_default());
    }
    let expected = |step: &Step| {
        let own = state.get(&step.address).and_then(|resource| resource.duration_seconds);
        let seconds = own.or_else(|| by_type.get(step.type_name.as_str()).copied().filter(|&seconds| seconds > 0.0));
        (step.address.clone(), seconds.unwrap_or(UNKNOWN_SECONDS))
    };
    steps.iter().map(expected).collect()
}
