use std::collections::HashMap;
use std::sync::OnceLock;

use indexmap::IndexMap;

use super::left_out::left_out;
use super::operations::operations;
use super::output_changes::{Outputs, known_outputs};
use super::same_identity::Holders;
use super::selection::Selection;
use super::{
    Attributes, Inputs, Operation, Plan, PlanError, Situation, Step, lifetime, new_objects, replace_order, sources,
    support, to_seal, uniqueness, usage,
};
use crate::address::Address;
use crate::graph::Graph;

type Neighbours<'a> = &'a dyn Fn(&Address) -> Vec<Address>;

/// Compares what the file wants with state and with live AWS.
///
/// # Errors
/// Diagnostics of the stack file, a cycle, a name that nothing has, or objects that cannot be read.
pub async fn plan(inputs: Inputs<'_>) -> Result<Plan, PlanError> {
    let stack = inputs.stack.filter(|_| !inputs.options.destroy);
    if let Some(stack) = stack {
        support::check(stack, inputs.registry)?;
    }
    let order: Vec<Address> = match stack {
        Some(stack) => Graph::of_stack(stack)?.order().to_vec(),
        None => Vec::new(),
    };
    let situation = Situation::learn(inputs, &order).await?;
    let (steps, attributes) = situation.decide(&order)?;
    if let Some(stack) = stack {
        uniqueness::check_steps(stack, situation.inputs.registry, &steps)?;
        new_objects::check(stack, &steps)?;
    }
    let steps = situation.settled(steps.into_iter().chain(situation.removals()).collect()).await?;
    situation.planned(steps, attributes)
}

impl Situation<'_> {
    /// The steps as they can be beside each other, under what the command asks for and what protection allows.
    async fn settled(&self, steps: Vec<Step>) -> Result<Vec<Step>, PlanError> {
        let Inputs { registry, catalog, reader, options, .. } = self.inputs;
        let holders = Holders::new(registry, &self.state, &self.live, options);
        let steps = replace_order::settled(holders.with_swaps(steps), &self.state);
        let steps = usage::refuse_in_use(steps, &self.state, catalog);
        let steps = steps.into_iter().map(|step| self.guarded(self.left_to_others(step))).collect();
        let steps = holders.settled(self.selected(steps)?);
        let steps = usage::refuse_occupied(steps, reader, &self.state, catalog).await?;
        let steps = sources::looked_for(steps, registry, reader).await?;
        Ok(steps.into_iter().map(|step| self.with_settings(step)).collect())
    }

    /// Steps that the command is not about stay as they are.
    fn selected(&self, steps: Vec<Step>) -> Result<Vec<Step>, PlanError> {
        let addresses: Vec<Address> = steps.iter().map(|step| step.address.clone()).collect();
        let dependencies = |address: &Address| self.dependencies(address);
        let mut dependents: HashMap<Address, Vec<Address>> = HashMap::new();
        for address in &addresses {
            for dependency in self.dependencies(address) {
                dependents.entry(dependency).or_default().push(address.clone());
            }
        }
        let dependents = |address: &Address| dependents.get(address).cloned().unwrap_or_default();
        // A deletion takes with it what depends on the object, not what the object depends on.
        let (down, up): (Neighbours<'_>, Neighbours<'_>) =
            if self.inputs.options.destroy { (&dependents, &dependencies) } else { (&dependencies, &dependents) };
        let selection = Selection { addresses: &addresses, dependencies: down, dependents: up };
        let (included, targets) = (selection.included(self.inputs.options)?, selection.targets(self.inputs.options)?);
        Ok(left_out(steps, included, &targets, &self.state))
    }

    fn planned(self, steps: Vec<Step>, attributes: Attributes) -> Result<Plan, PlanError> {
        let dependencies: IndexMap<Address, Vec<Address>> =
            steps.iter().map(|step| (step.address.clone(), self.dependencies(&step.address))).collect();
        let operations = operations(&steps, &dependencies, &self.state)?;
        let steps = in_waves(steps, &operations);
        let Inputs { stack: file, snapshot, vault, reader, options, .. } = self.inputs;
        let former = vault.opened(&snapshot.outputs);
        let outputs = Outputs {
            stack: file,
            former: &former,
            key: &self.key,
            state: &self.state,
            steps: &steps,
            attributes: &attributes,
            options,
            offline: reader.is_none(),
        };
        let output_changes = outputs.changes();
        let region = file.map(|stack| stack.region.clone()).or_else(|| snapshot.region.clone());
        Ok(Plan {
            version: Plan::VERSION,
            project: snapshot.project.clone(),
            stack: snapshot.stack.clone(),
            region: region.unwrap_or_default(),
            account: reader.map(|reader| reader.account.to_owned()),
            lineage: snapshot.lineage.to_string(),
            serial: snapshot.serial,
            stack_digest: self.stack.map(|stack| stack.digest.clone()).unwrap_or_default(),
            options: options.clone(),
            outputs: self.stack.map(|stack| known_outputs(stack, &attributes)).transpose()?.unwrap_or_default(),
            output_changes,
            settings: lifetime::settings(self.stack, snapshot),
            steps,
            operations,
            // The end of a stack leaves nothing to encrypt.
            to_seal: self.stack.map_or(0, |_| to_seal(snapshot, vault)),
            read: self.read,
            attributes,
            by_address: OnceLock::new(),
            former: OnceLock::new(),
        })
    }
}

/// Each step with the wave of its first operation.
fn in_waves(steps: Vec<Step>, operations: &[Operation]) -> Vec<Step> {
    let mut waves: HashMap<&Address, usize> = HashMap::new();
    for operation in operations {
        let wave = waves.entry(&operation.address).or_insert(operation.wave);
        *wave = operation.wave.min(*wave);
    }
    let wave = |step: &Step| waves.get(&step.address).copied().unwrap_or(0);
    steps.into_iter().map(|step| Step { wave: wave(&step), ..step }).collect()
}
