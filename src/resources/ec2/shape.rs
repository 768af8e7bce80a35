use serde::Serialize;
use serde_json::{Value, json};

use crate::resources::Properties;

/// A mirror of an SDK type as live properties.
pub(super) fn properties(shape: &impl Serialize) -> Properties {
    match serde_json::to_value(shape) {
        Ok(Value::Object(properties)) => properties,
        _ => Properties::new(),
    }
}

/// As `properties`, for a type with tags: one without any has an empty list.
pub(super) fn tagged_properties(shape: &impl Serialize) -> Properties {
    let mut properties = properties(shape);
    properties.entry("Tags").or_insert_with(|| json!([]));
    properties
}
