//! What AWS knows and this binary's drivers do not.

use std::collections::BTreeSet;

use crate::resources::{Driver, OnDelete, Registry};
use crate::schema::{Catalog, PropertyPath, ResourceSchema, TagShape};
use crate::stack::{Diagnostic, Diagnostics, Resource, Stack};
use crate::value::Value;

/// Refuses types without a driver and properties that a driver cannot set: ignoring them would be a lie.
///
/// # Errors
/// All of them at once, at their lines.
pub fn check(stack: &Stack, registry: &Registry) -> Result<(), Diagnostics> {
    let errors = problems(stack, registry);
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// What `check` refuses. The stack may be wrong otherwise.
pub fn problems(stack: &Stack, registry: &Registry) -> Diagnostics {
    let mut errors = Diagnostics::default();
    for resource in stack.resources.values() {
        match registry.get(&resource.type_name) {
            Some(driver) => {
                errors.extend(unsupported(stack, resource, driver));
                errors.extend(unencrypted(stack, resource));
                errors.extend(secret_names(stack, resource, driver));
            }
            // What is no type at all is told by the loader.
            None if Catalog::standard().get(&resource.type_name).is_none() => {}
            None => {
                let message = format!("this version of infra has no driver for {}", resource.type_name);
                errors.push(stack.diagnose(&resource.address, &["type"], message, None));
            }
        }
    }
    errors
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

/// Names, identifiers and keys of tags that are made of a secret: everybody who may list objects sees them, and so does
/// state.
fn secret_names(stack: &Stack, resource: &Resource, driver: &dyn Driver) -> Vec<Diagnostic> {
    let Some(schema) = Catalog::standard().get(&resource.type_name) else { return Vec::new() };
    let is_secret = |path: &[&str]| resource.has_property(path) && stack.is_made_of_secret(resource, path);
    let names = names(&schema, driver).into_iter().filter(|name| is_secret(&[name]));
    let names = names.map(|name| told_by_name(stack, resource, name));
    let keys = tag_keys(&schema).into_iter().flat_map(|(tags, key)| {
        let items = (0..).map(|index| index.to_string()).take_while(|index| resource.has_property(&[tags, index]));
        let secret: Vec<_> = items.filter(|index| is_secret(&[tags, index, key])).collect();
        secret.into_iter().map(move |index| told_by_key(stack, resource, &[tags, &index, key]))
    });
    names.chain(keys).collect()
}

/// The same where one expression gives more than the name or the tag, so that only its value can tell.
pub fn secret_name(stack: &Stack, resource: &Resource, driver: &dyn Driver, evaluated: &Value) -> Option<Diagnostic> {
    let schema = Catalog::standard().get(&resource.type_name)?;
    let is_told = |value: &Value| matches!(value, Value::String(text) if stack.secrets().is_told_by(text));
    let is_made = |path: &[&str]| !resource.has_property(path) && stack.is_made_of_secret(resource, path);
    let name = names(&schema, driver)
        .into_iter()
        .find(|name| evaluated.get(name).is_some_and(|value| is_made(&[name]) && is_told(value)));
    if let Some(name) = name {
        return Some(told_by_name(stack, resource, name));
    }
    let (tags, key) = tag_keys(&schema)?;
    let Value::List(items) = evaluated.get(tags)? else { return None };
    let is_secret = |item: &Value| item.get(key).is_some_and(is_told);
    (is_made(&[tags, "0", key]) && items.iter().any(is_secret)).then(|| told_by_key(stack, resource, &[tags]))
}

/// The properties that name an object or identify it.
fn names<'a>(schema: &'a ResourceSchema, driver: &dyn Driver) -> BTreeSet<&'a str> {
    let identifiers = schema.primary_identifier().iter().filter_map(PropertyPath::top_level);
    driver.name_rule().map(|rule| rule.property).into_iter().chain(identifiers).collect()
}

/// The property with the tags, and what the key of one is called in it.
fn tag_keys(schema: &ResourceSchema) -> Option<(&str, &str)> {
    let tags = schema.tag_property()?;
    match &tags.shape {
        TagShape::List { key, .. } => Some((&tags.name, key)),
        TagShape::Map => None,
    }
}

fn told_by_name(stack: &Stack, resource: &Resource, name: &str) -> Diagnostic {
    let message = format!("`{name}` names the object, which everybody sees, so it cannot hold a secret");
    stack.diagnose(&resource.address, &[name], message, None)
}

fn told_by_key(stack: &Stack, resource: &Resource, path: &[&str]) -> Diagnostic {
    let help = Some("a tag's value can hold one, and is covered".to_owned());
    stack.diagnose(&resource.address, path, "the key of a tag is seen by everybody, so it cannot hold a secret", help)
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

    fn problems(resources: &str) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let head = "project: shop\nregion: us-west-2\nencryption: { passphrase_env: SHOP }\nconfig: { key: { secret: required } }\n";
        std::fs::write(folder.path().join("dev.yaml"), format!("{head}resources:\n{resources}"))
            .expect("a written file");
        let stack = Stack::load(folder.path(), "dev", &LoadOptions::default())
            .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        check(&stack, &Registry::standard()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn names_that_are_made_of_secrets_are_refused_before_their_values_are_known() {
        let password = "  password: { type: 'Infra::RandomPassword' }\n";
        for name in
            ["${config.key}", "q-${config.key}", "q-${password.Value}", "${other.QueueName}", "${sha256(config.key)}"]
        {
            let told = problems(&format!(
                "{password}  other: {{ type: 'AWS::SQS::Queue', properties: {{ QueueName: 'o-${{password.Value}}' }} }}\n  jobs: {{ \
                 type: 'AWS::SQS::Queue', properties: {{ QueueName: '{name}' }} }}\n"
            ));
            assert_eq!(told.matches("`QueueName` names the object").count(), 2, "{name}: {told}");
        }
        let told = problems(&format!(
            "{password}  jobs: {{ type: 'AWS::SQS::Queue', properties: {{ QueueName: 'q-${{password.PasswordLength}}' }} }}\n"
        ));
        assert_eq!(told, "");
    }

    #[test]
    fn the_key_of_a_tag_cannot_hold_a_secret_and_its_value_can() {
        let told = problems(
            "  jobs:\n    type: AWS::SQS::Queue\n    properties:\n      Tags:\n        - { Key: 'x-${config.key}', Value: y }\n        \
             - { Key: y, Value: '${config.key}' }\n",
        );
        assert_eq!(told.matches("the key of a tag").count(), 1, "{told}");
        assert!(told.contains("dev.yaml:10:"), "{told}");
    }

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
