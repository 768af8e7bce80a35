//! What AWS knows and this binary's drivers do not.

use super::PlanError;
use crate::resources::{Driver, Registry};
use crate::stack::{Diagnostics, Resource, Stack};

/// Refuses types without a driver and properties that a driver cannot set: ignoring them would be a lie.
///
/// # Errors
/// All of them at once, at their lines.
pub fn check(stack: &Stack, registry: &Registry) -> Result<(), PlanError> {
    let mut errors = Diagnostics(Vec::new());
    for resource in stack.resources.values() {
        match registry.get(&resource.type_name) {
            Some(driver) => errors.0.extend(unsupported(stack, resource, driver).0),
            None => {
                let message = format!("this version of infra has no driver for {}", resource.type_name);
                errors.0.push(stack.diagnose(&resource.address, &["type"], message, None));
            }
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(errors.into()) }
}

fn unsupported(stack: &Stack, resource: &Resource, driver: &dyn Driver) -> Diagnostics {
    let mut errors = Diagnostics(Vec::new());
    for path in driver.unsupported() {
        let keys: Vec<&str> = path.trim_start_matches("/properties/").split('/').collect();
        if resource.has_property(&keys) {
            let message = format!("this version of infra cannot set {} of {}", keys.join("."), resource.type_name);
            errors.0.push(stack.diagnose(&resource.address, &keys, message, None));
        }
    }
    errors
}
