//! What of a live object a file can say at all.

use serde_json::{Map, Value as Json};

use crate::resources::{Driver, Properties};
use crate::schema::{PropertyPath, ResourceSchema, TagShape};

/// The properties that can be written and are read back, in the driver's spelling, without what is empty. Tags of AWS itself
/// (`aws:…`) and those that say whose an object is stay out, and so do properties that only say again what others say.
pub fn writable(driver: &dyn Driver, schema: &ResourceSchema, live: &Properties) -> Properties {
    let mut properties = live.clone();
    driver.canonicalize(&mut properties);
    properties.sort_keys();
    let redundant = driver.redundant(&properties);
    let mut kept = Properties::new();
    for (name, value) in properties {
        let path = PropertyPath::root().key(&name);
        let is_unsupported = driver.unsupported().iter().any(|pointer| PropertyPath::from_pointer(pointer) == path);
        let is_writable = schema.writable().any(|writable| writable == name);
        if !is_writable || is_unsupported || redundant.contains(&name.as_str()) {
            continue;
        }
        if let Some(value) = readable(schema, &path, value).filter(|value| !is_empty(value)) {
            kept.insert(name, value);
        }
    }
    without_own_tags(schema, &mut kept);
    kept
}

/// The value without outputs, secrets and empty lists and maps; a text that is empty may mean something, as a tag's. A document
/// that comes as a text is the map that it stands for.
fn readable(schema: &ResourceSchema, path: &PropertyPath, value: Json) -> Option<Json> {
    let is_nothing = is_empty(&value) && !value.is_string();
    if schema.is_read_only(path) || schema.is_write_only(path) || is_nothing {
        return None;
    }
    if schema.is_document(path) {
        return Some(as_document(value));
    }
    match value {
        Json::Object(entries) => {
            let kept = entries.into_iter().filter_map(|(key, value)| {
                let value = readable(schema, &path.key(&key), value)?;
                Some((key, value))
            });
            let kept: Map<String, Json> = kept.collect();
            (!kept.is_empty()).then_some(Json::Object(kept))
        }
        Json::Array(items) => {
            let items = items.into_iter().enumerate();
            let kept: Vec<Json> =
                items.filter_map(|(index, item)| readable(schema, &path.index(index), item)).collect();
            (!kept.is_empty()).then_some(Json::Array(kept))
        }
        other => Some(other),
    }
}

fn as_document(value: Json) -> Json {
    let parsed = value.as_str().and_then(|text| serde_json::from_str::<Json>(text).ok());
    parsed.filter(|parsed| parsed.is_object() || parsed.is_array()).unwrap_or(value)
}

pub(super) fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

fn without_own_tags(schema: &ResourceSchema, properties: &mut Properties) {
    let Some(tags) = schema.tag_property() else { return };
    let own = |name: &str| name.starts_with("aws:") || name.starts_with("infra:");
    match (properties.get_mut(&tags.name), &tags.shape) {
        (Some(Json::Array(items)), TagShape::List { key, .. }) => {
            items.retain(|item| !item.get(key).and_then(Json::as_str).is_some_and(own));
        }
        (Some(Json::Object(entries)), TagShape::Map) => entries.retain(|name, _| !own(name)),
        _ => return,
    }
    if properties.get(&tags.name).is_some_and(is_empty) {
        properties.shift_remove(&tags.name);
    }
}
