//! Fingerprints in the place of values: enough to see a change, not enough to read a value.

use serde_json::Value as Json;

use super::document::documents_equal;
use crate::secrets::{Sealed, Secrets};
use crate::state::{Fingerprint, FingerprintKey};

/// True if a fingerprint from state is that of `value`, or the same one.
pub fn matches(key: &FingerprintKey, fingerprint: &Json, value: &Json) -> bool {
    let of = |fingerprint: Fingerprint| key.matches(&fingerprint, value);
    value == fingerprint || Fingerprint::of_json(fingerprint).is_some_and(of)
}

/// True if some part of a value is only known by its fingerprint.
pub fn is_in(json: &Json) -> bool {
    match json {
        Json::Array(items) => items.iter().any(is_in),
        Json::Object(entries) => Fingerprint::of_json(json).is_some() || entries.values().any(is_in),
        _ => false,
    }
}

/// True if a value means the same as one from state, parts of which may be fingerprints.
pub fn equal(key: &FingerprintKey, value: &Json, from_state: &Json) -> bool {
    if !is_in(from_state) {
        return documents_equal(value, from_state);
    }
    match (value, from_state) {
        (value, fingerprint) if Fingerprint::of_json(fingerprint).is_some() => matches(key, fingerprint, value),
        (Json::Array(items), Json::Array(known)) => {
            items.len() == known.len() && items.iter().zip(known).all(|(item, known)| equal(key, item, known))
        }
        (Json::Object(entries), Json::Object(known)) => {
            let same = |(name, value): (&String, &Json)| known.get(name).is_some_and(|known| equal(key, value, known));
            entries.len() == known.len() && entries.iter().all(same)
        }
        _ => false,
    }
}

/// A value from state with the texts in the place of their fingerprints, as far as one of `secrets` is meant.
pub fn restored(key: &FingerprintKey, secrets: &Secrets, json: &Json) -> Json {
    if Fingerprint::of_json(json).is_some() {
        if !key.is_known() {
            return json.clone();
        }
        let texts = secrets.all().into_iter().map(Json::from);
        return texts.into_iter().find(|text| matches(key, json, text)).unwrap_or_else(|| json.clone());
    }
    match json {
        Json::Object(entries) => {
            let entry = |(name, value): (&String, &Json)| (name.clone(), restored(key, secrets, value));
            Json::Object(entries.iter().map(entry).collect())
        }
        Json::Array(items) => items.iter().map(|item| restored(key, secrets, item)).collect(),
        other => other.clone(),
    }
}

/// A value from state as people may see it.
pub fn visible(json: &Json) -> Json {
    match json {
        _ if Fingerprint::of_json(json).is_some() || Sealed::of_json(json).is_some() => Secrets::MASK.into(),
        Json::Object(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.clone(), visible(value))).collect())
        }
        Json::Array(items) => items.iter().map(visible).collect(),
        other => other.clone(),
    }
}
