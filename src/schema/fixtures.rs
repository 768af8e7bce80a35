use super::Catalog;
use crate::value::{Unknown, Value};

/// Each violation as `path: message; suggestion`.
pub(super) fn check(type_name: &str, yaml: &str) -> Vec<String> {
    let json: serde_json::Value = serde_yaml::from_str(yaml).unwrap();
    let violations = Catalog::standard().get(type_name).unwrap().validate(&with_unknowns(json.into()));
    violations.iter().map(|violation| format!("{}: {violation}", violation.path)).collect()
}

/// The value with its texts that begin like an expression as what is not known yet.
pub(super) fn with_unknowns(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("${") => {
            Value::Unknown(Unknown { expression: text, waits_for: Vec::new() })
        }
        Value::List(items) => Value::List(items.into_iter().map(with_unknowns).collect()),
        Value::Map(map) => Value::Map(map.into_iter().map(|(key, value)| (key, with_unknowns(value))).collect()),
        other => other,
    }
}
