//! What stands in a fixture, made into what the engine hands to a driver.

use infra::address::Address;
use infra::resources::{Desired, Driver, Ownership, Properties, Wanted, tags};
use infra::schema::Catalog;
use serde_json::Value;

/// What the plan makes of the written properties: tags and the driver's own spelling.
pub fn desired(driver: &dyn Driver, name: &str, mut properties: Properties) -> Desired {
    let ownership = Ownership { project: "conformance".into(), stack: "test".into(), address: Address::new(name) };
    add_tags(&mut properties, &ownership, driver.type_name());
    driver.canonicalize(&mut properties);
    Desired { properties, ownership, token: uuid::Uuid::new_v4().simple().to_string(), held: Vec::new() }
}

/// The ownership tags, in the place of those of another owner.
pub fn add_tags(properties: &mut Properties, ownership: &Ownership, type_name: &str) {
    let schema = Catalog::standard().get(type_name).expect("AWS has the type");
    let Some(property) = schema.tag_property() else { return };
    let mut tags = tags::from_json(properties.get(&property.name));
    tags.extend(ownership.tags().map(|(key, value)| (key.to_owned(), value.to_owned())));
    let pairs = tags.iter().map(|(key, value)| (Some(key.as_str()), Some(value.as_str())));
    properties.insert(property.name.clone(), tags::to_json(pairs));
}

/// Sets what the row gives; a null takes the property out.
pub fn overlay(properties: &mut Properties, row: &Properties) {
    for (property, value) in row {
        match value {
            Value::Null => drop(properties.remove(property)),
            value => drop(properties.insert(property.clone(), value.clone())),
        }
    }
}

/// What a plan asks for: the written properties.
pub fn wanted(properties: &Properties) -> Wanted {
    Wanted::Only(properties.keys().cloned().collect())
}
