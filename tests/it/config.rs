//! `infra config`: values of the stack file, and its secrets.

use std::fs;

use insta::assert_snapshot;

use crate::encryption::key;
use crate::environment::TestEnvironment;
use crate::proxy::Routes;
use crate::world::World;

const FILE: &str = "# the shop
project: shop
region: us-west-2
encryption: { passphrase_env: SHOP_PASSPHRASE }

config:
  # how long a job may take
  timeout: 45   # seconds
  database: { max: 4, min: 1 }
resources:
  jobs:
    type: AWS::SQS::Queue
    properties: { VisibilityTimeout: \"${config.timeout}\" }
";

const SECRET: &str = "pä\"ss\nword";

fn environment(text: &str) -> TestEnvironment {
    let mut environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", text);
    environment.set("SHOP_PASSPHRASE", "correct horse");
    environment
}

fn file(environment: &TestEnvironment) -> String {
    fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack file")
}

#[test]
fn a_value_is_set_and_the_rest_of_the_file_stays_as_it_was() {
    let environment = environment(FILE);
    let set = environment.run(&["config", "set", "timeout", "60"]).expect(0);
    assert_eq!((set.stdout.as_str(), set.stderr.as_str()), ("", "stacks/dev.yaml: set `timeout`\n"));
    assert_eq!(file(&environment), FILE.replace("45", "60"));
    environment.run(&["config", "set", "database.size", "-2"]).expect(0);
    environment.run(&["config", "rm", "database.max"]).expect(0);
    assert_eq!(file(&environment), FILE.replace("45", "60").replace("{ max: 4, min: 1 }", "{ min: 1, size: -2 }"));
    assert_eq!(environment.run(&["config", "get", "timeout"]).expect(0).stdout, "60\n");
    assert_snapshot!(environment.run(&["config", "get"]).expect(0), @"
    timeout = 60
    database.min = 1
    database.size = -2
    ");
    assert_snapshot!(environment.run(&["config", "get", "--json"]).expect(0), @r#"
    {
      "version": 1,
      "config": {
        "timeout": 60,
        "database": {
          "min": 1,
          "size": -2
        }
      }
    }
    "#);
    assert!(environment.proxy.calls().is_empty());
}

#[test]
fn a_secret_from_standard_input_is_encrypted_in_the_file_and_comes_back() {
    let environment = environment(FILE);
    let set = environment.run_with_input(&["config", "set", "token", "--secret"], &format!("{SECRET}\n")).expect(0);
    assert_eq!(set.stderr, "stacks/dev.yaml: set `token`, encrypted\n");
    let text = file(&environment);
    let line = text.lines().find(|line| line.contains("token")).expect("the secret's line");
    assert!(line.starts_with("  token: { secret: \"age:") && line.ends_with("\" }"), "{line}");
    assert_eq!(text.replace(&format!("{line}\n"), ""), FILE);

    assert_eq!(environment.run(&["config", "get", "token"]).expect(0).stdout, "(secret)\n");
    let shown = environment.run(&["config", "get", "token", "--show-secrets"]).expect(0);
    assert_eq!(shown.stdout, format!("{SECRET}\n"));
    let all = environment.run(&["config", "get", "--show-secrets", "--json"]).expect(0);
    let all: serde_json::Value = serde_json::from_str(&all.stdout).expect("JSON");
    assert_eq!(all["config"], serde_json::json!({"timeout": 45, "database": {"max": 4, "min": 1}, "token": SECRET}));
    assert!(environment.proxy.calls().is_empty(), "a passphrase needs no AWS");
}

#[test]
fn a_secret_does_not_become_plain_by_accident() {
    let environment = environment(FILE);
    environment.run(&["config", "set", "token", "hunter2", "--secret"]).expect(0);
    let before = file(&environment);
    assert_snapshot!(environment.run(&["config", "set", "token", "hunter3"]).expect(1), @"
    ------- stderr -------
    error: `token` is a secret, and without --secret its new value would stand in the clear
    hint: keep it secret with --secret, or make it plain: `infra config rm token` first
    [exit 1]
    ");
    assert_eq!(file(&environment), before);
    environment.run(&["config", "rm", "token"]).expect(0);
    environment.run(&["config", "set", "token", "hunter3"]).expect(0);
    assert!(file(&environment).contains("  token: hunter3\n"));
}

#[test]
fn a_passphrase_that_is_missing_or_wrong_changes_nothing() {
    let mut environment = environment(FILE);
    environment.run(&["config", "set", "token", "hunter2", "--secret"]).expect(0);
    let before = file(&environment);
    environment.set("SHOP_PASSPHRASE", "battery staple");
    assert_snapshot!(environment.run(&["config", "set", "key", "x", "--secret"]).expect(1), @"
    ------- stderr -------
    error: the passphrase in `SHOP_PASSPHRASE` is not the one that the value was encrypted with
    hint: set `SHOP_PASSPHRASE` to the passphrase that the stack's other secrets were written with; if an earlier key encrypted the value, name that under `encryption.former`
    [exit 1]
    ");
    assert_snapshot!(environment.run(&["config", "get", "token", "--show-secrets"]).expect(1), @"
    ------- stderr -------
    error: `token`: the passphrase in `SHOP_PASSPHRASE` is not the one that the value was encrypted with
    hint: set `SHOP_PASSPHRASE` to the passphrase that the stack's other secrets were written with; if an earlier key encrypted the value, name that under `encryption.former`
    [exit 1]
    ");
    environment.unset("SHOP_PASSPHRASE");
    assert_snapshot!(environment.run(&["config", "set", "key", "x", "--secret"]).expect(1), @"
    ------- stderr -------
    error: the environment variable `SHOP_PASSPHRASE` is not set, and the stack's secrets need it
    hint: `encryption.passphrase_env` names it: export SHOP_PASSPHRASE with the passphrase of this stack
    [exit 1]
    ");
    assert_eq!(file(&environment), before);
}

#[test]
fn without_encryption_a_secret_is_refused_with_the_lines_to_add() {
    let text = FILE.replace("encryption: { passphrase_env: SHOP_PASSPHRASE }\n", "");
    let environment = environment(&text);
    assert_snapshot!(environment.run(&["config", "set", "token", "hunter2", "--secret"]).expect(3), @"
    ------- stderr -------
    error: stacks/dev.yaml does not say with what secrets are encrypted
    hint: add one of these lines to stacks/dev.yaml:
    encryption: { kms: alias/NAME }
    encryption: { passphrase_env: INFRA_PASSPHRASE }
    [exit 3]
    ");
    assert_eq!(file(&environment), text);
}

#[test]
fn a_value_that_makes_the_file_wrong_is_not_written() {
    let environment = environment(FILE);
    assert_snapshot!(environment.run(&["config", "set", "timeout", "soon"]).expect(3), @r#"
    ------- stderr -------
    error: `VisibilityTimeout` must be a whole number, got "soon"
      --> stacks/dev.yaml:13:38
       |
    13 |     properties: { VisibilityTimeout: "${config.timeout}" }
       |                                      ^^^^^^^^^^^^^^^^^^^
    hint: stacks/dev.yaml was not changed
    [exit 3]
    "#);
    assert_snapshot!(environment.run(&["config", "rm", "timeout"]).expect(3), @r#"
    ------- stderr -------
    error: `config` has no `timeout`
      --> stacks/dev.yaml:12:41
       |
    12 |     properties: { VisibilityTimeout: "${config.timeout}" }
       |                                         ^^^^^^^^^^^^^^
    hint: stacks/dev.yaml was not changed
    [exit 3]
    "#);
    assert_snapshot!(environment.run(&["config", "rm", "timeot"]).expect(1), @"
    ------- stderr -------
    error: `config` has no `timeot`
    hint: did you mean `timeout`?
    [exit 1]
    ");
    assert_eq!(file(&environment), FILE);
    let left: Vec<_> = fs::read_dir(environment.folder().join("stacks")).expect("the folder").collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn what_was_wrong_before_does_not_stand_in_the_way() {
    let broken = FILE.replace("VisibilityTimeout:", "VisibilityTimout:");
    let environment = environment(&broken);
    environment.run(&["config", "set", "size", "2"]).expect(0);
    assert_eq!(file(&environment), broken.replace("min: 1 }\n", "min: 1 }\n  size: 2\n"));
}

#[test]
fn a_file_of_many_stacks_is_changed_for_all_of_them_and_that_is_said() {
    let environment = environment(&FILE.replace("region:", "match: \"pr-*\"\nregion:"));
    let set = environment.run(&["config", "set", "timeout", "60", "--stack", "pr-7", "--json"]).expect(0);
    assert_snapshot!(set, @r#"
    {
      "version": 1,
      "key": "timeout",
      "file": "stacks/dev.yaml",
      "secret": false
    }
    ------- stderr -------
    stacks/dev.yaml is the file of all stacks `pr-*`
    stacks/dev.yaml: set `timeout`
    "#);
    assert!(file(&environment).contains("timeout: 60   # seconds"));
}

#[tokio::test]
async fn with_kms_a_value_is_one_call_and_opens_for_its_project_only() {
    let world = World::new(Routes::default());
    let mut environment = environment("");
    environment.set("AWS_ACCESS_KEY_ID", &world.account);
    let key = key(&world.clients).await;
    let text = FILE.replace("passphrase_env: SHOP_PASSPHRASE", &format!("kms: {key}"));
    environment.write("stacks/dev.yaml", &text);
    environment.run_with_input(&["config", "set", "token", "--secret"], SECRET).expect(0);
    assert!(file(&environment).contains("  token: { secret: \"kms:"));
    assert_eq!(environment.run(&["config", "get", "token"]).expect(0).stdout, "(secret)\n");
    let shown = environment.run(&["config", "get", "token", "--show-secrets"]).expect(0);
    assert_eq!(shown.stdout, format!("{SECRET}\n"));
    let calls: Vec<String> = environment.proxy.calls().iter().map(ToString::to_string).collect();
    assert_eq!(calls, ["kms:Encrypt", "kms:Decrypt"]);

    environment.write("stacks/dev.yaml", &file(&environment).replace("project: shop", "project: blog"));
    let refused = environment.run(&["config", "get", "token", "--show-secrets"]).expect(1);
    assert!(refused.stderr.contains("it was encrypted for another project than `blog`"), "{}", refused.stderr);
    environment.proxy.on("kms:Decrypt").fail(400, "AccessDeniedException", "not authorized to perform kms:Decrypt");
    let refused = environment.run(&["config", "get", "--show-secrets"]).expect(1);
    assert!(refused.stderr.contains("error: `token`: the KMS key"), "{}", refused.stderr);
    assert!(refused.stderr.contains("hint: allow kms:Encrypt and kms:Decrypt"), "{}", refused.stderr);
}
