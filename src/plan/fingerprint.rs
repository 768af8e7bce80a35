//! Secrets leave the plan as keyed fingerprints: enough to see a change, not enough to read a value.

use serde_json::Value as Json;

use crate::resources::Properties;
use crate::schema::{PropertyPath, ResourceSchema};
use crate::state::{Fingerprint, FingerprintKey};

/// The properties as state may hold them: each write-only value as its fingerprint.
pub fn redacted(schema: &ResourceSchema, key: &FingerprintKey, properties: &Properties) -> Properties {
    let fingerprint = |value: &Json| key.fingerprint(value).to_json();
    let entry = |(name, value): (&String, &Json)| {
        (name.clone(), without_secrets(schema, &PropertyPath::root().key(name), value, &fingerprint))
    };
    properties.iter().map(entry).collect()
}

/// A value as people may see it.
pub fn hidden(schema: &ResourceSchema, path: &PropertyPath, value: &Json) -> Json {
    without_secrets(schema, path, value, &|_| Json::from("(secret)"))
}

/// True if a fingerprint from state is that of `value`.
pub fn matches(key: &FingerprintKey, fingerprint: &Json, value: &Json) -> bool {
    Fingerprint::of_json(fingerprint).is_some_and(|fingerprint| key.matches(&fingerprint, value))
}

fn without_secrets(
    schema: &ResourceSchema,
    path: &PropertyPath,
    value: &Json,
    replace: &dyn Fn(&Json) -> Json,
) -> Json {
    if schema.is_write_only(path) {
        return replace(value);
    }
    let walk = |path: &PropertyPath, value: &Json| without_secrets(schema, path, value, replace);
    match value {
        Json::Object(entries) => {
            let entry = |(name, value): (&String, &Json)| (name.clone(), walk(&path.key(name), value));
            Json::Object(entries.iter().map(entry).collect())
        }
        Json::Array(items) => {
            let item = |(index, value)| walk(&path.index(index), value);
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        scalar => scalar.clone(),
    }
}
