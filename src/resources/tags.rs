//! Tags in the one form the engine knows, `[{Key, Value}]`, and what changes between two sets of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What has to happen to an object's tags. Tags that nobody wrote here are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChange {
    pub set: BTreeMap<String, String>,
    pub remove: Vec<String>,
}

impl TagChange {
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// Each tag to set, made into an SDK's own tag type.
    pub fn set_as<T>(&self, make: impl Fn(&str, &str) -> T) -> Vec<T> {
        self.set.iter().map(|(key, value)| make(key, value)).collect()
    }
}

/// `[{Key, Value}]` from pairs; absent halves become empty texts.
pub fn to_json<'a>(tags: impl IntoIterator<Item = (Option<&'a str>, Option<&'a str>)>) -> Value {
    let tags = tags.into_iter().map(|(key, value)| json!({"Key": key.unwrap_or(""), "Value": value.unwrap_or("")}));
    Value::Array(tags.collect())
}

/// The pairs of `[{Key, Value}]` or of a plain map of tags; anything else gives none.
pub fn from_json(tags: Option<&Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match tags {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| Some((item.get("Key")?.as_str()?.to_owned(), text(item.get("Value")?))))
            .collect(),
        Some(Value::Object(entries)) => entries.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        _ => BTreeMap::new(),
    }
}

/// The pairs of `[{Key, Value}]`, made into an SDK's own tag type.
pub fn as_sdk<T>(tags: Option<&Value>, make: impl Fn(&str, &str) -> T) -> Vec<T> {
    from_json(tags).iter().map(|(key, value)| make(key, value)).collect()
}
