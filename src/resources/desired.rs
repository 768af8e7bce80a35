use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Properties, ResourceId};
use crate::address::Address;
use crate::aws::AwsError;

/// What an object is to become: every value known, the physical name and all tags already in the properties.
#[derive(Debug, Clone)]
pub struct Desired {
    pub properties: Properties,
    pub ownership: Ownership,
    /// Stable for one intended object, different for its replacement: the client token where an AWS API takes one.
    /// At most 32 characters of `[0-9a-f]`.
    pub token: String,
    /// The objects of the type that addresses of state hold already, this one's former ones too. They may have the same name
    /// or tags: `find` never gives one of them.
    pub held: Vec<ResourceId>,
}

/// Who an object belongs to. Written as the tags `infra:project`, `infra:stack` and `infra:address`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ownership {
    pub project: String,
    pub stack: String,
    pub address: Address,
}

impl Ownership {
    /// The keys of the ownership tags: of the project, the stack and the address.
    pub const KEYS: [&'static str; 3] = ["infra:project", "infra:stack", "infra:address"];

    /// The three ownership tags, key and value.
    pub fn tags(&self) -> [(&'static str, String); 3] {
        let [project, stack, address] = Self::KEYS;
        [(project, self.project.clone()), (stack, self.stack.clone()), (address, self.address.as_tag())]
    }

    /// True if an object's tags name this owner.
    pub fn owns<'a>(&self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
        let tags: Vec<_> = tags.into_iter().collect();
        self.tags().iter().all(|(key, value)| tags.contains(&(*key, value.as_str())))
    }
}

impl Desired {
    /// The properties as a driver's own typed struct.
    ///
    /// # Errors
    /// `AwsError::Invalid` naming the property that the driver does not know or that has another shape.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, AwsError> {
        typed(&self.properties)
    }

    /// A property's text, or an empty one where it is absent or no text.
    pub fn text(&self, property: &str) -> &str {
        self.properties.get(property).and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

pub(super) fn typed<T: DeserializeOwned>(properties: &Properties) -> Result<T, AwsError> {
    serde_json::from_value(serde_json::Value::Object(properties.clone()))
        .map_err(|error| AwsError::Invalid(error.to_string()))
}
