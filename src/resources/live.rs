use super::{Properties, ResourceId};

/// An object as AWS has it now, in the shape of its whole schema: written properties and outputs alike.
/// Properties that AWS never gives back (`writeOnlyProperties`) are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    pub id: ResourceId,
    pub properties: Properties,
}

impl Live {
    pub fn new(id: ResourceId, properties: Properties) -> Self {
        Self { id, properties }
    }

    /// A property's text, or an empty one where it is absent or no text.
    pub fn text(&self, property: &str) -> &str {
        self.properties.get(property).and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}
