use std::collections::BTreeSet;
use std::sync::Arc;

use infra::address::Address;
use infra::resources::{Desired, Driver, Ownership, Properties, Registry};
use infra::schema::{Catalog, PropertyPath, ResourceSchema};
use serde_json::Value;

use super::LISTED;
use super::fixture::Fixture;
use crate::proxy::Routes;
use crate::world::World;

#[test]
fn every_fixture_file_has_its_test() {
    let listed: BTreeSet<_> = LISTED.iter().map(|name| (*name).to_owned()).collect();
    let unlisted: Vec<_> = Fixture::names().into_iter().filter(|name| !listed.contains(name)).collect();
    assert!(unlisted.is_empty(), "tests/it/conformance/mod.rs lacks {unlisted:?}");
}

#[test]
fn every_registered_type_has_a_fixture() {
    let types: BTreeSet<_> = Fixture::names().iter().map(|name| Fixture::load(name).type_name).collect();
    let registry = Registry::standard();
    let without: Vec<_> = registry
        .iter()
        .filter(|driver| !driver.is_local())
        .map(|driver| driver.type_name())
        .filter(|name| !types.contains(*name))
        .collect();
    assert!(without.is_empty(), "no file in tests/fixtures for {without:?}");
}

#[tokio::test]
async fn every_property_of_aws_s_schema_is_taken_or_said_to_be_unsupported() {
    let world = World::new(Routes::default());
    world.proxy.on("*").fail(400, "ValidationError", "this test makes nothing");
    let mut unknown = Vec::new();
    for driver in Registry::standard().iter().filter(|driver| !driver.is_local()) {
        for property in writable(driver) {
            // A driver that knows the property takes a null for its absence.
            let properties = Properties::from_iter([(property.clone(), Value::Null)]);
            let ownership = Ownership { project: "a".into(), stack: "b".into(), address: Address::new("c") };
            let desired = Desired { properties, ownership, token: String::new(), held: Vec::new() };
            let refused = driver.create(&world.context, &desired).await.unwrap_err().error.to_string();
            if refused.contains("unknown field") {
                unknown.push(format!("{}.{property}", driver.type_name()));
            }
        }
    }
    assert!(unknown.is_empty(), "neither taken nor unsupported:\n{}", unknown.join("\n"));
}

#[test]
fn every_property_is_written_and_changed_or_a_gap_says_why_not() {
    let mut missing = Vec::new();
    for driver in Registry::standard().iter().filter(|driver| !driver.is_local()) {
        let (schema, fixtures) = (schema_of(driver), fixtures_of(driver.type_name()));
        let tags = schema.tag_property().map(|tags| tags.name.clone());
        for property in writable(driver).into_iter().filter(|property| tags.as_ref() != Some(property)) {
            let path = PropertyPath::root().key(&property);
            let (what, done) = match schema.is_create_only(&path) {
                true => ("written", fixtures.iter().any(|fixture| fixture.writes(&property))),
                false => ("changed", fixtures.iter().any(|fixture| fixture.changes(&property))),
            };
            if !done {
                missing.push(format!("{}.{property} is not {what}", driver.type_name()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn what_a_fixture_replaces_cannot_change_in_place() {
    for fixture in Fixture::names().iter().map(|name| Fixture::load(name)) {
        let registry = Registry::standard();
        let Some(driver) = registry.get(&fixture.type_name) else { continue };
        for property in fixture.replace.iter().flat_map(Properties::keys) {
            let path = PropertyPath::root().key(property);
            let schema = schema_of(driver);
            assert!(schema.touches_create_only(&path), "{}.{property} is not create-only", fixture.type_name);
        }
    }
}

fn fixtures_of(type_name: &str) -> Vec<Fixture> {
    let fixtures = Fixture::names().into_iter().map(|name| Fixture::load(&name));
    fixtures.filter(|fixture| fixture.type_name == type_name).collect()
}

fn schema_of(driver: &dyn Driver) -> Arc<ResourceSchema> {
    Catalog::standard().get(driver.type_name()).expect("AWS has the type")
}

/// The properties that the driver has to take.
fn writable(driver: &dyn Driver) -> Vec<String> {
    let schema = schema_of(driver);
    let pointer = |name: &str| format!("/properties/{name}");
    let supported = |name: &&str| !driver.unsupported().contains(&pointer(name).as_str());
    schema.writable().filter(supported).map(str::to_owned).collect()
}
