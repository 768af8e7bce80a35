use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::PropertyPath;

/// A change of a create-only property that AWS makes in place all the same. A side that is absent here is any value; JSON
/// null is no value.
#[derive(Debug, Deserialize)]
pub(super) struct InPlaceChange {
    property: String,
    #[serde(default, deserialize_with = "given")]
    from: Option<Json>,
    #[serde(default, deserialize_with = "given")]
    to: Option<Json>,
}

impl InPlaceChange {
    /// `None` is a value that is not there.
    pub fn covers(&self, path: &PropertyPath, from: Option<&Json>, to: Option<&Json>) -> bool {
        let is = |side: &Option<Json>, value: Option<&Json>| {
            side.as_ref().is_none_or(|side| side == value.unwrap_or(&Json::Null))
        };
        *path == PropertyPath::root().key(&self.property) && is(&self.from, from) && is(&self.to, to)
    }
}

/// Keeps a null that is written apart from a side that is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}
