use serde::{Deserialize, Serialize};

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
    Known(serde_json::Value),
    /// Known after apply; the expression that gives it.
    Unknown(String),
    Secret,
    /// What AWS uses where nothing is written.
    Default,
}

impl Shown {
    /// A desired value, with `Unknown` for the whole of it where any part is.
    pub(super) fn desired(value: &Value) -> Self {
        match (value.to_json(), value) {
            (Some(json), _) => Self::Known(json),
            (None, Value::Unknown(unknown)) => Self::Unknown(unknown.expression.clone()),
            (None, _) => Self::Unknown("…".to_owned()),
        }
    }

    pub(super) fn live(value: Option<&serde_json::Value>) -> Self {
        match value {
            None | Some(serde_json::Value::Null) => Self::Absent,
            Some(json) => Self::Known(json.clone()),
        }
    }
}
