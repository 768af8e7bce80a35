use std::time::Duration;

use serde_json::json;

use super::fixture::{Folder, errors, stack};
use crate::encryption::{Encryption, EncryptionKey};

#[test]
fn the_head_of_a_file_becomes_the_stacks_fields() {
    let stack = stack(
        r#"
account: "123456789012"
state: s3://shop-state
ephemeral: true
ttl: 72h
config: { size: 2, names: [a, b], on: no }
tags: { team: web, cost: 7, own: "${stack.name}-${config.size}" }
"#,
    );
    assert_eq!((stack.name.as_str(), stack.project.as_str(), stack.region.as_str()), ("dev", "shop", "us-west-2"));
    assert_eq!((stack.account.as_deref(), stack.state.as_deref()), (Some("123456789012"), Some("s3://shop-state")));
    assert!(stack.ephemeral);
    assert_eq!(stack.ttl, Some(Duration::from_secs(72 * 3600)));
    assert_eq!(serde_json::Value::from(stack.config), json!({"size": 2, "names": ["a", "b"], "on": "no"}));
    let tags: Vec<_> = stack.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(tags, ["team=web", "cost=7", "own=dev-2"]);
    assert!(stack.resources.is_empty());
}

#[test]
fn the_heads_values_are_checked() {
    let folder =
        Folder::new(&[("dev.yaml", "project: My Shop\nregion: us-wset-2\naccount: 012345678901\nttl: soon\n")]);
    insta::assert_snapshot!(folder.errors("dev", &[]), @r#"
    error: the project `My Shop` cannot be part of AWS names: it takes lower-case letters, digits and single hyphens, a letter first
     --> stacks/dev.yaml:1:10
      |
    1 | project: My Shop
      |          ^^^^^^^
      = write `my-shop`

    error: `us-wset-2` is no AWS region such as us-west-2
     --> stacks/dev.yaml:2:9
      |
    2 | region: us-wset-2
      |         ^^^^^^^^^
      = did you mean `us-west-2`?

    error: `account` must be a text, and this is a number
     --> stacks/dev.yaml:3:10
      |
    3 | account: 012345678901
      |          ^^^^^^^^^^^^
      = quote it: "012345678901"

    error: `soon` is no duration: expected number at 0
     --> stacks/dev.yaml:4:6
      |
    4 | ttl: soon
      |      ^^^^
      = write `72h`
    "#);
    let folder =
        Folder::new(&[("dev.yaml", "region: nowhere\naccount: \"12\"\nttl: 1h\ntags: {\"aws:x\": a, l: [1]}\n")]);
    insta::assert_snapshot!(folder.errors("dev", &[]), @r#"
    error: the stack file has no `project`
     --> stacks/dev.yaml:1:1
      |
    1 | region: nowhere
      | ^
      = add `project: shop`

    error: `nowhere` is no AWS region such as us-west-2
     --> stacks/dev.yaml:1:9
      |
    1 | region: nowhere
      |         ^^^^^^^

    error: `12` is no AWS account: that has 12 digits
     --> stacks/dev.yaml:2:10
      |
    2 | account: "12"
      |          ^^^^

    error: only an ephemeral stack has a `ttl`
     --> stacks/dev.yaml:3:6
      |
    3 | ttl: 1h
      |      ^^
      = add `ephemeral: true`, or leave `ttl` out

    error: tags that begin with `infra:` or `aws:` cannot be set, as `aws:x` does
     --> stacks/dev.yaml:4:8
      |
    4 | tags: {"aws:x": a, l: [1]}
      |        ^^^^^^^

    error: the value of the tag `l` must be a text
     --> stacks/dev.yaml:4:20
      |
    4 | tags: {"aws:x": a, l: [1]}
      |                    ^
    "#);
}

#[test]
fn a_duration_without_a_unit_and_a_flag_that_is_none_say_what_to_write() {
    let head = "project: shop\nregion: us-east-9\n";
    let errors = |rest: &str| Folder::new(&[("dev.yaml", &format!("{head}{rest}"))]).errors("dev", &[]);
    insta::assert_snapshot!(errors("ephemeral: yes\nttl: 72\n"), @r"
    error: `us-east-9` is no AWS region such as us-west-2
     --> stacks/dev.yaml:2:9
      |
    2 | region: us-east-9
      |         ^^^^^^^^^
      = did you mean `us-east-1`?

    error: `ephemeral` must be true or false, and this is a text
     --> stacks/dev.yaml:3:12
      |
    3 | ephemeral: yes
      |            ^^^
      = write `true`

    error: `72` has no unit
     --> stacks/dev.yaml:4:6
      |
    4 | ttl: 72
      |      ^^
      = write `72h`
    ");
    insta::assert_snapshot!(errors("ephemeral: true\nttl: [1]\nresources: { a: { type: AWS::SQS::Queue, timeout: 5 } }\n"), @r"
    error: `us-east-9` is no AWS region such as us-west-2
     --> stacks/dev.yaml:2:9
      |
    2 | region: us-east-9
      |         ^^^^^^^^^
      = did you mean `us-east-1`?

    error: `ttl` must be a duration, and this is a list
     --> stacks/dev.yaml:4:6
      |
    4 | ttl: [1]
      |      ^^^
      = write `72h`

    error: `timeout` must be a duration
     --> stacks/dev.yaml:5:51
      |
    5 | resources: { a: { type: AWS::SQS::Queue, timeout: 5 } }
      |                                                   ^
      = write `5m`
    ");
}

#[test]
fn state_is_a_folder_or_a_bucket_as_s3_names_them() {
    let error = |state: &str| errors(&format!("state: {state}\n")).lines().next().unwrap_or_default().to_owned();
    for state in ["s3:/bucket", "s3://", "s3://ab", "s3://-shop", "s3://10.0.0.1", "s3://a..b", "gs://bucket", "\" \""]
    {
        assert!(error(state).starts_with("error: "), "{state}");
    }
    assert_eq!(stack("state: s3://shop-state/a/b\n").state.as_deref(), Some("s3://shop-state/a/b"));
    assert_eq!(stack("state: ../state\n").state.as_deref(), Some("../state"));
    insta::assert_snapshot!(errors("state: s3:/bucket\n"), @r"
    error: `s3:/bucket` is no bucket
     --> stacks/dev.yaml:3:8
      |
    3 | state: s3:/bucket
      |        ^^^^^^^^^^
      = write `s3://bucket`
    ");
    insta::assert_snapshot!(errors("state: s3://BAD_bucket/x\n"), @r"
    error: `BAD_bucket` cannot be the name of a bucket: it takes 3 to 63 lower-case letters, digits, hyphens and dots, a letter or digit at both ends
     --> stacks/dev.yaml:3:8
      |
    3 | state: s3://BAD_bucket/x
      |        ^^^^^^^^^^^^^^^^^
      = write `bad-bucket`
    ");
}

#[test]
fn encryption_is_a_kms_key_or_the_variable_of_a_passphrase() {
    let encryption = |text: &str| stack(&format!("encryption: {{ {text} }}\n")).encryption;
    assert_eq!(stack("").encryption, None);
    let variable = "SHOP_PASSPHRASE".to_owned();
    assert_eq!(encryption("passphrase_env: SHOP_PASSPHRASE"), Some(alone(EncryptionKey::Passphrase { variable })));
    for key in [
        "alias/shop",
        "0987dcba-09fe-87dc-65ba-ab0987654321",
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/team/shop",
    ] {
        assert_eq!(encryption(&format!("kms: {key:?}")), Some(alone(EncryptionKey::Kms { key: key.to_owned() })));
    }
}

fn alone(present: EncryptionKey) -> Encryption {
    Encryption { present, former: Vec::new(), former_project: None }
}

#[test]
fn former_keys_are_one_or_several_in_any_combination() {
    let former = |text: &str| {
        let stack = stack(&format!("encryption: {{ passphrase_env: NEW, former: {text} }}\n"));
        let keys = stack.encryption.expect("encryption").former;
        keys.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(former("{ passphrase_env: OLD }"), ["passphrase_env: OLD"]);
    assert_eq!(former("[{ kms: alias/shop }, { passphrase_env: OLD }]"), ["kms: alias/shop", "passphrase_env: OLD"]);
    for (text, told) in [
        ("{ passphrase_env: NEW }", "`former` names the present key"),
        ("{}", "`former` does not say with what"),
        ("OLD", "`former` must be a map or a list of maps, and this is a text"),
        ("{ passphrase_env: A, kms: alias/b }", "`former` takes `kms` or `passphrase_env`, not both"),
        ("{ passphrase_env: A, former: { passphrase_env: B } }", "unknown key `former`"),
    ] {
        let errors = errors(&format!("encryption: {{ passphrase_env: NEW, former: {text} }}\n"));
        assert!(errors.contains(told), "{text}: {errors}");
    }
}

#[test]
fn encryption_that_is_not_one_of_the_two_says_what_to_write() {
    insta::assert_snapshot!(errors("encryption: { kms: alias/shop, passphrase_env: SHOP }\n"), @"
    error: `encryption` takes `kms` or `passphrase_env`, not both
     --> stacks/dev.yaml:3:1
      |
    3 | encryption: { kms: alias/shop, passphrase_env: SHOP }
      | ^^^^^^^^^^
      = keep the one that the stack's secrets are encrypted with
    ");
    insta::assert_snapshot!(errors("encryption: {}\n"), @"
    error: `encryption` does not say with what
     --> stacks/dev.yaml:3:1
      |
    3 | encryption: {}
      | ^^^^^^^^^^
      = write `encryption: { kms: alias/NAME }` or `encryption: { passphrase_env: VARIABLE }`
    ");
    insta::assert_snapshot!(errors("encryption: alias/shop\n"), @"
    error: `encryption` must be a map, and this is a text
     --> stacks/dev.yaml:3:13
      |
    3 | encryption: alias/shop
      |             ^^^^^^^^^^
      = write `encryption: { kms: alias/NAME }` or `encryption: { passphrase_env: VARIABLE }`
    ");
    insta::assert_snapshot!(errors("encryption:\n"), @"
    error: `encryption` must be a map, and this is nothing
     --> stacks/dev.yaml:3:1
      |
    3 | encryption:
      | ^^^^^^^^^^
      = write `encryption: { kms: alias/NAME }` or `encryption: { passphrase_env: VARIABLE }`
    ");
    insta::assert_snapshot!(errors("encryption: { kms: shop }\n"), @"
    error: `shop` is no KMS key
     --> stacks/dev.yaml:3:20
      |
    3 | encryption: { kms: shop }
      |                    ^^^^
      = write `alias/shop`, if that is the key's alias
    ");
    insta::assert_snapshot!(errors("encryption: { kms: \"arn:aws:sqs:us-west-2:111122223333:shop\" }\n"), @r#"
    error: `arn:aws:sqs:us-west-2:111122223333:shop` is no KMS key
     --> stacks/dev.yaml:3:20
      |
    3 | encryption: { kms: "arn:aws:sqs:us-west-2:111122223333:shop" }
      |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = write the key's id or ARN, or an alias: `alias/NAME`
    "#);
    insta::assert_snapshot!(errors("encryption: { kms: 5, pasphrase_env: SHOP }\n"), @r#"
    error: `kms` must be a text, and this is a number
     --> stacks/dev.yaml:3:20
      |
    3 | encryption: { kms: 5, pasphrase_env: SHOP }
      |                    ^
      = quote it: "5"

    error: unknown key `pasphrase_env`
     --> stacks/dev.yaml:3:23
      |
    3 | encryption: { kms: 5, pasphrase_env: SHOP }
      |                       ^^^^^^^^^^^^^
      = did you mean `passphrase_env`?
    "#);
    insta::assert_snapshot!(errors("encryption: { kms: \"alias/${stack.name}\" }\n"), @r#"
    error: `encryption` is read before anything else and takes no expressions
     --> stacks/dev.yaml:3:20
      |
    3 | encryption: { kms: "alias/${stack.name}" }
      |                    ^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(errors("encryption: { passphrase_env: correct horse }\n"), @"
    error: `passphrase_env` takes the name of an environment variable, letters, digits and `_`, no digit first
     --> stacks/dev.yaml:3:31
      |
    3 | encryption: { passphrase_env: correct horse }
      |                               ^^^^^^^^^^^^^
      = write `passphrase_env: INFRA_PASSPHRASE`
    ");
}

#[test]
fn a_former_name_is_a_project_or_a_project_and_a_stack() {
    let former = |head: &str| stack(head).renamed_from.map(|name| (name.project, name.stack));
    assert_eq!(former(""), None);
    assert_eq!(former("renamed_from: mall\n"), Some(("mall".to_owned(), "dev".to_owned())));
    assert_eq!(former("renamed_from: mall/main\n"), Some(("mall".to_owned(), "main".to_owned())));
    let encrypted = stack("renamed_from: mall\nencryption: { kms: alias/shop }\n");
    assert_eq!(encrypted.encryption.and_then(|encryption| encryption.former_project).as_deref(), Some("mall"));
}

#[test]
fn a_former_name_that_is_none_says_what_to_write() {
    for (head, message) in [
        ("renamed_from: Mall\n", "the project `Mall` cannot be part of AWS names"),
        ("renamed_from: mall/Main\n", "the stack name `Main` cannot be part of AWS names"),
        ("renamed_from: mall/\n", "the stack name `` cannot be part of AWS names"),
        ("renamed_from: shop/dev\n", "`renamed_from` names the stack itself"),
        ("renamed_from: shop\n", "`renamed_from` names the stack itself"),
        ("match: 'd*'\nrenamed_from: mall/main\n", "name the project alone, `renamed_from: mall`"),
    ] {
        let text = errors(head);
        assert!(text.contains(message), "{head}: {text}");
    }
}
