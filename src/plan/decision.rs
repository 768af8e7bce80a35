use std::sync::Arc;

use super::attributes::{Existing, changed_beside_tags};
use super::comparison::Comparison;
use super::confirmed::confirmed;
use super::desired::{canonical, complete};
use super::disclosure::Disclosure;
use super::name::generated_name;
use super::object_identity::ObjectIdentity;
use super::step::Work;
use super::unique_key::UniqueKey;
use super::{Action, Cause, Claim, Difference, Reads, Reason, Step, attributes, protection};
use crate::address::Address;
use crate::resources::{Driver, Live, Properties, ReplaceOrder, ResourceId};
use crate::schema::ResourceSchema;
use crate::secrets::Secrets;
use crate::stack::Resource;
use crate::state::{FingerprintKey, Life, Origin, ResourceState};
use crate::value::Value;

/// All that one resource's decision rests on.
pub struct Case<'a> {
    pub identity: ObjectIdentity<'a>,
    pub resource: &'a Resource,
    pub region: &'a str,
    pub driver: &'a dyn Driver,
    pub schema: Arc<ResourceSchema>,
    pub key: &'a FingerprintKey,
    pub secrets: &'a Secrets,
    pub state: Option<&'a ResourceState>,
    pub live: Option<&'a Arc<Live>>,
    pub moved_from: Option<&'a Address>,
    /// What others' expressions read.
    pub reads: Reads,
    pub claim: Claim,
    /// True in a stack that takes nothing over.
    pub ephemeral: bool,
    /// The properties as the file gives them, some perhaps unknown.
    pub evaluated: Value,
}

/// The step, and what other resources may know of this one once it is done.
pub struct Decision {
    pub step: Step,
    pub attributes: Value,
}

impl Case<'_> {
    pub fn decide(self) -> Decision {
        let (claim, is_known, ephemeral) = (self.claim.clone(), self.state.is_some(), self.ephemeral);
        let Decision { step, attributes } = match (self.state, self.live) {
            (Some(state), Some(live)) => self.existing(state, live),
            (Some(state), None) => self.vanished(state),
            (None, Some(live)) => self.imported(live),
            (None, None) => self.new_object(0, Vec::new()),
        };
        Decision { step: claim.settle(step, is_known, ephemeral), attributes }
    }

    fn vanished(self, state: &ResourceState) -> Decision {
        match &state.life {
            Life::Going { id } => self.after_deletion(id, state.generation + 1),
            Life::Known { .. } => self.new_object(state.generation, vec![Reason::Gone]),
            Life::Intended { .. } => {
                // Under the name that the interrupted create had, so that AWS refuses a second object.
                let name = self.name_of(&state.properties);
                self.named_object(name, state.generation, vec![Reason::Unfinished])
            }
            Life::AwaitingSuccessor => self.new_object(state.generation, vec![Reason::Unfinished]),
        }
    }

    /// An earlier run was deleting the object. AWS may still be at it, so that the deletion is asked for again and waited
    /// for; and its name may not be free yet.
    fn after_deletion(self, id: &ResourceId, generation: u32) -> Decision {
        let Decision { step, attributes } = self.new_object(generation, vec![Reason::Unfinished]);
        let action = Action::Replace(ReplaceOrder::DeleteFirst);
        Decision { step: Step { action, id: Some(id.clone()), ..step }, attributes }
    }

    fn new_object(self, generation: u32, reasons: Vec<Reason>) -> Decision {
        self.named_object(None, generation, reasons)
    }

    /// A new object, named by the file, else as `intended`, else anew.
    fn named_object(mut self, intended: Option<String>, generation: u32, reasons: Vec<Reason>) -> Decision {
        let name = self.own_name().or(intended).or_else(|| self.generated_name(generation));
        let evaluated = std::mem::replace(&mut self.evaluated, Value::Null);
        let desired = self.complete(evaluated, name.as_deref(), true);
        let differences = self.disclosure().as_new(&desired);
        let attributes = attributes::of_new(&self.schema, self.identity.address, &desired, &self.reads);
        let work = Work { desired: Some(desired), name, generation, ..Work::default() };
        Decision { step: self.step(Action::Create, reasons, differences, work), attributes }
    }

    fn imported(&self, live: &Arc<Live>) -> Decision {
        let name = self.own_name().or_else(|| self.name_of(&live.properties));
        let takes_over = self.claim.takes_over();
        let desired = self.desired(name.as_deref(), takes_over);
        let differences = self.compare(&Properties::new(), live, &desired);
        let attributes = self.attributes(&Properties::new(), live, &desired, &differences);
        let mut reasons = vec![Reason::Imported { id: live.id.to_string() }];
        let fixed = differences.iter().find(|difference| difference.replaces);
        let fixed = fixed.and_then(|difference| difference.path.top_level()).map(str::to_owned);
        // What is taken in is never made anew for a mistake in the file.
        let action = if fixed.is_some() { Action::Refused } else { Action::Import };
        reasons.extend(fixed.map(|property| Reason::ImportDiffers { property }));
        let live = Some(Arc::clone(live));
        let work = Work { desired: Some(desired), live, name, imported: !takes_over, takes_over, ..Work::default() };
        Decision { step: self.step(action, reasons, differences, work), attributes }
    }

    fn existing(&self, state: &ResourceState, live: &Arc<Live>) -> Decision {
        if state.type_name != self.resource.type_name {
            return self.of_another_type(state, live);
        }
        let name =
            self.own_name().or_else(|| self.name_of(&state.properties)).or_else(|| self.name_of(&live.properties));
        let takes_over = self.claim.takes_over();
        let imported = state.origin == Origin::Imported && !takes_over;
        let desired = self.desired(name.as_deref(), !imported);
        let mut differences = self.compare(&confirmed(&self.schema, state), live, &desired);
        if state.life.is_incomplete() {
            // What was never finished has not drifted.
            differences.iter_mut().filter(|it| it.cause == Cause::Drift).for_each(|it| it.cause = Cause::Changed);
        }
        if let Some(reason) = self.replacement(state, &differences) {
            return self.replaced(state, live, reason, differences);
        }
        let mut reasons = Vec::new();
        if differences.iter().any(|difference| difference.cause == Cause::Drift) {
            reasons.push(Reason::Drift);
        }
        if !state.life.is_ready() {
            reasons.push(Reason::Unfinished);
        }
        reasons.extend(self.moved_from.map(|from| Reason::MovedFrom { from: from.clone() }));
        let action = match (differences.is_empty() && state.life.is_ready(), self.moved_from) {
            (true, None) => Action::NoChange,
            (true, Some(_)) => Action::Move,
            (false, _) => Action::Update,
        };
        let attributes = self.attributes(&attributes::of_state(state), live, &desired, &differences);
        let (live, generation) = (Some(Arc::clone(live)), state.generation);
        let work = Work { desired: Some(desired), live, name, generation, imported, takes_over, ..Work::default() };
        Decision { step: self.step(action, reasons, differences, work), attributes }
    }

    /// Nothing of the old object tells what is to become of the new one.
    fn of_another_type(&self, state: &ResourceState, live: &Arc<Live>) -> Decision {
        let reason = Reason::TypeChanged { from: state.type_name.clone() };
        let Decision { mut step, attributes } = self.replaced(state, live, reason, Vec::new());
        step.differences = step.work.desired.iter().flat_map(|desired| self.disclosure().as_new(desired)).collect();
        Decision { step, attributes }
    }

    fn replaced(
        &self,
        state: &ResourceState,
        live: &Arc<Live>,
        reason: Reason,
        differences: Vec<Difference>,
    ) -> Decision {
        let generation = state.generation + 1;
        let rule = self.driver.name_rule();
        // What two types have in common by name is nothing that only one can have.
        let same_type = state.type_name == self.resource.type_name;
        let is_taken = same_type && rule.is_some_and(|rule| !rule.revisions);
        let fixed = self.own_name().filter(|name| is_taken && self.is_name_of(name, live));
        // A revision stays in its family, whatever rule that was named by.
        let family = rule.filter(|rule| same_type && rule.revisions).and_then(|_| self.name_of(&state.properties));
        let name = self.own_name().or(family).or_else(|| self.generated_name(generation));
        let desired = self.desired(name.as_deref(), true);
        let shared =
            UniqueKey::shared(self.driver, self.region, &desired, live).filter(|_| same_type && fixed.is_none());
        let shared = shared.map(|key| key.to_string());
        let shared = shared.or_else(|| self.driver.in_the_way(&live.properties, &desired).filter(|_| same_type));
        let is_fixed = fixed.is_some() || shared.is_some();
        let order = match is_fixed && same_type && self.driver.replaces_in_one_call(&live.properties, &desired) {
            true => ReplaceOrder::InOneCall,
            false => protection::order_of(self.resource.replace, self.schema.replacement_strategy(), is_fixed),
        };
        let mut reasons = vec![reason];
        reasons.extend(fixed.map(|name| Reason::FixedName { name }));
        reasons.extend(shared.map(|key| Reason::OnlyOne { what: key }));
        reasons.extend(self.moved_from.map(|from| Reason::MovedFrom { from: from.clone() }));
        let attributes = attributes::of_new(&self.schema, self.identity.address, &desired, &self.reads);
        let work = Work { desired: Some(desired), live: Some(Arc::clone(live)), name, generation, ..Work::default() };
        Decision { step: self.step(Action::Replace(order), reasons, differences, work), attributes }
    }

    /// What others may know of an object that stays, once the differences are gone.
    fn attributes(&self, remembered: &Properties, live: &Live, desired: &Value, differences: &[Difference]) -> Value {
        let existing = Existing {
            schema: &self.schema,
            address: self.identity.address,
            remembered,
            live: Some(live),
            reads: &self.reads,
        };
        existing.attributes(desired, &changed_beside_tags(&self.schema, differences))
    }

    /// Why the object cannot stay, if so.
    fn replacement(&self, state: &ResourceState, differences: &[Difference]) -> Option<Reason> {
        if state.region != self.region {
            return Some(Reason::RegionChanged { from: state.region.clone() });
        }
        let first = differences.iter().find(|difference| difference.replaces)?;
        let property = first.path.top_level().unwrap_or_default().to_owned();
        Some(match first.after.is_open() {
            true => Reason::CreateOnlyUnknown { property },
            false => Reason::CreateOnly { property },
        })
    }

    fn compare(&self, before: &Properties, live: &Live, desired: &Value) -> Vec<Difference> {
        let Self { driver, resource, key, .. } = *self;
        Comparison { driver, resource, key, disclosure: self.disclosure() }.differences(before, live, desired)
    }

    fn disclosure(&self) -> Disclosure<'_> {
        Disclosure { schema: &self.schema, secrets: self.secrets }
    }

    fn desired(&self, name: Option<&str>, owned: bool) -> Value {
        self.complete(self.evaluated.clone(), name, owned)
    }

    fn complete(&self, evaluated: Value, name: Option<&str>, owned: bool) -> Value {
        let identity = ObjectIdentity { owned, ..self.identity };
        canonical(self.driver, complete(&identity, self.driver, &self.schema, name, evaluated))
    }

    /// The name that the file gives.
    fn own_name(&self) -> Option<String> {
        match self.evaluated.get(self.driver.name_rule()?.property)? {
            Value::String(name) => Some(name.clone()),
            _ => None,
        }
    }

    fn name_of(&self, properties: &Properties) -> Option<String> {
        properties.get(self.driver.name_rule()?.property)?.as_str().map(str::to_owned)
    }

    /// True if the object has the name, in whatever spelling AWS keeps it.
    fn is_name_of(&self, name: &str, live: &Live) -> bool {
        let Some(rule) = self.driver.name_rule() else { return false };
        let mut wanted = Properties::from_iter([(rule.property.to_owned(), name.into())]);
        let mut found = live.properties.clone();
        self.driver.canonicalize(&mut wanted);
        self.driver.canonicalize(&mut found);
        wanted.get(rule.property) == found.get(rule.property)
    }

    fn generated_name(&self, generation: u32) -> Option<String> {
        generated_name(&self.identity, self.driver, &self.evaluated, generation)
    }

    fn step(&self, action: Action, reasons: Vec<Reason>, differences: Vec<Difference>, work: Work) -> Step {
        Step {
            address: self.identity.address.clone(),
            type_name: self.resource.type_name.clone(),
            region: self.region.to_owned(),
            action,
            reasons,
            differences,
            settings: Vec::new(),
            wave: 0,
            id: self.live.map(|live| live.id.clone()),
            moved_from: self.moved_from.cloned(),
            // Keyed, so that a saved plan shows that a secret changed and not what it is.
            digest: work.desired.as_ref().map(|desired| self.key.plan_digest(desired)).unwrap_or_default(),
            work: Work { reads: self.reads.clone(), ..work },
        }
    }
}
