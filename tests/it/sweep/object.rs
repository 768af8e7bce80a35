use serde::Deserialize;
use serde_json::{Map, Value};

/// One object of an account, as somebody who looks at the account describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Object {
    /// Its type, by whatever vocabulary.
    pub kind: String,
    pub id: String,
    pub properties: Value,
}

impl Object {
    /// True for what AWS makes for itself: the secret of a managed password.
    pub fn is_of_aws(&self) -> bool {
        self.properties.to_string().contains("aws:secretsmanager:owningService")
    }

    /// The resource whose object it is by its tags, wherever they stand.
    pub fn address(&self) -> Option<&str> {
        address_in(&self.properties)
    }
}

const TAG: &str = "infra:address";

fn address_in(value: &Value) -> Option<&str> {
    match value {
        Value::Object(members) => pair(members)
            .or_else(|| members.get(TAG).and_then(Value::as_str))
            .or_else(|| members.values().find_map(address_in)),
        Value::Array(items) => items.iter().find_map(address_in),
        _ => None,
    }
}

/// A tag as `{Key, Value}`, in upper or lower case.
fn pair(members: &Map<String, Value>) -> Option<&str> {
    let get = |name: &str| members.get(name).and_then(Value::as_str);
    let key = get("Key").or_else(|| get("key"))?;
    (key == TAG).then(|| get("Value").or_else(|| get("value")))?
}

#[test]
fn the_address_is_found_in_every_shape_of_tags() {
    for text in [
        r#"{"Tags": [{"Key": "a", "Value": "b"}, {"Key": "infra:address", "Value": "vpc"}]}"#,
        r#"{"inner": {"tags": [{"key": "infra:address", "value": "vpc"}]}}"#,
        r#"{"Tags": {"infra:address": "vpc"}}"#,
    ] {
        let properties = serde_json::from_str(text).expect("JSON");
        let object = Object { kind: String::new(), id: String::new(), properties };
        assert_eq!(object.address(), Some("vpc"), "{text}");
    }
}
