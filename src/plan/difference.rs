use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Cause;
use crate::schema::PropertyPath;
use crate::value::Value;

/// One value that is not as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub path: PropertyPath,
    pub before: Shown,
    pub after: Shown,
    pub cause: Cause,
    /// The property can only be set at creation.
    pub replaces: bool,
}

/// A value as a plan may show and save it: never a secret in the clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    Absent,
    Known(Json),
    /// Known after apply; the expression that gives it.
    Unknown(String),
    /// Known in part: expressions stand where the rest will be.
    Partly(Json),
    Secret,
    /// What AWS uses where nothing is written.
    Default,
}

/// One line: a text without quotes, anything else as JSON.
impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("(none)"),
            Self::Known(Json::String(text)) if text.is_empty() => formatter.write_str("\"\""),
            Self::Known(Json::String(text)) => formatter.write_str(&text.replace('\n', "\\n").replace('\r', "\\r")),
            Self::Known(json) => json.fmt(formatter),
            Self::Unknown(expression) => formatter.write_str(expression),
            Self::Partly(json) => json.fmt(formatter),
            Self::Secret => formatter.write_str("(secret)"),
            Self::Default => formatter.write_str("(AWS's default)"),
        }
    }
}

fn with_expressions(value: &Value) -> Json {
    match value {
        Value::Unknown(unknown) => unknown.expression.as_str().into(),
        Value::List(items) => items.iter().map(with_expressions).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(name, value)| (name.clone(), with_expressions(value))).collect())
        }
        known => known.to_json().unwrap_or_default(),
    }
}

impl Shown {
    /// A desired value, with the expressions of what is not known yet.
    pub(super) fn desired(value: &Value) -> Self {
        match (value.to_json(), value) {
            (Some(json), _) => Self::Known(json),
            (None, Value::Unknown(unknown)) => Self::Unknown(unknown.expression.clone()),
            (None, value) => Self::Partly(with_expressions(value)),
        }
    }

    /// True if apply will know more.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::Partly(_))
    }

    pub(super) fn live(value: Option<&Json>) -> Self {
        match value {
            None | Some(Json::Null) => Self::Absent,
            Some(json) => Self::Known(json.clone()),
        }
    }
}
