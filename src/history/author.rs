use serde::{Deserialize, Serialize};

/// Who ran a command, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub user: String,
    pub host: String,
    /// The ARN behind the credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The URL of the CI run; empty elsewhere.
    #[serde(rename = "where", default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}
