use serde::Serialize;
use serde_json::Value;

use super::{Properties, ResourceId};
use crate::aws::AwsError;

/// An object as AWS has it now, in the shape of its whole schema: written properties and outputs alike.
/// Properties that AWS never gives back (`writeOnlyProperties`) are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    pub id: ResourceId,
    pub properties: Properties,
}

impl Live {
    pub fn new(id: ResourceId, properties: Properties) -> Self {
        Self { id, properties }
    }

    /// As `new`, from a JSON object whose nulls stand for what AWS did not give; they are left out.
    pub fn of(id: ResourceId, properties: Value) -> Self {
        match without_nulls(properties) {
            Value::Object(properties) => Self::new(id, properties),
            _ => Self::new(id, Properties::new()),
        }
    }

    /// An object from a driver's own typed struct; what is `None` in it must be skipped by its serialization.
    ///
    /// # Errors
    /// `AwsError::Invalid` where the struct is no JSON object.
    pub fn typed(id: ResourceId, properties: &impl Serialize) -> Result<Self, AwsError> {
        match serde_json::to_value(properties) {
            Ok(Value::Object(properties)) => Ok(Self { id, properties }),
            Ok(_) => Err(AwsError::Invalid("the live properties are no object".to_owned())),
            Err(error) => Err(AwsError::Invalid(error.to_string())),
        }
    }

    /// A property's text, or an empty one where it is absent or no text.
    pub fn text(&self, property: &str) -> &str {
        self.properties.get(property).and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(present.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_aws_did_not_give_is_absent() {
        let live = Live::of(ResourceId::new("x"), json!({"Name": "x", "Port": null, "Endpoint": {"Port": null}}));
        assert_eq!(Value::Object(live.properties), json!({"Name": "x", "Endpoint": {}}));
    }
}
