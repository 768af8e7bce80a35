use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Desired, Live, ResourceId, TagChange, desired::typed};
use crate::aws::AwsError;

/// An in-place change of one object.
#[derive(Debug)]
pub struct Update<'a> {
    pub id: &'a ResourceId,
    pub live: &'a Live,
    pub desired: &'a Desired,
    /// Top-level properties that differ from live. One that `desired` lacks was removed from the file: it goes back to
    /// AWS's default where the API can do that. Never holds the tag property: see `tags`.
    pub changed: &'a BTreeSet<String>,
    pub tags: TagChange,
}

impl Update<'_> {
    /// True if any of these properties differs.
    pub fn changes(&self, properties: &[&str]) -> bool {
        properties.iter().any(|property| self.changed.contains(*property))
    }

    /// The changed properties alone, as a driver's own typed struct: unchanged ones are absent, so that a modifying
    /// call leaves them be. One that was removed from the file has what `default` gives for its name.
    ///
    /// # Errors
    /// `AwsError::Invalid` naming the property that has another shape.
    pub fn changed_typed<T: DeserializeOwned>(&self, default: impl Fn(&str) -> Option<Value>) -> Result<T, AwsError> {
        let value = |name: &String| self.desired.properties.get(name).cloned().or_else(|| default(name));
        typed(&self.changed.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect())
    }

    /// The live properties as a driver's own typed struct.
    ///
    /// # Errors
    /// `AwsError::Invalid` where the driver's own reading does not fit its struct.
    pub fn live_typed<T: DeserializeOwned>(&self) -> Result<T, AwsError> {
        typed(&self.live.properties)
    }
}
