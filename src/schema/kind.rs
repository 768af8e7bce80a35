use serde::Deserialize;
use serde_json::Value as Json;
use strum::{Display, EnumIter, IntoEnumIterator};

use crate::value::Value;

/// A JSON type, as JSON Schema names them. A whole number is an `Integer` and a `Number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumIter, Deserialize)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    Array,
    Boolean,
    Integer,
    Null,
    Number,
    Object,
    String,
}

/// The types that a property may have; none means that the schema does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Kinds(u8);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Kind),
    Many(Vec<Kind>),
}

impl From<OneOrMany> for Kinds {
    fn from(kinds: OneOrMany) -> Self {
        match kinds {
            OneOrMany::One(kind) => kind.into(),
            OneOrMany::Many(kinds) => kinds.into_iter().map(Self::from).fold(Self::default(), Self::or),
        }
    }
}

impl From<Kind> for Kinds {
    fn from(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }
}

impl Kind {
    /// The type of a value; `None` for one that is not known yet.
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if is_whole(number) => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::List(_) => Self::Array,
            Value::Map(_) => Self::Object,
            Value::Unknown(_) => return None,
        })
    }

    /// The type in a reader's words, with its article.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Array => "a list",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Null => "null",
            Self::Number => "a number",
            Self::Object => "a map",
            Self::String => "a text",
        }
    }
}

fn is_whole(number: &serde_json::Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

impl Kinds {
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn contains(self, kind: Kind) -> bool {
        self.0 & Self::from(kind).0 != 0
    }

    pub fn is_only(self, kind: Kind) -> bool {
        self == Self::from(kind)
    }

    /// True if a value of this type fits; without any types everything does.
    pub(super) fn accepts(self, kind: Kind) -> bool {
        self.is_empty() || self.contains(kind) || (kind == Kind::Integer && self.contains(Kind::Number))
    }

    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::iter().filter(move |kind| self.contains(*kind))
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True if a value of one of these types can be of one of the wanted ones; types that a schema does not say may be any.
    /// A number may turn out to be whole.
    pub fn may_be(self, wanted: Self) -> bool {
        let fits = |kind| wanted.accepts(kind) || (kind == Kind::Number && wanted.contains(Kind::Integer));
        self.is_empty() || self.iter().any(fits)
    }

    /// "a map or a text".
    pub fn described(self) -> String {
        self.iter().map(Kind::described).collect::<Vec<_>>().join(" or ")
    }
}

/// True if a value of a stack file says the same as one of a schema; `1` and `1.0` are the same number.
pub(super) fn is_same(value: &Value, json: &Json) -> bool {
    match (value, json) {
        (Value::Number(left), Json::Number(right)) => left.number() == right || left.as_f64() == right.as_f64(),
        _ => value.is_json(json),
    }
}
