use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::desired::from_state;
use super::identity::Identity;
use super::{LiveReader, PlanError};
use crate::address::Address;
use crate::state::{ResourceState, Snapshot};

/// Looks for the objects of creates whose outcome nobody knows, and notes those that are there.
///
/// # Errors
/// `PlanError::Read` where AWS does not answer.
pub async fn find(
    state: &mut BTreeMap<Address, ResourceState>,
    snapshot: &Snapshot,
    reader: &LiveReader<'_>,
) -> Result<(), PlanError> {
    let no_tags = IndexMap::new();
    for (address, state) in state.iter_mut().filter(|(_, state)| state.may_exist_unknown()) {
        let driver = reader.driver(address, &state.type_name)?;
        let identity =
            Identity { project: &snapshot.project, stack: &snapshot.stack, address, tags: &no_tags, owned: true };
        let desired = from_state(&identity, state);
        let found = driver.find(&reader.context(&state.region), &desired).await;
        state.id = found.map_err(|error| PlanError::Read { what: address.to_string(), error })?;
    }
    Ok(())
}
