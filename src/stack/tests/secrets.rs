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

const KEYED: &str = "config:\n  api_key: { secret: required }\n  accounts: { one: { secret: required }, two: { secret: required } }\n  \
                     engine: hunter2hunter2\nresources:\n";

/// What is wrong with a stack whose secrets are given. Where the same shows without them, it is told in the same words.
#[track_caller]
fn refused(resources: &str) -> String {
    let folder = Folder::new(&[("dev.yaml", &format!("{HEAD}{KEYED}{resources}"))]);
    let given = [("api_key", "hunter2hunter2"), ("accounts.one", "planted-one"), ("accounts.two", "planted-two")];
    let known = folder.errors("dev", &given);
    assert!(!known.contains("planted") && !known.replace("engine: hunter2hunter2", "").contains("hunter2"), "{known}");
    if let Err(unknown) = folder.load("dev", &[]) {
        assert_eq!(folder.shown(&unknown), known);
    }
    known
}

#[test]
fn a_secret_cannot_become_an_address() {
    for for_each in [
        "['${config.api_key}']",
        "[plain, 'q-${config.api_key}']",
        "'${[config.api_key]}'",
        "'${[config.api_key.upperAscii()]}'",
        "'${config.accounts.map(name, config.accounts[name])}'",
    ] {
        let told = refused(&format!("  jobs:\n    type: AWS::SQS::Queue\n    for_each: {for_each}\n"));
        assert!(told.contains("part of an address"), "{for_each}: {told}");
        assert!(told.contains("stacks/dev.yaml:10:"), "{told}");
    }
}

#[test]
fn a_key_of_a_map_cannot_hold_a_secret_wherever_the_map_is_used() {
    let (key, text) = ("${ {config.api_key: 1} }", "api_key=hunter2hunter2");
    for used in [
        format!("  jobs:\n    type: AWS::SQS::Queue\n    for_each: '{key}'\n"),
        format!("  a: {{ type: AWS::SQS::Queue }}\noutputs:\n  it: '{key}'\n"),
        "  a: { type: AWS::SQS::Queue }\noutputs:\n  it: '${[{config.api_key.upperAscii(): 1}]}'\n".to_owned(),
    ] {
        let folder = Folder::new(&[("dev.yaml", &format!("{HEAD}{KEYED}{used}"))]);
        let told = folder.errors("dev", &[text.split_once('=').expect("a pair")]);
        assert!(told.contains("a key of a map cannot hold a secret"), "{told}");
        assert!(!told.replace("engine: hunter2hunter2", "").contains("hunter2"), "{told}");
    }
}

#[test]
fn options_that_stand_in_plans_and_state_cannot_hold_a_secret() {
    for option in ["region", "import", "on_delete", "moved_from", "ignore_changes", "timeout", "replace"] {
        let told = refused(&format!("  jobs:\n    type: AWS::SQS::Queue\n    {option}: 'x-${{config.api_key}}'\n"));
        assert!(told.contains(&format!("`{option}` stands in plans and in state")), "{told}");
    }
}

#[test]
fn keys_conditions_and_equal_words_are_no_secrets() {
    let text = format!(
        "{KEYED}  jobs:\n    type: AWS::SQS::Queue\n    for_each: '${{config.accounts}}'\n  names:\n    type: \
         AWS::SQS::Queue\n    for_each: '${{config.accounts.map(name, name)}}'\n    when: '${{config.api_key != \"\"}}'\n    \
         protect: '${{config.api_key == \"\"}}'\n  word:\n    type: AWS::SQS::Queue\n    for_each: ['${{config.engine}}']\n"
    );
    let given = [("api_key", "hunter2hunter2"), ("accounts.one", "planted-one"), ("accounts.two", "planted-two")];
    let (stack, _) = with_secrets(&text, &given);
    let addresses: Vec<&str> = stack.resources.keys().map(|address| address.as_str()).collect();
    assert_eq!(
        addresses,
        ["jobs[\"one\"]", "jobs[\"two\"]", "names[\"one\"]", "names[\"two\"]", "word[\"hunter2hunter2\"]"]
    );
}
