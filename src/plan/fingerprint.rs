//! Secrets leave the plan as keyed fingerprints: enough to see a change, not enough to read a value.

use serde_json::Value as Json;

use crate::resources::Properties;
use crate::schema::{PropertyPath, ResourceSchema};
use crate::state::{Fingerprint, FingerprintKey};

/// The properties as state may hold them: each write-only value as its fingerprint.
pub fn redacted(schema: &ResourceSchema, key: &FingerprintKey, properties: &Properties) -> Properties {
    let entry =
        |(name, value): (&String, &Json)| (name.clone(), walk(schema, key, &PropertyPath::root().key(name), value));
    properties.iter().map(entry).collect()
}

/// True if a fingerprint from state is that of `value`.
pub fn matches(key: &FingerprintKey, fingerprint: &Json, value: &Json) -> bool {
    Fingerprint::of_json(fingerprint).is_some_and(|fingerprint| key.matches(&fingerprint, value))
}

fn walk(schema: &ResourceSchema, key: &FingerprintKey, path: &PropertyPath, value: &Json) -> Json {
    if schema.is_write_only(path) {
        return key.fingerprint(value).to_json();
    }
    match value {
        Json::Object(entries) => {
            let entry = |(name, value): (&String, &Json)| (name.clone(), walk(schema, key, &path.key(name), value));
            Json::Object(entries.iter().map(entry).collect())
        }
        Json::Array(items) => {
            let item = |(index, value)| walk(schema, key, &path.index(index), value);
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        scalar => scalar.clone(),
    }
}
