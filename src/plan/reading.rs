use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::live::Question;
use super::{LiveReader, PlanError, Reads, attributes, fingerprint, young};
use crate::address::Address;
use crate::resources::{Driver, Live, ReadRequest, ResourceId, Wanted};
use crate::schema::Catalog;
use crate::stack::{Referenced, Resource, Stack};
use crate::state::ResourceState;

/// Which objects are read for a plan, and how much of each.
pub struct Reading<'a> {
    pub stack: Option<&'a Stack>,
    pub catalog: &'a Catalog,
    pub state: &'a BTreeMap<Address, ResourceState>,
    pub imports: &'a BTreeMap<Address, ResourceId>,
    pub referenced: &'a HashMap<&'a str, Referenced<'a>>,
    /// True for all of each object that stays.
    pub whole: bool,
}

/// The objects that there are, and how many were asked for.
pub struct ReadObjects {
    pub live: HashMap<Address, Arc<Live>>,
    pub read: usize,
}

impl Reading<'_> {
    /// The objects of state and those to be taken in; without a reader, what state says of them.
    ///
    /// # Errors
    /// `PlanError::Read` where AWS does not answer.
    pub async fn live(&self, reader: Option<&LiveReader<'_>>) -> Result<ReadObjects, PlanError> {
        let Some(reader) = reader else {
            let live = self.state.iter().filter_map(|(address, state)| as_live(address, state)).collect();
            return Ok(ReadObjects { live, read: 0 });
        };
        let is_local = |state: &ResourceState| reader.registry.get(&state.type_name).is_some_and(Driver::is_local);
        let (local, remote): (Vec<_>, Vec<_>) = self.state.iter().partition(|(_, state)| is_local(state));
        let known = remote.into_iter().filter_map(|(address, state)| self.known(address, state));
        let questions: Vec<_> = known.chain(self.imported()).collect();
        let read = questions.len();
        // What was to be deleted is not waited for.
        let patience = |address: &Address| match self.state.get(address) {
            Some(state) if !state.is_going() => young::invisible_for(state),
            _ => Duration::ZERO,
        };
        let found = young::read(reader, questions, &patience).await?;
        let found = found.into_iter().filter_map(|(address, live)| Some(self.completed(address, live?)));
        let live = found.chain(local.into_iter().filter_map(|(address, state)| as_live(address, state))).collect();
        Ok(ReadObjects { live, read })
    }

    fn known(&self, address: &Address, state: &ResourceState) -> Option<Question> {
        let schema = self.catalog.get(&state.type_name);
        let mut wanted = BTreeSet::new();
        if let Some(resource) = self.kept(address) {
            wanted.extend(state.properties.keys().cloned());
            wanted.extend(resource.property_names().map(str::to_owned));
            wanted.extend(Reads::of(self.referenced.get(address.name()), schema.as_deref()).names);
        }
        let tags = schema.and_then(|schema| schema.tag_property().map(|tags| tags.name.clone()));
        wanted.extend(tags);
        let id = state.id()?.clone();
        let request = match self.whole && self.kept(address).is_some() {
            true => ReadRequest::all(id),
            false => ReadRequest { id, wanted: Wanted::Only(wanted) },
        };
        let (type_name, region) = (state.type_name.clone(), state.region.clone());
        Some(Question { address: address.clone(), type_name, region, request })
    }

    /// Of an object that goes, only whose it is was asked: what it is otherwise, state says, save for what it has as
    /// fingerprints.
    fn completed(&self, address: Address, mut live: Live) -> (Address, Arc<Live>) {
        let state = self.state.get(&address).filter(|_| self.kept(&address).is_none());
        let remembered = state.into_iter().flat_map(|state| &state.properties);
        for (name, value) in remembered.filter(|(_, value)| !fingerprint::is_in(value)) {
            live.properties.entry(name).or_insert_with(|| value.clone());
        }
        (address, Arc::new(live))
    }

    fn kept(&self, address: &Address) -> Option<&Resource> {
        self.stack?.resources.get(address).filter(|resource| !resource.is_lookup())
    }

    fn imported(&self) -> impl Iterator<Item = Question> {
        self.imports.iter().filter_map(|(address, id)| {
            let resource = self.stack?.resources.get(address)?;
            Some(Question {
                address: address.clone(),
                type_name: resource.type_name.clone(),
                region: self.stack?.region_of(resource).to_owned(),
                request: ReadRequest::all(id.clone()),
            })
        })
    }
}

/// State in place of a live object, for plans that ask nobody.
fn as_live(address: &Address, state: &ResourceState) -> Option<(Address, Arc<Live>)> {
    Some((address.clone(), Arc::new(Live::new(state.id()?.clone(), attributes::of_state(state)))))
}
