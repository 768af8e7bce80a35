use std::collections::BTreeSet;

use infra::resources::Registry;

use super::LISTED;
use super::fixture::Fixture;

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
    let without: Vec<_> =
        registry.iter().map(|driver| driver.type_name()).filter(|name| !types.contains(*name)).collect();
    assert!(without.is_empty(), "no file in tests/fixtures for {without:?}");
}
