use serde_json::json;

use super::fixture::{Folder, Known, errors};
use crate::secrets::Secrets;
use crate::stack::{LoadOptions, NothingKnown, Stack};

const HEAD: &str = "project: shop\nregion: us-west-2\n";

fn with_secrets(text: &str, set: &[(&str, &str)]) -> (Stack, Secrets) {
    let folder = Folder::new(&[("dev.yaml", &format!("{HEAD}{text}"))]);
    let overrides: Vec<_> = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let secrets = Secrets::default();
    let options = LoadOptions { overrides: &overrides, secrets: secrets.clone(), ..LoadOptions::default() };
    let stack = Stack::load(folder.path(), "dev", &options).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    (stack, secrets)
}

const TASK: &str = "config: { database: { password: { secret: required } }, level: info }\nresources:\n  jobs:\n    \
                    type: AWS::SQS::Queue\n    properties:\n      Tags:\n        - { Key: url, Value: \
                    \"postgres://app:${config.database.password}@db\" }\n        - { Key: level, Value: \
                    \"${config.level}\" }\n        - { Key: upper, Value: \
                    \"${config.database.password.upperAscii()}\" }\n";

#[test]
fn what_an_expression_makes_of_a_secret_is_one_too() {
    let (stack, secrets) = with_secrets(TASK, &[("database.password", "hunter2")]);
    let evaluated = stack.evaluate(&"jobs".into(), &NothingKnown).expect("values").to_json().expect("known values");
    assert_eq!(evaluated["Tags"][0]["Value"], "postgres://app:hunter2@db");
    for secret in ["hunter2", "postgres://app:hunter2@db", "HUNTER2"] {
        assert!(secrets.has(secret), "{secret}");
    }
    assert!(!secrets.has("info"));
}

#[test]
fn a_secret_that_another_resource_gives_spreads_as_well() {
    let text = "resources:\n  password: { type: 'Infra::RandomPassword' }\n  jobs:\n    type: AWS::SQS::Queue\n    \
                properties: { Tags: [{ Key: url, Value: \"app:${password.Value}\" }] }\n";
    let (stack, secrets) = with_secrets(text, &[]);
    secrets.add("generated");
    let known = Known::default().with("password", json!({"Id": "1", "Value": "generated"}));
    stack.evaluate(&"jobs".into(), &known).expect("values");
    assert!(secrets.has("app:generated"));
}

#[test]
fn a_secret_without_a_value_is_unknown_and_told() {
    let (stack, _) = with_secrets(TASK, &[]);
    let [missing] = stack.unknown_secrets.as_slice() else { panic!("{:?}", stack.unknown_secrets) };
    assert_eq!((missing.key.as_str(), missing.ciphertext.is_none()), ("database.password", true));
    assert_eq!(missing.variable, "INFRA_CONFIG_DATABASE__PASSWORD");
    assert_eq!(serde_json::Value::Object(stack.config.clone()), json!({"database": {}, "level": "info"}));
    let evaluated = stack.evaluate(&"jobs".into(), &NothingKnown).expect("values");
    assert!(!evaluated.is_known());
}

#[test]
fn a_secret_is_text_whatever_it_looks_like_and_is_no_part_of_the_digest() {
    let (one, secrets) = with_secrets(TASK, &[("database.password", "0123")]);
    assert!(secrets.has("0123"));
    let (other, _) = with_secrets(TASK, &[("database.password", "true")]);
    assert_eq!(one.digest, other.digest, "a digest without a key can be tried with values");
    assert_ne!(one.digest, with_secrets(TASK, &[("level", "debug")]).0.digest);
}

#[test]
fn a_secret_in_the_clear_is_refused() {
    insta::assert_snapshot!(errors("config:\n  token: { secret: hunter2 }\n"), @r"
    error: a secret is not written in the clear
     --> stacks/dev.yaml:4:20
      |
    4 |   token: { secret: hunter2 }
      |                    ^^^^^^^
      = write `secret: required`, or let `infra config set token --secret` encrypt the value
    ");
}

#[test]
fn a_map_around_a_secret_is_not_replaced_as_a_whole() {
    let folder = Folder::new(&[("dev.yaml", &format!("{HEAD}{TASK}"))]);
    let told = folder.errors("dev", &[("database", "{ password: hunter2hunter2 }")]);
    assert!(told.contains("`database` holds the secret `database.password`"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}
