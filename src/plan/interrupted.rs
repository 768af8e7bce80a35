use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::try_join_all;
use indexmap::IndexMap;

use super::claims::written_owner;
use super::desired::from_state;
use super::object_identity::ObjectIdentity;
use super::young::invisible_for;
use super::{LiveReader, PlanError, attributes, fingerprint};
use crate::address::Address;
use crate::aws::AwsError;
use crate::resources::{Desired, Driver, ResourceId, find as find_object};
use crate::schema::Catalog;
use crate::secrets::Secrets;
use crate::stack::{NothingKnown, Scope, Stack};
use crate::state::{FingerprintKey, Life, ResourceState, Snapshot, held};
use crate::value::Value;

/// State with the objects of creates whose outcome nobody knew, as far as they are there. `stack` is what is wanted
/// now, `file` the stack's file even where the end of the stack is planned.
///
/// # Errors
/// `PlanError::Read` where AWS does not answer.
pub async fn found(
    mut state: BTreeMap<Address, ResourceState>,
    (stack, file): (Option<&Stack>, Option<&Stack>),
    (snapshot, key): (&Snapshot, &FingerprintKey),
    reader: &LiveReader<'_>,
) -> Result<BTreeMap<Address, ResourceState>, PlanError> {
    let search = Search { stack, state: &state, snapshot, key, reader, secrets: secrets(&state, file) };
    let searches = state.iter().filter_map(|(address, state)| match &state.life {
        Life::Intended { tagged } => Some(search.one(address, state, tagged.as_ref())),
        _ => None,
    });
    let found = try_join_all(searches).await?;
    for (address, id) in found.into_iter().flatten() {
        // Two that were intended under one name: the object is the one's that is asked first.
        let is_held = |state: &BTreeMap<_, _>, own: &ResourceState| held(state, &own.type_name, &address).contains(&id);
        if state.get(&address).is_some_and(|own| !is_held(&state, own)) {
            state.entry(address).and_modify(|state| state.life = Life::incomplete(id));
        }
    }
    Ok(state)
}

struct Search<'a> {
    stack: Option<&'a Stack>,
    state: &'a BTreeMap<Address, ResourceState>,
    snapshot: &'a Snapshot,
    key: &'a FingerprintKey,
    reader: &'a LiveReader<'a>,
    secrets: Secrets,
}

impl Search<'_> {
    async fn one(
        &self,
        address: &Address,
        state: &ResourceState,
        tagged: Option<&Address>,
    ) -> Result<Option<(Address, ResourceId)>, PlanError> {
        let driver = self.reader.driver(address, &state.type_name)?;
        let desired = self.desired(tagged.unwrap_or(address), state, held(self.state, &state.type_name, address));
        let is_told = tagged.is_none() && !self.was_renamed(state) && self.is_told_by_name(address, state, driver);
        let patience = if is_told { Duration::ZERO } else { invisible_for(state) };
        let context = self.reader.context(&state.region);
        let shows = context.wait("what an interrupted run made to show", patience).at_most(patience);
        match shows.until(|| find_object(driver, &context, &desired)).await {
            Ok(id) => Ok(Some((address.clone(), id))),
            Err(AwsError::Timeout { .. }) => Ok(None),
            Err(error) => Err(PlanError::Read { what: address.to_string(), error }),
        }
    }

    fn desired(&self, intended_as: &Address, state: &ResourceState, held: Vec<ResourceId>) -> Desired {
        let written = written_owner(Catalog::standard(), &state.type_name, &state.properties);
        let Snapshot { project, stack, .. } = self.snapshot;
        let (project, stack) = match &written {
            Some(owner) => (owner.project.as_str(), owner.stack.as_str()),
            None => (project.as_str(), stack.as_str()),
        };
        let tags = IndexMap::new();
        let identity = ObjectIdentity { project, stack, address: intended_as, tags: &tags, owned: true };
        let mut desired = from_state(&identity, state, held);
        for value in desired.properties.values_mut() {
            *value = fingerprint::restored(self.key, &self.secrets, value);
        }
        desired
    }

    /// True where the stack was called otherwise when the create was sent: the object has the tags of that name.
    fn was_renamed(&self, state: &ResourceState) -> bool {
        let Snapshot { project, stack, .. } = self.snapshot;
        written_owner(Catalog::standard(), &state.type_name, &state.properties)
            .is_some_and(|owner| (&owner.project, &owner.stack) != (project, stack))
    }

    /// True where an object that does not show yet does no harm: a create of the same name is sent once more, and AWS
    /// refuses a second object of that name.
    fn is_told_by_name(&self, address: &Address, state: &ResourceState, driver: &dyn Driver) -> bool {
        let Some(rule) = driver.name_rule().filter(|rule| !rule.revisions) else { return false };
        let is_wanted = |stack: &&Stack| stack.resources.contains_key(address) && !stack.is_lookup(address);
        let Some(stack) = self.stack.filter(is_wanted) else { return false };
        let written = stack.evaluate(address, &NothingKnown).ok().and_then(|values| values.get(rule.property).cloned());
        match (written, state.properties.get(rule.property)) {
            (None, _) => true,
            (Some(written), Some(intended)) => written.to_json().as_ref() == Some(intended),
            _ => false,
        }
    }
}

/// The secrets that an interrupted create may have written: those that the file still makes of what state knows.
fn secrets(state: &BTreeMap<Address, ResourceState>, stack: Option<&Stack>) -> Secrets {
    let Some(stack) = stack else { return Secrets::default() };
    let interrupted = state.iter().filter(|(_, state)| state.life.is_intended());
    for (address, _) in interrupted.filter(|(address, _)| stack.resources.contains_key(*address)) {
        // What is wrong with the file shows where it is decided.
        let _ = stack.evaluate(address, &FromState(state));
    }
    stack.secrets().clone()
}

/// What expressions may know before anything is read.
struct FromState<'a>(&'a BTreeMap<Address, ResourceState>);

impl Scope for FromState<'_> {
    fn attributes<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        match self.0.get(address).filter(|state| state.id().is_some()) {
            Some(state) => Cow::Owned(attributes::known(address, state, None)),
            None => Cow::Owned(NothingKnown.attributes(address).into_owned()),
        }
    }
}
