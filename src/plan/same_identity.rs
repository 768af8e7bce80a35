//! Objects that a plan would delete and make anew under one identity: what one resource has now, another is to be.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::unique_key::UniqueKey;
use super::uniqueness::wanted;
use super::{Action, PlanOptions, Reason, Step};
use crate::address::Address;
use crate::resources::{Live, Properties, Registry, ReplaceOrder, ResourceId};
use crate::state::ResourceState;

/// What the plan knows of the objects that there are.
pub struct Holders<'a> {
    registry: &'a Registry,
    state: &'a BTreeMap<Address, ResourceState>,
    options: &'a PlanOptions,
    by_key: HashMap<UniqueKey, Vec<Holding<'a>>>,
}

/// One object that an address has.
struct Holding<'a> {
    key: UniqueKey,
    address: &'a Address,
    /// False for an earlier object that a replacement left behind.
    is_current: bool,
}

/// An object in the way of what a step would make.
struct Conflict {
    by: Address,
    release: Release,
    /// `moved_from` would give the object to the step's address.
    moves: bool,
}

/// What becomes of a held identity.
enum Release {
    Never,
    /// The object goes, and what is in it.
    WithData,
    /// The object goes, or takes another identity.
    Harmless,
}

impl<'a> Holders<'a> {
    /// `live` are the objects that were read; `None` stands for all that state has.
    pub fn new(
        registry: &'a Registry,
        state: &'a BTreeMap<Address, ResourceState>,
        live: &HashMap<Address, Arc<Live>>,
        options: &'a PlanOptions,
    ) -> Self {
        let mut holders = Self { registry, state, options, by_key: HashMap::new() };
        for (address, state) in state {
            if let Some(live) = live.get(address) {
                holders.hold(address, (&state.type_name, &state.region), &live.properties, true);
            } else if state.is_going() {
                holders.hold(address, (&state.type_name, &state.region), &state.properties, true);
            }
            for old in &state.superseded {
                holders.hold(address, (&old.type_name, &old.region), &old.properties, false);
            }
        }
        holders
    }

    fn hold(&mut self, address: &'a Address, of: (&str, &str), properties: &Properties, is_current: bool) {
        let (type_name, region) = of;
        let driver = self.registry.get(type_name);
        if let Some(key) = driver.and_then(|driver| UniqueKey::of_object(driver, region, properties)) {
            self.by_key.entry(key.clone()).or_default().push(Holding { key, address, is_current });
        }
    }

    /// The steps where replacements that take each other's identities all delete first.
    pub fn with_swaps(&self, steps: Vec<Step>) -> Vec<Step> {
        let taken: BTreeMap<Address, Address> = steps.iter().filter_map(|step| self.taken_by(step)).collect();
        let ordered = |step: Step| match swapped(&step.address, &taken) {
            Some(with) if step.replace_order() == Some(ReplaceOrder::CreateFirst) => {
                step.replaced(ReplaceOrder::DeleteFirst).because(Reason::Swapped { with: with.clone() })
            }
            _ => step,
        };
        steps.into_iter().map(ordered).collect()
    }

    fn taken_by(&self, step: &Step) -> Option<(Address, Address)> {
        let is_replaced = matches!(step.action, Action::Replace(_));
        let key = wanted(self.registry, step).filter(|_| is_replaced)?;
        let holding = self.others(step, &key).next().map(|holding| holding.address.clone())?;
        Some((step.address.clone(), holding))
    }

    /// Where a step would make an object that another address has now: it waits until that one is gone, or is refused where
    /// that one stays or goes with what is in it.
    pub fn settled(&self, steps: Vec<Step>) -> Vec<Step> {
        let by_address: HashMap<&Address, &Step> = steps.iter().map(|step| (&step.address, step)).collect();
        let conflicts: Vec<Vec<Conflict>> = steps.iter().map(|step| self.conflicts(step, &by_address)).collect();
        let steps = steps.into_iter().zip(conflicts);
        let steps = steps.map(|(step, conflicts)| conflicts.into_iter().fold(step, settled_one)).collect();
        self.keep_shared(steps)
    }

    fn conflicts(&self, step: &Step, by_address: &HashMap<&Address, &Step>) -> Vec<Conflict> {
        let Some(key) = wanted(self.registry, step).filter(|_| takes(step)) else { return Vec::new() };
        let conflict = |holding: &Holding<'_>| {
            let holder = by_address.get(holding.address);
            let release = holder.map_or(Release::Never, |holder| self.release(holder, holding, &key));
            let moves = holder.is_some_and(|holder| self.may_move(step, holder));
            Conflict { by: holding.address.clone(), release, moves }
        };
        self.others(step, &key).map(conflict).collect()
    }

    /// True if `moved_from` would give the object to the step's address: the one that has it does not stay in the file.
    fn may_move(&self, step: &Step, holder: &Step) -> bool {
        let is_new = step.action == Action::Create && !self.state.contains_key(&step.address);
        is_new && holder.reasons.iter().any(Reason::is_absence) && self.state.contains_key(&holder.address)
    }

    fn others<'b>(&'b self, step: &'b Step, key: &'b UniqueKey) -> impl Iterator<Item = &'b Holding<'a>> {
        let holdings = self.by_key.get(key).into_iter().flatten();
        holdings.filter(|holding| *holding.address != step.address && holding.key.clashes(key))
    }

    fn release(&self, step: &Step, holding: &Holding<'_>, key: &UniqueKey) -> Release {
        let stays = step.work.left_out || step.work.keeps_former || step.action == Action::Refused;
        match step.action {
            _ if stays => Release::Never,
            _ if !holding.is_current => Release::Harmless,
            Action::Replace(ReplaceOrder::CreateFirst) if step.reasons.contains(&Reason::FormerKept) => Release::Never,
            Action::Delete | Action::Replace(_) if self.loses_data(holding.address) => Release::WithData,
            Action::Delete | Action::Replace(_) => Release::Harmless,
            Action::Update if !wanted(self.registry, step).is_some_and(|wanted| wanted.clashes(key)) => {
                Release::Harmless
            }
            _ => Release::Never,
        }
    }

    fn loses_data(&self, address: &Address) -> bool {
        let Some(state) = self.state.get(address) else { return false };
        let is_stateful = self.registry.get(&state.type_name).is_some_and(|driver| driver.stateful());
        (is_stateful || state.protect) && !self.options.allows_destroy(address)
    }

    /// An object that two addresses have, as earlier versions allowed, stays with the one that stays.
    fn keep_shared(&self, steps: Vec<Step>) -> Vec<Step> {
        let stays = |step: &&Step| !matches!(step.action, Action::Delete | Action::Forget | Action::Replace(_));
        let kept: HashMap<(String, String, ResourceId), Address> =
            steps.iter().filter(stays).filter_map(|step| Some((place(step)?, step.address.clone()))).collect();
        let forgotten = |step: Step| {
            let with = place(&step).and_then(|place| kept.get(&place)).filter(|_| step.action == Action::Delete);
            match with.cloned() {
                Some(address) => Step { action: Action::Forget, ..step }.because(Reason::SharedWith { address }),
                None => step,
            }
        };
        steps.into_iter().map(forgotten).collect()
    }
}

fn settled_one(mut step: Step, Conflict { by, release, moves }: Conflict) -> Step {
    match release {
        Release::Harmless => {
            step.work.released_by.insert(by.clone());
            step.because(Reason::AfterRelease { by, moves })
        }
        Release::Never | Release::WithData => step.refused(Reason::Held { by, moves }),
    }
}

fn place(step: &Step) -> Option<(String, String, ResourceId)> {
    Some((step.type_name.clone(), step.region.clone(), step.id.clone()?))
}

/// True for a step that makes an object or gives one another identity.
fn takes(step: &Step) -> bool {
    !step.work.left_out && matches!(step.action, Action::Create | Action::Replace(_) | Action::Update)
}

/// Whose identity an address takes, if that way leads back to it.
fn swapped<'a>(start: &Address, taken: &'a BTreeMap<Address, Address>) -> Option<&'a Address> {
    let (first, mut seen) = (taken.get(start)?, BTreeSet::new());
    let mut next = first;
    while next != start {
        if !seen.insert(next) {
            return None;
        }
        next = taken.get(next)?;
    }
    Some(first)
}
