//! Taking an existing object into the stack: which one is meant, and which resource of the file it is.

use std::collections::BTreeMap;

pub use super::found::Found;
use super::live::read_error;
pub use super::reference::Reference;
pub use super::unclear::Unclear;
use super::{LiveReader, PlanError};
use crate::address::Address;
use crate::aws::AwsError;
use crate::resources::ReadRequest;
use crate::stack::Stack;
use crate::state::Snapshot;

/// What a reference was found to mean.
#[derive(Default)]
pub struct Findings {
    /// One object of a type at most: a cluster and an instance can share a name.
    pub found: Vec<Found>,
    /// What several objects of one type could be meant by, for people.
    pub ambiguous: Vec<String>,
}

/// Every object that the reference may mean.
///
/// # Errors
/// `PlanError::Read` where AWS does not answer.
pub async fn find(reference: &Reference<'_>, reader: &LiveReader<'_>, region: &str) -> Result<Findings, PlanError> {
    let (context, mut findings) = (reader.context(region), Findings::default());
    for (driver, meaning) in &reference.meant {
        let type_name = driver.type_name();
        let explain = |error| read_error(format!("{type_name} in {region}"), error);
        let id = match driver.resolve(&context, &meaning.text).await {
            Err(AwsError::Invalid(which)) => {
                findings.ambiguous.push(format!("{type_name}: {which}"));
                continue;
            }
            id => id.map_err(explain)?,
        };
        let Some(id) = id else { continue };
        let live = driver.read(&context, &[ReadRequest::all(id)]).await.map_err(explain)?;
        findings.found.extend(live.into_iter().flatten().map(|live| Found { type_name, live }));
    }
    Ok(findings)
}

/// The resources of the file that an object could be: of its type, in its region and not in state yet.
pub fn candidates<'a>(
    stack: &'a Stack,
    snapshot: &Snapshot,
    found: &[Found],
    region: &str,
) -> BTreeMap<&'a Address, &'a str> {
    let free = |address: &&Address| snapshot.resources.get(*address).is_none_or(|state| state.id().is_none());
    let resources = stack.resources.values().filter(|resource| !resource.is_lookup());
    let there = resources.filter(|resource| stack.region_of(resource) == region);
    let fitting = there.filter(|resource| found.iter().any(|found| found.type_name == resource.type_name));
    let named = fitting.map(|resource| (&resource.address, resource.type_name.as_str()));
    named.filter(|(address, _)| free(address)).collect()
}
