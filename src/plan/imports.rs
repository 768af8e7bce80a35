use std::collections::BTreeMap;

use futures::future::try_join_all;

use super::{LiveReader, PlanError};
use crate::address::Address;
use crate::aws::AwsError;
use crate::resources::{ResourceId, listed, meaning};
use crate::stack::{Diagnostics, Resource, Stack};
use crate::state::ResourceState;

/// The objects that the file imports and neither state nor the command has yet, all asked for side by side.
///
/// # Errors
/// A diagnostic for one that is not there, or that state has under another address; `PlanError::Read`.
pub async fn find(
    stack: &Stack,
    state: &BTreeMap<Address, ResourceState>,
    known: &BTreeMap<Address, ResourceId>,
    reader: &LiveReader<'_>,
) -> Result<BTreeMap<Address, ResourceId>, PlanError> {
    let is_new =
        |resource: &&Resource| !state.contains_key(&resource.address) && !known.contains_key(&resource.address);
    let mut questions = Vec::new();
    for resource in stack.resources.values().filter(is_new) {
        if let Some(text) = stack.import_id(&resource.address)? {
            questions.push(find_one(stack, resource, text, state, reader));
        }
    }
    Ok(try_join_all(questions).await?.into_iter().collect())
}

async fn find_one(
    stack: &Stack,
    resource: &Resource,
    text: String,
    state: &BTreeMap<Address, ResourceState>,
    reader: &LiveReader<'_>,
) -> Result<(Address, ResourceId), PlanError> {
    let address = &resource.address;
    let driver = reader.driver(address, &resource.type_name)?;
    let context = reader.context(stack.region_of(resource));
    let refuse = |message, help| Diagnostics::from(stack.diagnose(address, &["import"], message, help));
    let Some(meaning) = meaning(driver, &text) else {
        let help = format!("what does is {}", listed(driver.forms()));
        return Err(refuse(format!("`{text}` names no {}", resource.type_name), Some(help)).into());
    };
    if let Some(place) = meaning.elsewhere(&context) {
        return Err(refuse(format!("{text} {place}"), None).into());
    }
    let id = match driver.resolve(&context, &meaning.text).await {
        Err(AwsError::Invalid(which)) => return Err(refuse(which, None).into()),
        Err(error) => return Err(PlanError::Read { what: address.to_string(), error }),
        Ok(found) => found.ok_or_else(|| refuse(format!("no {} is called {text}", resource.type_name), None))?,
    };
    let holds = |state: &ResourceState| state.type_name == resource.type_name && state.ids().any(|held| *held == id);
    match state.iter().find(|(_, state)| holds(state)) {
        Some((holder, _)) => Err(refuse(format!("{text} is in state already, as `{holder}`"), None).into()),
        None => Ok((address.clone(), id)),
    }
}
