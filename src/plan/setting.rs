use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// An option that state remembers of a resource and that the file has changed: recording it needs no call to AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub name: String,
    pub before: Json,
    pub after: Json,
}
