use super::Numeral;
use crate::address::Address;
use indexmap::IndexMap;

/// A property's value at plan time. JSON, plus `Unknown` for what a resource will only tell once it exists.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Numeral),
    String(String),
    List(Vec<Value>),
    Map(IndexMap<String, Value>),
    Unknown(Unknown),
}

/// Why a value is not known yet: the expression that gives it, and the resources it waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// The text as it is written in the stack file, `${jobs.Arn}`; for display only.
    pub expression: String,
    /// The resources whose outputs it needs.
    pub waits_for: Vec<Address>,
}

impl Value {
    /// The JSON form, or `None` if any part is unknown.
    pub fn to_json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Number(number) => serde_json::Value::Number(number.number().clone()),
            Self::String(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect::<Option<Vec<_>>>()?.into(),
            Self::Map(entries) => {
                let known = entries.iter().map(|(key, value)| Some((key.clone(), value.to_json()?)));
                serde_json::Value::Object(known.collect::<Option<_>>()?)
            }
            Self::Unknown(_) => return None,
        })
    }

    /// True if this is its JSON form, with the entries of each map in whatever order.
    pub fn is_json(&self, json: &serde_json::Value) -> bool {
        match (self, json) {
            (Self::Null, serde_json::Value::Null) => true,
            (Self::Bool(flag), serde_json::Value::Bool(other)) => flag == other,
            (Self::Number(number), serde_json::Value::Number(other)) => number.number() == other,
            (Self::String(text), serde_json::Value::String(other)) => text == other,
            (Self::List(items), serde_json::Value::Array(others)) => {
                items.len() == others.len() && items.iter().zip(others).all(|(item, other)| item.is_json(other))
            }
            (Self::Map(entries), serde_json::Value::Object(others)) => {
                let same = |(key, value): (&String, &Self)| others.get(key).is_some_and(|other| value.is_json(other));
                entries.len() == others.len() && entries.iter().all(same)
            }
            _ => false,
        }
    }

    /// The same with the entries of each map in the order of their keys.
    pub fn sorted(self) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(Self::sorted).collect()),
            Self::Map(entries) => {
                let mut entries: IndexMap<_, _> =
                    entries.into_iter().map(|(name, value)| (name, value.sorted())).collect();
                entries.sort_unstable_keys();
                Self::Map(entries)
            }
            other => other,
        }
    }

    /// True if no part is unknown.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(items) => items.iter().all(Self::is_known),
            Self::Map(entries) => entries.values().all(Self::is_known),
            _ => true,
        }
    }

    /// How many lists and maps stand inside each other in it.
    pub fn height(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::height).max().unwrap_or_default(),
            Self::Map(entries) => 1 + entries.values().map(Self::height).max().unwrap_or_default(),
            _ => 0,
        }
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::String(text) => text.len(),
                Self::List(items) => items.iter().map(Self::weight).sum(),
                Self::Map(entries) => entries.iter().map(|(key, value)| key.len() + value.weight()).sum(),
                _ => 0,
            }
    }

    /// Every text and number in it, numbers as text.
    pub fn texts(&self, found: &mut dyn FnMut(&str)) {
        match self {
            Self::String(text) => found(text),
            Self::Number(number) => found(&number.to_string()),
            Self::List(items) => items.iter().for_each(|item| item.texts(found)),
            Self::Map(entries) => entries.values().for_each(|value| value.texts(found)),
            Self::Null | Self::Bool(_) | Self::Unknown(_) => {}
        }
    }

    /// True if a map in it has such a key.
    pub fn has_key(&self, is_one: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item.has_key(is_one)),
            Self::Map(entries) => entries.iter().any(|(key, value)| is_one(key) || value.has_key(is_one)),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Unknown(_) => false,
        }
    }

    /// The entry of a map, the way a property path walks.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Map(entries) => entries.get(key),
            _ => None,
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(flag) => Self::Bool(flag),
            serde_json::Value::Number(number) => Self::Number(number.into()),
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}
