use std::time::Duration;

use serde_json::json;

use super::Setting;
use crate::address::Address;
use crate::resources::{Driver, OnDelete};
use crate::stack::{Resource, Stack};
use crate::state::{Origin, ResourceState};

/// What the file says of a resource that state has to remember when the file is gone.
pub struct Metadata {
    dependencies: Vec<Address>,
    protect: bool,
    on_delete: OnDelete,
    timeout: Option<Duration>,
}

impl Metadata {
    /// Stateful objects of a stack that is not ephemeral are protected, and databases leave a last snapshot behind. In an
    /// ephemeral stack, so is what it took in: that was there before it.
    pub fn of(stack: &Stack, resource: &Resource, driver: &dyn Driver, origin: Origin) -> Self {
        let keeps_data = driver.stateful() && !stack.ephemeral;
        let standard = if keeps_data && driver.has_snapshots() { OnDelete::Snapshot } else { OnDelete::Delete };
        Self {
            dependencies: resource.depends_on.iter().cloned().collect(),
            protect: resource.protect.unwrap_or(keeps_data || stack.ephemeral && origin == Origin::Imported),
            on_delete: resource.on_delete.unwrap_or(standard),
            timeout: resource.timeout,
        }
    }

    #[cfg(test)]
    pub fn protecting(protect: bool) -> Self {
        Self { dependencies: Vec::new(), protect, on_delete: OnDelete::Delete, timeout: None }
    }

    pub fn protects(&self) -> bool {
        self.protect
    }

    pub fn on_delete(&self) -> OnDelete {
        self.on_delete
    }

    /// What state would have to remember anew.
    pub fn changes(&self, state: &ResourceState) -> Vec<Setting> {
        let settings = [
            ("protect", json!(state.protect), json!(self.protect)),
            ("on_delete", json!(state.on_delete), json!(self.on_delete)),
        ];
        let changed = settings.into_iter().filter(|(_, before, after)| before != after);
        changed.map(|(name, before, after)| Setting { name: name.to_owned(), before, after }).collect()
    }

    pub fn write(self, state: &mut ResourceState) {
        state.dependencies = self.dependencies;
        state.protect = self.protect;
        state.on_delete = self.on_delete;
        state.timeout = self.timeout;
    }
}
