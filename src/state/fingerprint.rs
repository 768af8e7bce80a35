use std::fmt;

use serde_json::{Map, Value};

/// Stands for a secret value in state, plans and journal: tells whether a value is the same, and not what it is.
/// As JSON it is an object with one key that no AWS property has, so it cannot be taken for a value:
/// `{"infra:fingerprint": "v1:…"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    const KEY: &'static str = "infra:fingerprint";
    const SCHEME: &'static str = "v1";

    pub(super) fn new(code: &[u8]) -> Self {
        Self(format!("{}:{}", Self::SCHEME, hex::encode(code)))
    }

    /// The code, where it was made the way we make them.
    pub(super) fn code(&self) -> Option<Vec<u8>> {
        let (scheme, code) = self.0.split_once(':')?;
        (scheme == Self::SCHEME).then(|| hex::decode(code).ok())?
    }

    pub fn to_json(&self) -> Value {
        Value::Object(Map::from_iter([(Self::KEY.to_owned(), self.0.clone().into())]))
    }

    /// The fingerprint that stands in a value's place, where one does.
    pub fn of_json(value: &Value) -> Option<Self> {
        let entries = value.as_object().filter(|entries| entries.len() == 1)?;
        Some(Self(entries.get(Self::KEY)?.as_str()?.to_owned()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
