use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::desired::from_state;
use super::object_identity::ObjectIdentity;
use super::{LiveReader, PlanError, attributes, fingerprint};
use crate::address::Address;
use crate::secrets::Secrets;
use crate::stack::{NothingKnown, Scope, Stack};
use crate::state::{ResourceState, Snapshot};
use crate::value::Value;

/// Looks for the objects of creates whose outcome nobody knows, and notes those that are there.
///
/// # Errors
/// `PlanError::Read` where AWS does not answer.
pub async fn find(
    state: &mut BTreeMap<Address, ResourceState>,
    stack: Option<&Stack>,
    snapshot: &Snapshot,
    reader: &LiveReader<'_>,
) -> Result<(), PlanError> {
    let (no_tags, secrets) = (IndexMap::new(), secrets(state, stack));
    for (address, state) in state.iter_mut().filter(|(_, state)| state.may_exist_unknown()) {
        let driver = reader.driver(address, &state.type_name)?;
        let identity =
            ObjectIdentity { project: &snapshot.project, stack: &snapshot.stack, address, tags: &no_tags, owned: true };
        let mut desired = from_state(&identity, state);
        for value in desired.properties.values_mut() {
            *value = fingerprint::restored(&snapshot.fingerprint_key, &secrets, value);
        }
        let found = driver.find(&reader.context(&state.region), &desired).await;
        state.id = found.map_err(|error| PlanError::Read { what: address.to_string(), error })?;
    }
    Ok(())
}

/// The secrets that an interrupted create may have written: those that the file still makes of what state knows.
fn secrets(state: &BTreeMap<Address, ResourceState>, stack: Option<&Stack>) -> Secrets {
    let Some(stack) = stack else { return Secrets::default() };
    let interrupted = state.iter().filter(|(_, state)| state.may_exist_unknown());
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
        match self.0.get(address).filter(|state| state.id.is_some()) {
            Some(state) => Cow::Owned(attributes::known(address, state, None)),
            None => Cow::Owned(NothingKnown.attributes(address).into_owned()),
        }
    }
}
