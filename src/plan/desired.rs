use indexmap::IndexMap;

use super::disclosure::Disclosure;
use super::object_identity::ObjectIdentity;
use crate::resources::{Desired, Driver, Properties, ResourceId};
use crate::schema::{ResourceSchema, TagShape};
use crate::state::{FingerprintKey, ResourceState};
use crate::value::Value;

/// The properties that the file gives, completed with what `infra` decides: the physical name and the tags.
pub fn complete(
    identity: &ObjectIdentity<'_>,
    driver: &dyn Driver,
    schema: &ResourceSchema,
    name: Option<&str>,
    evaluated: Value,
) -> Value {
    let Value::Map(mut entries) = evaluated else { return evaluated };
    entries.retain(|_, value| *value != Value::Null);
    if let (Some(rule), Some(name)) = (driver.name_rule(), name) {
        entries.entry(rule.property.to_owned()).or_insert_with(|| Value::String(name.to_owned()));
    }
    if let Some(property) = schema.tag_property().filter(|_| identity.owned) {
        let written = entries.shift_remove(&property.name);
        entries.insert(property.name.clone(), tags(identity, &property.shape, written));
    }
    Value::Map(entries)
}

/// All properties known, what a driver works with, under a new token.
pub fn known(identity: &ObjectIdentity<'_>, properties: Properties, held: Vec<ResourceId>) -> Desired {
    Desired { properties, ownership: identity.ownership(), token: ResourceState::new_token(), held }
}

/// The properties as state holds them after they were written.
pub fn written(disclosure: &Disclosure<'_>, key: &FingerprintKey, properties: &Properties) -> Properties {
    disclosure.redacted(key, properties)
}

/// What an interrupted create wanted, as far as `find` needs it.
pub fn from_state(identity: &ObjectIdentity<'_>, state: &ResourceState, held: Vec<ResourceId>) -> Desired {
    Desired { token: state.token.clone(), ..known(identity, state.properties.clone(), held) }
}

/// The stack's tags, overridden by the resource's own, and the three that say whose it is.
fn tags(identity: &ObjectIdentity<'_>, shape: &TagShape, written: Option<Value>) -> Value {
    let text = |text: &str| Value::String(text.to_owned());
    let mut tags: IndexMap<String, Value> =
        identity.tags.iter().map(|(key, value)| (key.clone(), text(value))).collect();
    match written {
        Some(Value::Map(entries)) => tags.extend(entries),
        Some(Value::List(items)) => tags.extend(items.iter().filter_map(|item| pair(shape, item))),
        Some(unknown @ Value::Unknown(_)) => return unknown,
        _ => {}
    }
    for (key, value) in identity.ownership().tags() {
        tags.insert(key.to_owned(), text(&value));
    }
    match shape {
        TagShape::Map => Value::Map(tags),
        TagShape::List { key, value } => Value::List(tags.into_iter().map(|tag| as_item((key, value), tag)).collect()),
    }
}

fn pair(shape: &TagShape, item: &Value) -> Option<(String, Value)> {
    let TagShape::List { key, value } = shape else { return None };
    match (item.get(key)?, item.get(value)?) {
        (Value::String(key), value) => Some((key.clone(), value.clone())),
        _ => None,
    }
}

fn as_item((key_name, value_name): (&String, &String), (key, value): (String, Value)) -> Value {
    Value::Map(IndexMap::from([(key_name.clone(), Value::String(key)), (value_name.clone(), value)]))
}

/// The driver's canonical spelling for all that is known; what is unknown keeps its place.
pub fn canonical(driver: &dyn Driver, properties: Value) -> Value {
    let Value::Map(entries) = properties else { return properties };
    let mut known: Properties =
        entries.iter().filter_map(|(name, value)| Some((name.clone(), value.to_json()?))).collect();
    driver.canonicalize(&mut known);
    let value = |(name, value): (String, Value)| {
        let canonical = known.swap_remove(&name).filter(|canonical| !value.is_json(canonical));
        (name, canonical.map_or(value, Value::from))
    };
    Value::Map(entries.into_iter().map(value).collect())
}
