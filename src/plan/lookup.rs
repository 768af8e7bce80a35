use serde_json::Value as Json;

use super::live::read_error;
use super::scope::Attributes;
use super::{Diff, LiveReader, PlanError, differences};
use crate::address::Address;
use crate::resources::{Live, Properties, ReadRequest};
use crate::schema::{Catalog, ResourceSchema};
use crate::stack::{Diagnostics, Resource, Scope, Stack};
use crate::state::FingerprintKey;
use crate::value::Value;

/// The attributes of the objects that `lookup` found.
pub type Lookups = Attributes;

/// Finds the objects of all `lookup` resources, dependencies first. Without a reader (`--offline`) they stay unknown.
///
/// # Errors
/// A diagnostic where none or more than one object matches; `PlanError::Read`.
pub async fn resolve(
    stack: &Stack,
    order: &[Address],
    catalog: &Catalog,
    reader: Option<&LiveReader<'_>>,
) -> Result<Lookups, PlanError> {
    let mut found = Lookups::default();
    let Some(reader) = reader else { return Ok(found) };
    for resource in order.iter().filter_map(|address| stack.resources.get(address)).filter(|one| one.is_lookup()) {
        let live = find(stack, resource, catalog, reader, &found).await?;
        found.insert(resource.address.clone(), Value::from(Json::Object(live.properties)));
    }
    Ok(found)
}

async fn find(
    stack: &Stack,
    resource: &Resource,
    catalog: &Catalog,
    reader: &LiveReader<'_>,
    scope: &dyn Scope,
) -> Result<Live, PlanError> {
    let address = &resource.address;
    let wanted = stack.evaluate_lookup(address, scope)?;
    let diagnose = |message: String| Diagnostics::from(stack.diagnose(address, &[], message, None));
    let Some(schema) = catalog.get(&resource.type_name) else {
        return Err(diagnose(format!("unknown type {}", resource.type_name)).into());
    };
    let region = resource.region.as_deref().unwrap_or(&stack.region);
    let context = reader.context(region);
    let driver = reader.driver(address, &resource.type_name)?;
    let what = || format!("{} in {region}", resource.type_name);
    let ids = driver.list(&context).await.map_err(|error| read_error(what(), error))?;
    let requests: Vec<_> = ids.into_iter().map(ReadRequest::all).collect();
    let live = driver.read(&context, &requests).await.map_err(|error| read_error(what(), error))?;
    let wanted = canonical(driver, wanted);
    let mut matching = live.into_iter().flatten().filter(|live| matches(&schema, live, &wanted));
    match (matching.next(), matching.next()) {
        (Some(live), None) => Ok(live),
        (None, _) => Err(diagnose(format!("no {} in {region} has these properties", resource.type_name)).into()),
        (Some(one), Some(other)) => {
            let message = format!("more than one {} has these properties: {}, {}", resource.type_name, one.id, other.id);
            Err(diagnose(message).into())
        }
    }
}

fn canonical(driver: &dyn crate::resources::Driver, wanted: Value) -> Value {
    let Some(Json::Object(mut properties)) = wanted.to_json() else { return wanted };
    driver.canonicalize(&mut properties);
    Value::from(Json::Object(properties))
}

fn matches(schema: &ResourceSchema, live: &Live, wanted: &Value) -> bool {
    let key = FingerprintKey::default();
    let diff = Diff { schema, before: &Properties::new(), live: &live.properties, key: &key };
    differences(&diff, wanted).is_empty()
}
