use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use indexmap::IndexMap;

use super::attributes::decided;
use super::decision::{Case, Decision, order};
use super::departure::{self, Departure, LookedUp};
use super::left_out::leave_out;
use super::live::Question;
use super::lookup::{self, Findings, Lookups};
use super::object_identity::ObjectIdentity;
use super::operations::operations;
use super::output_changes::{Outputs, known_outputs};
use super::protection::Protection;
use super::same_identity::Holders;
use super::scope::Attributes;
use super::selection::Selection;
use super::step::Work;
use super::{
    Action, Claim, Claims, LiveReader, Metadata, Plan, PlanError, PlanOptions, Reads, Reason, Step, imports,
    interrupted, lifetime, moves, offline, protection, replace_order, secret_name, sources, support, to_seal,
    uniqueness, usage, young,
};
use crate::address::Address;
use crate::graph::Graph;
use crate::resources::{Driver, Live, Owner, ReadRequest, Registry, ReplaceOrder, ResourceId, Wanted};
use crate::schema::{Catalog, ResourceSchema};
use crate::secrets::Vault;
use crate::stack::{Diagnostics, Referenced, Resource, Stack};
use crate::state::{FingerprintKey, Origin, ResourceState, Snapshot};
use crate::value::Value;

/// What a plan is made from.
pub struct Inputs<'a> {
    /// The stack as its file describes it; `None` where the file is gone and only an end can be planned.
    pub stack: Option<&'a Stack>,
    pub snapshot: &'a Snapshot,
    pub registry: &'a Registry,
    pub catalog: &'a Catalog,
    /// The way to live objects; `None` plans from state alone.
    pub reader: Option<&'a LiveReader<'a>>,
    pub options: &'a PlanOptions,
    /// What opens the secrets that state keeps.
    pub vault: &'a Vault,
    /// Objects to take in, beside those that the file imports.
    pub imports: BTreeMap<Address, ResourceId>,
}

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
    let key = inputs.snapshot.fingerprint_key.opened(inputs.vault);
    let findings = match stack {
        Some(stack) => lookup::resolve(stack, &order, inputs.catalog, inputs.reader, &key).await?,
        None => Findings::default(),
    };
    let (mut state, origins) = match stack {
        Some(stack) => moves::moved(stack, &inputs.snapshot.resources),
        None => (inputs.snapshot.resources.clone(), HashMap::new()),
    };
    state.values_mut().for_each(|state| state.outputs = inputs.vault.opened(&state.outputs));
    let imports = inputs.imports.clone();
    let referenced = stack.map(Stack::referenced).unwrap_or_default();
    let mut planner = Planner {
        inputs,
        key,
        stack,
        state,
        origins,
        live: HashMap::new(),
        imports,
        referenced,
        looked_up: findings.objects,
        taken: BTreeMap::new(),
        read: 0,
    };
    planner.find_interrupted().await?;
    planner.find_imports().await?;
    planner.read_live().await?;
    planner.find_taken().await?;
    let (mut steps, attributes) = planner.decide(&order, &findings.attributes)?;
    if let Some(stack) = stack {
        uniqueness::check_steps(stack, planner.inputs.registry, &steps)?;
    }
    steps.extend(planner.removals());
    let holders = planner.holders();
    holders.order_swaps(&mut steps);
    planner.settle_replacements(&mut steps);
    usage::refuse_in_use(&mut steps, &planner.state, planner.inputs.catalog);
    planner.leave_to_others(&mut steps);
    planner.guard(&mut steps);
    planner.select(&mut steps)?;
    holders.settle(&mut steps);
    usage::look_for_holders(planner.inputs.reader, &mut steps, &planner.state, planner.inputs.catalog).await?;
    sources::look_for(planner.inputs.registry, planner.inputs.reader, &mut steps).await?;
    planner.note_settings(&mut steps);
    planner.finish(steps, attributes)
}

type Neighbours<'a> = &'a dyn Fn(&Address) -> Vec<Address>;

struct Planner<'a> {
    inputs: Inputs<'a>,
    key: FingerprintKey,
    stack: Option<&'a Stack>,
    /// State under the addresses of the file.
    state: BTreeMap<Address, ResourceState>,
    /// Where moved resources come from.
    origins: HashMap<Address, Address>,
    live: HashMap<Address, Live>,
    imports: BTreeMap<Address, ResourceId>,
    referenced: HashMap<&'a str, Referenced<'a>>,
    looked_up: LookedUp,
    /// Former objects of state that are another stack's by now.
    taken: BTreeMap<Address, BTreeMap<ResourceId, Owner>>,
    read: usize,
}

impl<'a> Planner<'a> {
    /// Looks for the objects of creates whose outcome nobody knows.
    async fn find_interrupted(&mut self) -> Result<(), PlanError> {
        let Some(reader) = self.inputs.reader else { return Ok(()) };
        let Inputs { stack: file, snapshot, .. } = self.inputs;
        interrupted::find(&mut self.state, self.stack, file, (snapshot, &self.key), reader).await
    }

    async fn find_imports(&mut self) -> Result<(), PlanError> {
        let (Some(stack), Some(reader)) = (self.stack, self.inputs.reader) else { return Ok(()) };
        self.imports.extend(imports::find(stack, &self.state, &self.imports, reader).await?);
        Ok(())
    }

    async fn read_live(&mut self) -> Result<(), PlanError> {
        let Some(reader) = self.inputs.reader else {
            self.live = self.state.iter().filter_map(|(address, state)| as_live(address, state)).collect();
            return Ok(());
        };
        let is_local = |state: &ResourceState| reader.registry.get(&state.type_name).is_some_and(Driver::is_local);
        let (local, remote): (Vec<_>, Vec<_>) = self.state.iter().partition(|(_, state)| is_local(state));
        let known = remote.into_iter().filter_map(|(address, state)| self.question(address, state));
        let imported = self.imports.iter().filter_map(|(address, id)| {
            let resource = self.stack?.resources.get(address)?;
            Some(Question {
                address: address.clone(),
                type_name: resource.type_name.clone(),
                region: self.region_of(self.stack?, resource).to_owned(),
                request: ReadRequest::all(id.clone()),
            })
        });
        let questions: Vec<_> = known.chain(imported).collect();
        self.read = questions.len();
        // What was to be deleted is not waited for.
        let patience = |address: &Address| match self.state.get(address) {
            Some(state) if !state.is_going() => young::invisible_for(state),
            _ => Duration::ZERO,
        };
        let found = young::read(reader, questions, &patience).await?;
        let found = found.into_iter().filter_map(|(address, live)| Some((address, live?)));
        self.live = found.chain(local.into_iter().filter_map(|(address, state)| as_live(address, state))).collect();
        Ok(())
    }

    /// Former objects that another stack has taken over.
    async fn find_taken(&mut self) -> Result<(), PlanError> {
        let Some(reader) = self.inputs.reader else { return Ok(()) };
        self.taken = self.claims().taken(&self.state, reader).await?;
        Ok(())
    }

    fn claims(&self) -> Claims<'_> {
        let Inputs { catalog, snapshot, stack, options, .. } = self.inputs;
        Claims::new(catalog, snapshot, stack, options)
    }

    fn claim(&self, address: &Address, type_name: &str) -> Claim {
        let live = self.live.get(address);
        live.map_or(Claim::Nobodys, |live| self.claims().on(address, type_name, self.state.get(address), live))
    }

    fn question(&self, address: &Address, state: &ResourceState) -> Option<Question> {
        let schema = self.inputs.catalog.get(&state.type_name);
        let mut wanted: BTreeSet<String> = state.properties.keys().cloned().collect();
        if let Some(resource) = self.stack.and_then(|stack| stack.resources.get(address)) {
            wanted.extend(resource.property_names().map(str::to_owned));
            wanted.extend(self.reads(address, schema.as_deref()).names);
        }
        let tags = schema.and_then(|schema| schema.tag_property().map(|tags| tags.name.clone()));
        wanted.extend(tags);
        Some(Question {
            address: address.clone(),
            type_name: state.type_name.clone(),
            region: state.region.clone(),
            request: ReadRequest { id: state.id()?.clone(), wanted: Wanted::Only(wanted) },
        })
    }

    /// One decision a resource, dependencies first, so that each sees what those before it will be.
    fn decide(&self, order: &[Address], lookups: &Lookups) -> Result<(Vec<Step>, Attributes), PlanError> {
        let mut steps = Vec::with_capacity(order.len());
        let (mut scope, mut errors) = (lookups.clone(), Diagnostics(Vec::new()));
        let Some(stack) = self.stack else { return Ok((steps, scope)) };
        for address in order {
            let Some(resource) = stack.resources.get(address).filter(|resource| !resource.is_lookup()) else {
                continue;
            };
            match stack.evaluate(address, &scope) {
                Ok(mut evaluated) => {
                    if let (None, Some(state)) = (self.inputs.reader, self.state.get(address)) {
                        offline::assume(&mut evaluated, &state.properties, &|address| stack.is_lookup(address));
                    }
                    let case = self.case(stack, resource, evaluated)?;
                    let schema = Arc::clone(&case.schema);
                    errors.0.extend(secret_name(stack, resource, case.driver, &case.evaluated));
                    let Decision { step, attributes } = case.decide();
                    if step.work.reads.whole {
                        let written = step.work.desired.as_ref().unwrap_or(&Value::Null);
                        scope.insert_whole(address.clone(), decided(&schema, &attributes, written));
                    }
                    scope.insert(address.clone(), attributes);
                    steps.push(step);
                }
                Err(found) => errors.0.extend(found.0),
            }
        }
        if errors.0.is_empty() { Ok((steps, scope)) } else { Err(errors.into()) }
    }

    fn case<'b>(&'b self, stack: &'b Stack, resource: &'b Resource, evaluated: Value) -> Result<Case<'b>, PlanError> {
        let address = &resource.address;
        let no_driver = || PlanError::NoDriver { address: address.to_string(), type_name: resource.type_name.clone() };
        Ok(Case {
            identity: ObjectIdentity::of(stack, address),
            resource,
            region: self.region_of(stack, resource),
            driver: self.inputs.registry.get(&resource.type_name).ok_or_else(no_driver)?,
            schema: self.inputs.catalog.get(&resource.type_name).ok_or_else(no_driver)?,
            key: &self.key,
            secrets: stack.secrets(),
            state: self.state.get(address),
            live: self.live.get(address),
            moved_from: self.origins.get(address),
            reads: self.reads(address, self.inputs.catalog.get(&resource.type_name).as_deref()),
            claim: self.claim(address, &resource.type_name),
            ephemeral: self.claims().is_ephemeral,
            evaluated,
        })
    }

    /// What state has and the file has not.
    fn removals(&self) -> Vec<Step> {
        let kept = |address: &Address| {
            self.stack.is_some_and(|stack| stack.resources.get(address).is_some_and(|resource| !resource.is_lookup()))
        };
        self.state
            .iter()
            .filter(|(address, _)| !kept(address))
            .map(|(address, state)| self.remove(address, state))
            .collect()
    }

    fn remove(&self, address: &Address, state: &ResourceState) -> Step {
        let absence = self.stack.and_then(|stack| stack.absence(address));
        let (mut action, mut reasons) = protection::removal(state, absence);
        let live = self.live.get(address).cloned();
        let is_gone = live.is_none() && self.inputs.reader.is_some() && !state.is_going();
        if is_gone && state.superseded.is_empty() {
            let gone = if state.life.is_intended() { Reason::NeverMade } else { Reason::Gone };
            reasons.truncate(1);
            reasons.push(gone);
            action = Action::Forget;
        }
        let departure =
            Departure::of(live.as_ref(), &self.claim(address, &state.type_name), self.is_looked_up(address, state));
        let is_released = departure.as_ref().is_some_and(|departure| departure.is_released);
        if let Some(departure) = departure {
            (action, reasons) = (Action::Forget, vec![departure.reason]);
        }
        if self.inputs.options.destroy {
            reasons.retain(|reason| !reason.is_absence());
        }
        Step {
            address: address.clone(),
            type_name: state.type_name.clone(),
            region: state.region.clone(),
            action,
            reasons,
            differences: Vec::new(),
            settings: Vec::new(),
            wave: 0,
            id: state.id().cloned(),
            moved_from: None,
            digest: String::new(),
            work: Work { live, is_released, ..Work::default() },
        }
    }

    /// True if the file looks the object up that state has as the stack's own, whatever the command is.
    fn is_looked_up(&self, address: &Address, state: &ResourceState) -> bool {
        self.inputs.stack.is_some_and(|stack| stack.is_lookup(address)) || departure::is_among(&self.looked_up, state)
    }

    /// Former objects that are another stack's stay in AWS.
    fn leave_to_others(&self, steps: &mut [Step]) {
        for step in steps {
            for (id, owner) in self.taken.get(&step.address).into_iter().flatten() {
                step.work.left_to_others.insert(id.clone());
                step.reasons.push(Reason::FormerStaysWith { id: id.to_string(), owner: owner.clone() });
            }
        }
    }

    fn holders(&self) -> Holders<'_> {
        Holders::new(self.inputs.registry, &self.state, &self.live, self.inputs.options)
    }

    fn settle_replacements(&self, steps: &mut [Step]) {
        let mut orders: Vec<(Address, ReplaceOrder)> =
            steps.iter().filter_map(|step| Some((step.address.clone(), order(step)?))).collect();
        let depends_on = |one: &Address, other: &Address| {
            self.state.get(one).is_some_and(|state| state.dependencies.contains(other))
        };
        let forced = replace_order::settle(&mut orders, depends_on);
        let orders: HashMap<Address, ReplaceOrder> = orders.into_iter().collect();
        for step in steps {
            if let Some(order) = orders.get(&step.address) {
                step.action = Action::Replace(*order);
            }
            if let Some(dependency) = forced.get(&step.address) {
                step.reasons.push(Reason::DependencyDeletedFirst { dependency: dependency.clone() });
            }
        }
    }

    fn guard(&self, steps: &mut [Step]) {
        let file = self.inputs.stack;
        let is_ephemeral = lifetime::is_ephemeral(file, self.inputs.snapshot);
        for step in steps {
            let known = self.state.get(&step.address);
            let described = self.described(file, &step.address);
            let protection = Protection::of(described.as_ref(), known, self.claims().is_ephemeral);
            // What an earlier run was allowed to delete, and AWS no longer shows, is lost already.
            let lost = step.work.live.is_none() && known.is_some_and(ResourceState::is_going);
            protection::guard(step, protection.filter(|_| !lost), self.inputs.options);
            step.work.force |= is_ephemeral;
            let on_delete = self.metadata(&step.address).map(|metadata| metadata.on_delete());
            let on_delete = on_delete.or_else(|| known.map(|state| state.on_delete));
            if !lost {
                protection::keep(step, on_delete);
            }
            protection::tell_end(step, on_delete, known.is_some_and(|state| self.leaves_snapshot(step, state)));
        }
    }

    /// True if AWS takes a last snapshot of the object where the file asks for one: not of a member of a cluster.
    fn leaves_snapshot(&self, step: &Step, state: &ResourceState) -> bool {
        let properties = step.work.live.as_ref().map_or(&state.properties, |live| &live.properties);
        self.inputs.registry.get(&state.type_name).is_some_and(|driver| driver.leaves_snapshot(properties))
    }

    /// What state is to remember of a resource of the file.
    fn metadata(&self, address: &Address) -> Option<Metadata> {
        self.described(self.stack, address)
    }

    fn described(&self, file: Option<&Stack>, address: &Address) -> Option<Metadata> {
        let resource = file?.resources.get(address).filter(|resource| !resource.is_lookup())?;
        let origin = self.state.get(address).map_or(Origin::Created, |state| state.origin);
        Some(Metadata::of(file?, resource, self.inputs.registry.get(&resource.type_name)?, origin))
    }

    /// Options that changed although their object may stay as it is.
    fn note_settings(&self, steps: &mut [Step]) {
        let concerned = |step: &&mut Step| !step.work.left_out && step.action != Action::Refused;
        for step in steps.iter_mut().filter(concerned) {
            let (metadata, state) = (self.metadata(&step.address), self.state.get(&step.address));
            step.settings = metadata.zip(state).map(|(metadata, state)| metadata.changes(state)).unwrap_or_default();
        }
    }

    /// Steps that the command is not about stay as they are.
    fn select(&self, steps: &mut [Step]) -> Result<(), PlanError> {
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
        leave_out(steps, selection.included(self.inputs.options)?, &self.state);
        Ok(())
    }

    /// What a resource depends on, by the file where it has it, else by state.
    fn dependencies(&self, address: &Address) -> Vec<Address> {
        let in_file = self.stack.and_then(|stack| stack.resources.get(address));
        let written = in_file.map(|resource| resource.depends_on.iter().cloned().collect());
        written.or_else(|| Some(self.state.get(address)?.dependencies.clone())).unwrap_or_default()
    }

    fn finish(self, mut steps: Vec<Step>, attributes: Attributes) -> Result<Plan, PlanError> {
        let dependencies: IndexMap<Address, Vec<Address>> =
            steps.iter().map(|step| (step.address.clone(), self.dependencies(&step.address))).collect();
        let operations = operations(&steps, &dependencies, &self.state)?;
        let mut waves: HashMap<&Address, usize> = HashMap::new();
        for operation in &operations {
            let wave = waves.entry(&operation.address).or_insert(operation.wave);
            *wave = operation.wave.min(*wave);
        }
        for step in &mut steps {
            step.wave = waves.get(&step.address).copied().unwrap_or(0);
        }
        let snapshot = self.inputs.snapshot;
        let former = self.inputs.vault.opened(&snapshot.outputs);
        let outputs = Outputs {
            stack: self.inputs.stack,
            former: &former,
            key: &self.key,
            state: &self.state,
            steps: &steps,
            attributes: &attributes,
            options: self.inputs.options,
            offline: self.inputs.reader.is_none(),
        };
        let output_changes = outputs.changes();
        Ok(Plan {
            version: Plan::VERSION,
            project: snapshot.project.clone(),
            stack: snapshot.stack.clone(),
            region: self
                .inputs
                .stack
                .map(|stack| stack.region.clone())
                .or_else(|| snapshot.region.clone())
                .unwrap_or_default(),
            account: self.inputs.reader.map(|reader| reader.account.to_owned()),
            lineage: snapshot.lineage.to_string(),
            serial: snapshot.serial,
            stack_digest: self.stack.map(|stack| stack.digest.clone()).unwrap_or_default(),
            options: self.inputs.options.clone(),
            outputs: self.stack.map(|stack| known_outputs(stack, &attributes)).transpose()?.unwrap_or_default(),
            output_changes,
            settings: lifetime::settings(self.stack, snapshot),
            steps,
            operations,
            // The end of a stack leaves nothing to encrypt.
            to_seal: self.stack.map_or(0, |_| to_seal(snapshot, self.inputs.vault)),
            read: self.read,
            attributes,
            by_address: OnceLock::new(),
            former: OnceLock::new(),
        })
    }

    fn reads(&self, address: &Address, schema: Option<&ResourceSchema>) -> Reads {
        Reads::of(self.referenced.get(address.name()), schema)
    }

    fn region_of<'b>(&self, stack: &'b Stack, resource: &'b Resource) -> &'b str {
        resource.region.as_deref().unwrap_or(&stack.region)
    }
}

/// State in place of a live object, for plans that ask nobody.
fn as_live(address: &Address, state: &ResourceState) -> Option<(Address, Live)> {
    let properties = super::attributes::of_state(state);
    Some((address.clone(), Live::new(state.id()?.clone(), properties)))
}
