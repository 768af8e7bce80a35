use std::collections::{BTreeMap, BTreeSet};

use super::live::Question;
use super::{Claim, LiveReader, PlanError, PlanOptions};
use crate::address::Address;
use crate::resources::{Live, Owner, Properties, ReadRequest, ResourceId, Wanted, tags};
use crate::schema::Catalog;
use crate::stack::Stack;
use crate::state::{Origin, ResourceState, Snapshot, Superseded};

/// What tells whose objects are: the names of this stack, and what the command says.
pub struct Claims<'a> {
    catalog: &'a Catalog,
    /// Project and stack: today's, and those that the stack had before.
    names: Vec<(&'a str, &'a str)>,
    options: &'a PlanOptions,
    /// True for a stack that takes nothing over, and keeps what it imports.
    pub is_ephemeral: bool,
}

impl<'a> Claims<'a> {
    /// `file` is the stack's file, where there is one.
    pub fn new(catalog: &'a Catalog, snapshot: &'a Snapshot, file: Option<&Stack>, options: &'a PlanOptions) -> Self {
        let names = vec![(snapshot.project.as_str(), snapshot.stack.as_str())];
        let is_ephemeral = file.map_or(snapshot.ephemeral.unwrap_or(false), |file| file.ephemeral);
        Self { catalog, names, options, is_ephemeral }
    }

    /// Whose the object of an address is that `live` shows.
    pub fn on(&self, address: &Address, type_name: &str, state: Option<&ResourceState>, live: &Live) -> Claim {
        let named = self.options.takes_over(address) && !self.is_ephemeral;
        match self.owner(type_name, live) {
            None => Claim::Nobodys,
            Some(owner) if self.is_ours(&owner) => Claim::Ours,
            Some(owner) if named || state.is_some_and(|state| self.is_under_way(state)) => Claim::TakenOver(owner),
            Some(owner) => Claim::Anothers(owner),
        }
    }

    /// The former objects of state's addresses whose tags name another stack by now.
    ///
    /// # Errors
    /// `PlanError::Read` where AWS does not answer.
    pub async fn taken(
        &self,
        state: &BTreeMap<Address, ResourceState>,
        reader: &LiveReader<'_>,
    ) -> Result<BTreeMap<Address, BTreeMap<ResourceId, Owner>>, PlanError> {
        let former = state.iter().flat_map(|(address, state)| state.superseded.iter().map(move |old| (address, old)));
        let questions = former.filter_map(|(address, old)| self.question(address, old)).collect();
        let mut taken: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for (question, live) in reader.read_each(questions).await? {
            let owner = live.as_ref().and_then(|live| self.owner(&question.type_name, live));
            if let Some(owner) = owner.filter(|owner| !self.is_ours(owner)) {
                taken.entry(question.address).or_default().insert(question.request.id, owner);
            }
        }
        Ok(taken)
    }

    fn question(&self, address: &Address, old: &Superseded) -> Option<Question> {
        let wanted = Wanted::Only(BTreeSet::from([self.tag_property(&old.type_name)?]));
        let request = ReadRequest { id: old.id.clone(), wanted };
        let (type_name, region) = (old.type_name.clone(), old.region.clone());
        Some(Question { address: address.clone(), type_name, region, request })
    }

    fn owner(&self, type_name: &str, live: &Live) -> Option<Owner> {
        Owner::of(&tags::from_json(live.properties.get(&self.tag_property(type_name)?)))
    }

    fn is_ours(&self, owner: &Owner) -> bool {
        self.names.contains(&(owner.project.as_str(), owner.stack.as_str()))
    }

    /// True for an object that was taken over by a run which ended before it had changed the tags.
    fn is_under_way(&self, state: &ResourceState) -> bool {
        let written = |properties: &Properties| {
            let tags = self.tag_property(&state.type_name).and_then(|name| properties.get(&name).cloned());
            Owner::of(&tags::from_json(tags.as_ref()))
        };
        state.origin == Origin::TakenOver && written(&state.properties).is_none()
    }

    fn tag_property(&self, type_name: &str) -> Option<String> {
        Some(self.catalog.get(type_name)?.tag_property()?.name.clone())
    }
}
