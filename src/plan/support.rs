//! What AWS knows and this binary's drivers do not.

use super::PlanError;
use crate::resources::{Driver, OnDelete, Registry};
use crate::schema::{Catalog, PropertyPath};
use crate::stack::{Diagnostic, Diagnostics, Resource, Stack};
use crate::value::Value;

/// Refuses types without a driver and properties that a driver cannot set: ignoring them would be a lie.
///
/// # Errors
/// All of them at once, at their lines.
pub fn check(stack: &Stack, registry: &Registry) -> Result<(), PlanError> {
    let mut errors = Diagnostics(Vec::new());
    for resource in stack.resources.values() {
        match registry.get(&resource.type_name) {
            Some(driver) => {
                errors.0.extend(unsupported(stack, resource, driver).0);
                errors.0.extend(unencrypted(stack, resource));
            }
            None => {
                let message = format!("this version of infra has no driver for {}", resource.type_name);
                errors.0.push(stack.diagnose(&resource.address, &["type"], message, None));
            }
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// True if applying the stack keeps secrets in its state.
pub fn keeps_secrets(stack: &Stack) -> bool {
    stack.resources.values().any(keeps_secret)
}

fn keeps_secret(resource: &Resource) -> bool {
    let schema = Catalog::standard().get(&resource.type_name);
    schema.is_some_and(|schema| schema.attributes().any(|name| schema.is_secret_output(name)))
}

/// A secret that state has to keep, and nothing to encrypt it with.
fn unencrypted(stack: &Stack, resource: &Resource) -> Option<Diagnostic> {
    let message = format!("{} is kept in state, and the stack file does not say how to encrypt it", resource.type_name);
    let help = "add `encryption: { passphrase_env: NAME }` or `encryption: { kms: KEY }`".to_owned();
    (keeps_secret(resource) && stack.encryption.is_none())
        .then(|| stack.diagnose(&resource.address, &["type"], message, Some(help)))
}

/// A name or identifier that holds a secret: everybody who may list objects sees it, and so does state.
pub fn secret_name(stack: &Stack, resource: &Resource, driver: &dyn Driver, evaluated: &Value) -> Option<Diagnostic> {
    let schema = Catalog::standard().get(&resource.type_name)?;
    let identifiers = schema.primary_identifier().iter().filter_map(PropertyPath::top_level);
    let names = driver.name_rule().map(|rule| rule.property).into_iter().chain(identifiers);
    let is_secret = |name: &&str| matches!(evaluated.get(name), Some(Value::String(text)) if stack.secrets().has(text));
    let name = names.into_iter().find(is_secret)?;
    let message = format!("`{name}` names the object, which everybody sees, so it cannot hold a secret");
    Some(stack.diagnose(&resource.address, &[name], message, None))
}

fn unsupported(stack: &Stack, resource: &Resource, driver: &dyn Driver) -> Diagnostics {
    let mut errors = Diagnostics(Vec::new());
    if resource.on_delete == Some(OnDelete::Snapshot) && !driver.has_snapshots() {
        let message = format!("{} takes no snapshots", resource.type_name);
        let help = Some("write `on_delete: retain` to keep the object itself".to_owned());
        errors.0.push(stack.diagnose(&resource.address, &["on_delete"], message, help));
    }
    for path in driver.unsupported() {
        let keys: Vec<&str> = path.trim_start_matches("/properties/").split('/').collect();
        if resource.has_property(&keys) {
            let message = format!("this version of infra cannot set {} of {}", keys.join("."), resource.type_name);
            errors.0.push(stack.diagnose(&resource.address, &keys, message, None));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::LoadOptions;

    #[test]
    fn a_snapshot_of_what_takes_none_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text = "project: shop\nregion: us-west-2\nresources:\n  jobs: { type: AWS::SQS::Queue, on_delete: snapshot }\n  \
                    db:\n    type: AWS::RDS::DBCluster\n    on_delete: snapshot\n    \
                    properties: { Engine: aurora-postgresql, MasterUsername: app, ManageMasterUserPassword: true }\n";
        std::fs::write(folder.path().join("dev.yaml"), text).expect("a written file");
        let stack = Stack::load(folder.path(), "dev", &LoadOptions::default())
            .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let error = check(&stack, &Registry::standard()).expect_err("no snapshots of a queue").to_string();
        assert!(error.contains("AWS::SQS::Queue takes no snapshots"), "{error}");
        assert!(error.contains("dev.yaml:4:"), "{error}");
        assert!(!error.contains("DBCluster"), "{error}");
    }
}
