use std::collections::BTreeMap;

use infra::resources::{Properties, ResourceId};
use serde_json::Value;

/// What `${…}` in a fixture may refer to.
pub struct Scope {
    names: BTreeMap<String, Value>,
}

impl Scope {
    pub fn new(unique: &str, account: &str, region: &str) -> Self {
        let names = [("unique", unique), ("account", account), ("region", region)];
        Self { names: names.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect() }
    }

    /// Makes an object's properties and its `id` known under a name; what was known before stays.
    pub fn learn(&mut self, name: &str, id: &ResourceId, properties: &Properties) {
        let object = self.names.entry(name.to_owned()).or_insert_with(|| Value::Object(Properties::new()));
        object["id"] = id.as_str().into();
        for (property, value) in properties {
            object[property] = value.clone();
        }
    }

    pub fn properties(&self, written: &Properties) -> Properties {
        written.iter().map(|(name, value)| (name.clone(), self.value(value))).collect()
    }

    pub fn text(&self, text: &str) -> String {
        match self.value(&text.into()) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.expand(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => Value::Object(self.properties(members)),
            other => other.clone(),
        }
    }

    fn expand(&self, text: &str) -> Value {
        let Some((before, rest)) = text.split_once("${") else { return text.into() };
        let (path, after) = rest.split_once('}').unwrap_or_else(|| panic!("`${{` without `}}` in {text}"));
        let found = self.lookup(path);
        if before.is_empty() && after.is_empty() {
            return found.clone();
        }
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        let after = self.text(after);
        format!("{before}{found}{after}").into()
    }

    fn lookup(&self, path: &str) -> &Value {
        let mut parts = path.split('.');
        let root = parts.next().and_then(|name| self.names.get(name));
        parts
            .fold(root, |value, part| value.and_then(|value| value.get(part)))
            .unwrap_or_else(|| panic!("the fixture refers to ${{{path}}}, which nothing gives"))
    }
}
