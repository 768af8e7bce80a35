use serde_json::{Map, Value};

use crate::encryption::Ciphertext;

/// A secret value that state keeps encrypted. As JSON it is an object with one key that no AWS property has, so it cannot
/// be taken for a value: `{"infra:ciphertext": "age:…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sealed(pub Ciphertext);

impl Sealed {
    const KEY: &'static str = "infra:ciphertext";

    pub fn to_json(&self) -> Value {
        Value::Object(Map::from_iter([(Self::KEY.to_owned(), self.0.to_string().into())]))
    }

    /// The encrypted value that stands in a value's place, where one does.
    pub fn of_json(value: &Value) -> Option<Self> {
        let entries = value.as_object().filter(|entries| entries.len() == 1)?;
        Some(Self(entries.get(Self::KEY)?.as_str()?.parse().ok()?))
    }

    /// Every encrypted value in a value.
    pub fn all_in(value: &Value) -> Vec<Self> {
        match (Self::of_json(value), value) {
            (Some(sealed), _) => vec![sealed],
            (None, Value::Object(entries)) => entries.values().flat_map(Self::all_in).collect(),
            (None, Value::Array(items)) => items.iter().flat_map(Self::all_in).collect(),
            _ => Vec::new(),
        }
    }
}
