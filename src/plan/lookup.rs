use std::collections::{BTreeSet, HashMap};

use futures::future::try_join_all;
use serde_json::Value as Json;

use super::attributes::decided;
use super::departure::LookedUp;
use super::live::read_error;
use super::scope::Attributes;
use super::{Diff, Disclosure, LiveReader, PlanError, differences};
use crate::address::Address;
use crate::aws::{AwsError, Context};
use crate::resources::{Driver, Live, Properties, ReadRequest, Wanted};
use crate::schema::{Catalog, ResourceSchema};
use crate::stack::{Diagnostics, Resource, Stack};
use crate::state::FingerprintKey;
use crate::value::Value;

/// The attributes of the objects that `lookup` found.
pub type Lookups = Attributes;

/// What all lookups of a stack found.
#[derive(Default)]
pub struct Findings {
    pub attributes: Lookups,
    pub objects: LookedUp,
}

/// Finds the objects of all `lookup` resources, dependencies first. Without a reader (`--offline`) they stay unknown.
///
/// # Errors
/// A diagnostic where none or more than one object matches; `PlanError::Read`.
pub async fn resolve(
    stack: &Stack,
    order: &[Address],
    catalog: &Catalog,
    reader: Option<&LiveReader<'_>>,
    key: &FingerprintKey,
) -> Result<Findings, PlanError> {
    let mut found = Findings::default();
    let Some(reader) = reader else { return Ok(found) };
    let referenced = stack.referenced();
    let is_read_whole =
        |resource: &Resource| referenced.get(resource.address.name()).is_some_and(|referenced| referenced.whole);
    let lookups = order.iter().filter_map(|address| stack.resources.get(address)).filter(|one| one.is_lookup());
    for together in waves(lookups.collect()) {
        let searches = together.into_iter().map(|resource| {
            let wanted = stack.evaluate_lookup(&resource.address, &found.attributes);
            async move {
                let (search, wanted) = (Search { stack, resource, catalog, reader, key }, wanted?);
                let live = search.find(wanted.clone()).await?;
                Ok::<_, PlanError>((search, wanted, live))
            }
        });
        for (search, wanted, live) in try_join_all(searches).await? {
            let resource = search.resource;
            found.objects.insert((resource.type_name.clone(), search.region().to_owned(), live.id));
            let attributes = Value::from(Json::Object(live.properties));
            let schema = catalog.get(&resource.type_name).filter(|_| is_read_whole(resource));
            if let Some(schema) = schema {
                found.attributes.insert_whole(resource.address.clone(), decided(&schema, &attributes, &wanted));
            }
            found.attributes.insert(resource.address.clone(), attributes);
        }
    }
    Ok(found)
}

/// Lookups that wait for no other one first, and so on. They come dependencies first.
fn waves(lookups: Vec<&Resource>) -> Vec<Vec<&Resource>> {
    let (mut wave_of, mut waves) = (HashMap::new(), Vec::<Vec<&Resource>>::new());
    for resource in lookups {
        let before = resource.depends_on.iter().filter_map(|dependency| wave_of.get(dependency));
        let wave = before.max().map_or(0, |wave| wave + 1);
        wave_of.insert(&resource.address, wave);
        if waves.len() == wave {
            waves.push(Vec::new());
        }
        waves[wave].push(resource);
    }
    waves
}

/// One search for the one object that a `lookup` means.
struct Search<'a> {
    stack: &'a Stack,
    resource: &'a Resource,
    catalog: &'a Catalog,
    reader: &'a LiveReader<'a>,
    key: &'a FingerprintKey,
}

impl Search<'_> {
    async fn find(&self, wanted: Value) -> Result<Live, PlanError> {
        let Resource { address, type_name, .. } = self.resource;
        let region = self.region();
        let schema = self.catalog.get(type_name).ok_or_else(|| self.diagnose(format!("unknown type {type_name}")))?;
        let driver = self.reader.driver(address, type_name)?;
        let wanted = canonical(driver, wanted);
        let context = self.reader.context(region);
        let candidates = self.candidates(driver, &context, &wanted).await?;
        let mut matching = candidates.into_iter().filter(|live| self.matches(&schema, live, &wanted));
        let (first, second) = (matching.next(), matching.next());
        let missing = || self.diagnose(format!("no {type_name} in {region} has {}", spelled(&wanted)));
        let one = first.ok_or_else(missing)?;
        if let Some(other) = second {
            let message = format!("more than one {type_name} has {}: {}, {}", spelled(&wanted), one.id, other.id);
            return Err(self.diagnose(message));
        }
        let whole = self.read(driver, &context, &[ReadRequest::all(one.id)]).await?;
        whole.into_iter().next().ok_or_else(missing)
    }

    fn region(&self) -> &str {
        self.stack.region_of(self.resource)
    }

    /// All objects of the type, with no more of each than the search looks at.
    async fn candidates(&self, driver: &dyn Driver, context: &Context, wanted: &Value) -> Result<Vec<Live>, PlanError> {
        let names: BTreeSet<String> = match wanted {
            Value::Map(entries) => entries.keys().cloned().collect(),
            _ => BTreeSet::new(),
        };
        let ids = driver.list(context).await.map_err(|error| self.explain(error))?;
        let request = |id| ReadRequest { id, wanted: Wanted::Only(names.clone()) };
        let requests: Vec<_> = ids.into_iter().map(request).collect();
        self.read(driver, context, &requests).await
    }

    async fn read(
        &self,
        driver: &dyn Driver,
        context: &Context,
        requests: &[ReadRequest],
    ) -> Result<Vec<Live>, PlanError> {
        let live = driver.read(context, requests).await.map_err(|error| self.explain(error))?;
        Ok(live.into_iter().flatten().collect())
    }

    fn explain(&self, error: AwsError) -> PlanError {
        read_error(self.resource.type_name.clone(), error)
    }

    fn matches(&self, schema: &ResourceSchema, live: &Live, wanted: &Value) -> bool {
        let disclosure = Disclosure { schema, secrets: self.stack.secrets() };
        let diff = Diff { disclosure, before: &Properties::new(), live: &live.properties, key: self.key };
        differences(&diff, wanted).is_empty()
    }

    fn diagnose(&self, message: String) -> PlanError {
        Diagnostics::from(self.stack.diagnose(&self.resource.address, &[] as &[&str], message, None)).into()
    }
}

/// `Name "shop.example"`.
fn spelled(wanted: &Value) -> String {
    let Some(Json::Object(properties)) = wanted.to_json() else { return "these properties".to_owned() };
    properties.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

fn canonical(driver: &dyn Driver, wanted: Value) -> Value {
    let Some(Json::Object(mut properties)) = wanted.to_json() else { return wanted };
    driver.canonicalize(&mut properties);
    Value::from(Json::Object(properties))
}
