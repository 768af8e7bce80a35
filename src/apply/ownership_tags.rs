use std::collections::BTreeSet;

use crate::aws::{AwsError, Context};
use crate::resources::{Desired, Driver, Live, Ownership, TagChange, Update, tags};
use crate::schema::{ResourceSchema, TagShape};
use crate::state::ResourceState;

/// The tags that say whose one object is. Changing them changes nothing else of it.
pub struct OwnershipTags<'a> {
    pub driver: &'a dyn Driver,
    pub schema: &'a ResourceSchema,
    pub context: &'a Context,
    pub live: &'a Live,
}

impl OwnershipTags<'_> {
    /// # Errors
    /// Those of the driver's update.
    pub async fn put(&self, ownership: &Ownership) -> Result<(), AwsError> {
        let set = ownership.tags().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        self.change(ownership.clone(), TagChange { set, remove: Vec::new() }).await
    }

    /// # Errors
    /// Those of the driver's update.
    pub async fn remove(&self) -> Result<(), AwsError> {
        let there = self.schema.tag_property().map(|tags| tags::from_json(self.live.properties.get(&tags.name)));
        let there = there.unwrap_or_default();
        let remove = Ownership::KEYS.into_iter().filter(|key| there.contains_key(*key)).map(str::to_owned).collect();
        let nobody = Ownership { project: String::new(), stack: String::new(), address: "".into() };
        self.change(nobody, TagChange { remove, ..TagChange::default() }).await
    }

    /// What state remembers once they are put: that they are this stack's to keep.
    pub fn written(&self, state: &ResourceState, ownership: &Ownership) -> ResourceState {
        let mut state = state.clone();
        if let Some(property) = self.schema.tag_property() {
            let pairs = ownership.tags();
            let tags = match property.shape {
                TagShape::Map => pairs.iter().map(|(key, value)| (*key, value.as_str())).collect(),
                TagShape::List { .. } => {
                    tags::to_json(pairs.iter().map(|(key, value)| (Some(*key), Some(value.as_str()))))
                }
            };
            state.properties.insert(property.name.clone(), tags);
        }
        state
    }

    async fn change(&self, ownership: Ownership, tags: TagChange) -> Result<(), AwsError> {
        if tags.is_empty() {
            return Ok(());
        }
        let settable = self.live.properties.iter().filter(|(name, _)| !self.schema.is_output(name));
        let properties = settable.map(|(name, value)| (name.clone(), value.clone())).collect();
        let desired = Desired { properties, ownership, token: ResourceState::new_token(), held: Vec::new() };
        let update = Update { id: &self.live.id, live: self.live, desired: &desired, changed: &BTreeSet::new(), tags };
        self.driver.update(self.context, &update).await
    }
}
