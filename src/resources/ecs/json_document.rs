use std::collections::HashMap;

use aws_smithy_types::{Document, Number};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::AwsError;
use crate::resources::mirror::Mirror;

/// A free-form document, which the schema takes as an object or as its JSON text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonDocument(Value);

impl Mirror<Document> for JsonDocument {
    fn to_sdk(&self) -> Result<Document, AwsError> {
        match &self.0 {
            Value::String(text) => serde_json::from_str(text)
                .map(|value| document(&value))
                .map_err(|error| AwsError::Invalid(format!("the document is no JSON: {error}"))),
            value => Ok(document(value)),
        }
    }

    fn from_sdk(sdk: &Document) -> Self {
        Self(value(sdk))
    }
}

fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(flag) => Document::Bool(*flag),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => Number::PosInt(whole),
            (None, Some(whole)) => Number::NegInt(whole),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(items) => Document::Array(items.iter().map(document).collect()),
        Value::Object(entries) => Document::Object(
            entries.iter().map(|(key, value)| (key.clone(), document(value))).collect::<HashMap<_, _>>(),
        ),
    }
}

fn value(document: &Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(flag) => (*flag).into(),
        Document::Number(Number::PosInt(whole)) => (*whole).into(),
        Document::Number(Number::NegInt(whole)) => (*whole).into(),
        Document::Number(Number::Float(number)) => (*number).into(),
        Document::String(text) => text.as_str().into(),
        Document::Array(items) => items.iter().map(value).collect(),
        Document::Object(entries) => {
            Value::Object(entries.iter().map(|(key, entry)| (key.clone(), value(entry))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_object_mean_the_same_document() {
        let object = JsonDocument(serde_json::json!({"retries": 3, "depth": -1, "names": ["a", null]}));
        let text = JsonDocument(Value::String(object.0.to_string()));
        assert_eq!(object.to_sdk().unwrap(), text.to_sdk().unwrap());
        assert_eq!(JsonDocument::from_sdk(&text.to_sdk().unwrap()), object);
        assert!(JsonDocument("no json".into()).to_sdk().is_err());
    }
}
