//! A live object as the YAML that a stack file would describe it with.

use serde_json::{Map, Value as Json};

use crate::resources::{Driver, Live, Properties};
use crate::schema::{PropertyPath, ResourceSchema};
use crate::value::Value;

/// The properties worth writing: those that can be written and read back, are not empty, and fit the schema. Tags of AWS
/// itself (`aws:…`) and those that say whose an object is stay out.
pub fn worth_writing(driver: &dyn Driver, schema: &ResourceSchema, live: &Live) -> Properties {
    let mut properties = live.properties.clone();
    driver.canonicalize(&mut properties);
    properties.sort_keys();
    let mut kept: Properties = Properties::new();
    for (name, value) in properties {
        let path = PropertyPath::root().key(&name);
        let supported = !driver.unsupported().iter().any(|pointer| PropertyPath::from_pointer(pointer) == path);
        if !schema.writable().any(|writable| writable == name) || !supported {
            continue;
        }
        if let Some(value) = writable(schema, &path, value) {
            kept.insert(name, value);
        }
    }
    without_own_tags(schema, &mut kept);
    without_invalid(schema, kept)
}

fn writable(schema: &ResourceSchema, path: &PropertyPath, value: Json) -> Option<Json> {
    if schema.is_read_only(path) || schema.is_write_only(path) {
        return None;
    }
    match value {
        Json::Null => None,
        Json::Array(items) if items.is_empty() => None,
        Json::Object(entries) if entries.is_empty() => None,
        Json::String(text) if text.is_empty() => None,
        Json::Object(entries) if !schema.is_document(path) => {
            let kept = entries.into_iter().filter_map(|(key, value)| {
                let value = writable(schema, &path.key(&key), value)?;
                Some((key, value))
            });
            let kept: Map<String, Json> = kept.collect();
            (!kept.is_empty()).then_some(Json::Object(kept))
        }
        Json::Array(items) if !schema.is_document(path) => {
            let kept =
                items.into_iter().enumerate().filter_map(|(index, item)| writable(schema, &path.index(index), item));
            Some(Json::Array(kept.collect()))
        }
        other => Some(other),
    }
}

fn without_own_tags(schema: &ResourceSchema, properties: &mut Properties) {
    let Some(tags) = schema.tag_property() else { return };
    let own = |name: &str| name.starts_with("aws:") || name.starts_with("infra:");
    let left = match properties.get_mut(&tags.name) {
        Some(Json::Array(items)) => {
            items.retain(|item| !item.get("Key").and_then(Json::as_str).is_some_and(own));
            items.len()
        }
        Some(Json::Object(entries)) => {
            entries.retain(|name, _| !own(name));
            entries.len()
        }
        _ => return,
    };
    if left == 0 {
        properties.shift_remove(&tags.name);
    }
}

/// What AWS answers does not always fit its own schema; a property that would be refused is left out.
fn without_invalid(schema: &ResourceSchema, mut properties: Properties) -> Properties {
    let violations = schema.validate(&Value::from(Json::Object(properties.clone())));
    for violation in violations {
        if let Some(name) = violation.path.top_level() {
            properties.shift_remove(name);
        }
    }
    properties
}
