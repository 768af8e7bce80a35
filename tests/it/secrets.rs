//! Secrets leave no trace: not in state, plans, logs, errors or anything else that a run writes.

use std::fs;
use std::path::Path;

use crate::encryption;
use crate::environment::{Output, TestEnvironment};
use crate::proxy::{Hold, Routes};
use crate::world::World;

const STACK: &str = r#"
project: shop
region: us-west-2
ephemeral: true
encryption: { passphrase_env: SHOP_PASSPHRASE }
config:
  api_key: { secret: required }
  payment: { token: { secret: required } }
  literal: planted-literal-in-config
resources:
  password:
    type: Infra::RandomPassword
    properties: { PasswordLength: 24, ExcludePunctuation: true }
  database:
    type: AWS::SecretsManager::Secret
    properties:
      SecretString: "${json({'username': 'app', 'password': password.Value})}"
  literal:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: planted-literal-secret }
  from_config:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: "${config.literal}" }
  jobs:
    type: AWS::SQS::Queue
    properties:
      Tags: [{ Key: webhook, Value: "https://hooks.example/${config.payment.token}" }]
  task:
    type: AWS::ECS::TaskDefinition
    properties:
      ContainerDefinitions:
        - Name: api
          Image: nginx
          Memory: 64
          Environment:
            - { Name: API_KEY, Value: "${config.api_key}" }
            - { Name: LOG_LEVEL, Value: info }
            - { Name: DATABASE_URL, Value: "postgres://app:${password.Value}@database/shop" }
            - { Name: UPPER, Value: "${config.api_key.upperAscii()}" }
outputs:
  password: ${password.Value}
  hook: "https://hooks.example/${config.payment.token}"
  queue: ${jobs.Arn}
"#;

const PLANTED: [&str; 5] = [
    "planted-api-key",
    "PLANTED-API-KEY",
    "planted-payment-token",
    "planted-literal-secret",
    "planted-literal-in-config",
];

fn secrets() -> TestEnvironment {
    let mut environment = TestEnvironment::with_routes(Routes::default());
    environment.write("stacks/dev.yaml", STACK);
    environment.set("SHOP_PASSPHRASE", "planted-passphrase");
    environment.set("INFRA_CONFIG_API_KEY", "planted-api-key");
    environment.set("INFRA_CONFIG_PAYMENT__TOKEN", "planted-payment-token");
    environment.set("RUST_LOG", "trace");
    environment
}

/// The password that was generated, as AWS got it.
fn generated(environment: &TestEnvironment) -> String {
    let calls = environment.proxy.matching("secretsmanager:*");
    let mut written = calls.iter().rev().map(|call| call.parameter("SecretString"));
    let written = written.find(|text| text.contains("username")).expect("the database's secret");
    let written: serde_json::Value = serde_json::from_str(written).expect("JSON");
    written["password"].as_str().expect("a password").to_owned()
}

/// Every file below a folder, save the stack files, which their authors write.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true if path.ends_with("stacks") => {}
            true => files(&path, found),
            false => found.push((path.display().to_string(), fs::read(&path).expect("a file"))),
        }
    }
}

#[track_caller]
fn assert_no_secret(environment: &TestEnvironment, runs: &[(&str, Output)], generated: &[String]) {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    files(environment.folder(), &mut texts);
    for (name, run) in runs {
        texts.push((format!("stdout of {name}"), run.stdout.clone().into_bytes()));
        texts.push((format!("stderr of {name}"), run.stderr.clone().into_bytes()));
    }
    let planted = PLANTED.iter().map(|text| (*text).to_owned());
    for secret in planted.chain(["planted-passphrase".to_owned()]).chain(generated.iter().cloned()) {
        for (name, bytes) in &texts {
            for form in forms(&secret) {
                assert!(!contains(bytes, form.as_bytes()), "{name} has {secret} as {form}");
            }
        }
    }
}

fn forms(secret: &str) -> [String; 2] {
    use base64::Engine;
    [secret.to_owned(), base64::prelude::BASE64_STANDARD.encode(secret)]
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_stack_full_of_secrets_leaves_none_of_them_anywhere() {
    let mut environment = secrets();
    let mut runs = Vec::new();
    let mut run = |environment: &TestEnvironment, name: &'static str, arguments: &[&str], code: i32| {
        let output = environment.run(arguments).expect(code);
        runs.push((name, output.clone()));
        output
    };
    run(&environment, "validate", &["validate"], 0);
    run(&environment, "plan", &["plan", "--out", "saved.plan", "-vv"], 0);
    environment.proxy.on("sqs:CreateQueue").times(1).fail(
        400,
        "InvalidParameterValue",
        "https://hooks.example/planted-payment-token is no tag",
    );
    let applied = run(&environment, "failed apply", &["apply", "--yes"], 1);
    run(&environment, "apply", &["apply", "--yes"], 0);
    assert!(applied.stderr.contains("TRACE") && applied.stderr.contains("(secret)"), "the log tells what is sent");
    let first = generated(&environment);
    run(&environment, "plan again", &["plan", "--detailed-exitcode", "--json"], 0);
    run(&environment, "outputs", &["outputs"], 0);
    run(&environment, "outputs --json", &["outputs", "--json"], 0);
    run(&environment, "state pull", &["state", "pull"], 0);
    run(&environment, "state show", &["state", "show", "task"], 0);

    // A secret changes, and so does something beside it: the old one is nobody's any more and still not to be shown.
    environment.set("INFRA_CONFIG_API_KEY", "planted-second-key");
    environment.write("stacks/dev.yaml", &STACK.replace("Value: info", "Value: debug"));
    let changed = run(&environment, "plan of a change", &["plan"], 0);
    assert!(changed.stdout.contains("(secret)"), "{changed}");
    run(&environment, "plan of a change --json", &["plan", "--json"], 0);
    run(&environment, "apply of a change", &["apply", "--yes", "--json"], 0);
    run(&environment, "drift", &["drift"], 0);
    run(&environment, "refresh", &["refresh"], 0);

    // Another password.
    environment
        .write("stacks/dev.yaml", &STACK.replace("PasswordLength: 24", "PasswordLength: 24, Keepers: { now: '2' }"));
    run(&environment, "apply of a new password", &["apply", "--yes"], 0);
    let second = generated(&environment);
    assert_ne!(first, second);
    run(&environment, "plan at the end", &["plan", "--detailed-exitcode"], 0);
    run(&environment, "destroy", &["destroy", "--yes"], 0);
    assert_no_secret(&environment, &runs, &[first, second, "planted-second-key".to_owned()]);
}

#[test]
fn a_generated_password_stays_the_same_and_can_be_shown_to_whoever_asks() {
    let mut environment = secrets();
    environment.set("RUST_LOG", "off");
    environment.run(&["apply", "--yes"]).expect(0);
    let password = generated(&environment);
    assert_eq!(environment.run(&["outputs", "password"]).expect(0).stdout, "(secret)\n");
    let shown = environment.run(&["outputs", "password", "--show-secrets"]).expect(0);
    assert_eq!(shown.stdout, format!("{password}\n"));
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ecs:RegisterTaskDefinition"), 0);
}

#[test]
fn secrets_that_are_missing_are_named_and_an_end_does_not_need_them() {
    let mut environment = secrets();
    environment.set("RUST_LOG", "off");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.unset("INFRA_CONFIG_API_KEY");
    let run = environment.run(&["plan"]).expect(3);
    assert!(run.stderr.contains("`config.api_key` is secret, and its value is not given"), "{run}");
    assert!(run.stderr.contains("INFRA_CONFIG_API_KEY"), "{run}");
    environment.run(&["plan", "--set", "api_key=planted-api-key", "--detailed-exitcode"]).expect(0);
    environment.unset("SHOP_PASSPHRASE");
    let run = environment.run(&["plan", "--set", "api_key=planted-api-key"]).expect(1);
    assert!(run.stderr.contains("SHOP_PASSPHRASE"), "{run}");
    environment.run(&["destroy", "--yes"]).expect(0);
}

#[test]
fn a_password_that_nothing_could_encrypt_is_refused_before_anything_is_done() {
    let environment = TestEnvironment::new();
    environment.write(
        "stacks/dev.yaml",
        "project: shop\nregion: us-west-2\nresources:\n  password: { type: 'Infra::RandomPassword' }\n",
    );
    let run = environment.run(&["apply", "--yes"]).expect(3);
    assert!(run.stderr.contains("encryption: { passphrase_env: NAME }"), "{run}");
}

const LATER: &str = "project: shop\nregion: us-west-2\nephemeral: true\nconfig: { token: TOKEN }\nresources:\n  jobs:\n    \
                     type: AWS::SQS::Queue\n    properties: { Tags: [{ Key: token, Value: \"${config.token}\" }] }\n";

#[test]
fn a_value_that_becomes_a_secret_leaves_state() {
    let mut environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &LATER.replace("TOKEN", "planted-later"));
    environment.run(&["apply", "--yes"]).expect(0);
    assert!(environment.run(&["state", "show", "jobs"]).expect(0).stdout.contains("planted-later"));
    environment.write("stacks/dev.yaml", &LATER.replace("TOKEN", "{ secret: required }"));
    environment.set("INFRA_CONFIG_TOKEN", "planted-later");
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    assert!(environment.proxy.calls().iter().all(|call| call.reads()), "AWS has it already");
    let shown = environment.run(&["state", "show", "jobs"]).expect(0);
    assert!(!shown.stdout.contains("planted-later"), "{shown}");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_name_cannot_hold_a_secret() {
    let environment = TestEnvironment::new();
    let named = LATER
        .replace("TOKEN", "{ secret: required }")
        .replace("Tags: [{ Key: token, Value: \"${config.token}\" }]", "QueueName: \"q-${config.token}\"");
    environment.write("stacks/dev.yaml", &named);
    let run = environment.run(&["apply", "--yes", "--set", "token=planted-name"]).expect(3);
    assert!(run.stderr.contains("`QueueName` names the object"), "{run}");
    assert!(!run.stderr.contains("planted-name"), "{run}");
    assert!(environment.proxy.calls().iter().all(|call| call.reads()));
}

#[test]
fn a_name_that_holds_a_secret_is_refused_before_anything_is_made() {
    let mut environment = secrets();
    environment.set("RUST_LOG", "off");
    environment.write(
        "stacks/dev.yaml",
        &STACK.replace(
            "    properties:\n      Tags: [",
            "    properties:\n      QueueName: \"q-${password.Value}\"\n      Tags: [",
        ),
    );
    for command in [&["validate"][..], &["plan"], &["apply", "--yes"]] {
        let run = environment.run(command).expect(3);
        assert!(run.stderr.contains("`QueueName` names the object"), "{run}");
    }
    assert!(environment.proxy.calls().iter().all(|call| call.reads()));
}

#[test]
fn a_secret_does_not_become_an_address() {
    let environment = TestEnvironment::new();
    let each = LATER.replace("TOKEN", "{ secret: required }").replace(
        "    properties: { Tags: [{ Key: token, Value: \"${config.token}\" }] }",
        "    for_each: ['${config.token}']",
    );
    environment.write("stacks/dev.yaml", &each);
    let run = environment.run(&["apply", "--yes", "--set", "token=planted-address", "--json"]).expect(3);
    assert!(run.stderr.contains("part of an address"), "{run}");
    assert!(!format!("{run}").contains("planted-address"), "{run}");
    environment.run(&["validate"]).expect(3);
}

#[test]
fn what_aws_repeats_of_a_secret_in_part_is_covered() {
    let environment = secrets();
    let message =
        "Value 'https://hooks.example/planted-pay' at 'tags.1' failed; &quot;planted-payment-t&quot;; planted-pa…";
    environment.proxy.on("sqs:CreateQueue").fail(400, "InvalidParameterValue", message);
    let run = environment.run(&["apply", "--yes"]).expect(1);
    assert!(run.stderr.contains("Value 'https://hooks.example/(secret)' at 'tags.1' failed"), "{run}");
    let shown = environment.run(&["history", "show", "1"]).expect(0);
    for text in [&run.stdout, &run.stderr, &shown.stdout] {
        assert!(!text.contains("planted-pa"), "{text}");
    }
}

#[test]
fn a_mistyped_key_does_not_tell_its_value() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &LATER.replace("TOKEN", "{ secret: required }"));
    let run = environment.run(&["plan", "--set", "tokne=planted-typo", "--json"]).expect(3);
    assert!(run.stderr.contains("`config` has no `tokne`"), "{run}");
    assert!(!format!("{run}").contains("planted-typo"), "{run}");
}

#[test]
fn a_write_that_nobody_knows_the_end_of_is_made_again_after_a_change_of_mind() {
    let environment = TestEnvironment::new();
    let secret = |value: &str| {
        format!(
            "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  key:\n    type: \
             AWS::SecretsManager::Secret\n    properties: {{ SecretString: {value} }}\n"
        )
    };
    environment.write("stacks/dev.yaml", &secret("planted-first"));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &secret("planted-second"));
    environment.kill_at(&["apply", "--yes"], "secretsmanager:UpdateSecret", Hold::BeforeAnswering);
    environment.write("stacks/dev.yaml", &secret("planted-first"));
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    let written = environment.proxy.matching("secretsmanager:UpdateSecret");
    assert_eq!(written.last().map(|call| call.parameter("SecretString")), Some("planted-first"));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_definition_with_secrets_that_a_killed_run_registered_is_found() {
    let mut environment = secrets();
    environment.set("RUST_LOG", "off");
    environment.kill_at(&["apply", "--yes"], "ecs:RegisterTaskDefinition", Hold::BeforeAnswering);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ecs:RegisterTaskDefinition"), 1);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
}

#[test]
fn a_definition_whose_secrets_are_lost_with_the_killed_run_is_destroyed() {
    let mut environment = secrets();
    environment.set("RUST_LOG", "off");
    environment.kill_at(&["apply", "--yes"], "ecs:RegisterTaskDefinition", Hold::BeforeAnswering);
    environment.unset("INFRA_CONFIG_API_KEY");
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ecs:DeregisterTaskDefinition"), 1);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[tokio::test]
async fn with_kms_a_kept_password_costs_one_call_a_run() {
    let (world, mut environment) = (World::new(Routes::default()), secrets());
    environment.set("RUST_LOG", "off");
    environment.set("AWS_ACCESS_KEY_ID", &world.account);
    let key = encryption::key(&world.clients).await;
    environment.write("stacks/dev.yaml", &STACK.replace("passphrase_env: SHOP_PASSPHRASE", &format!("kms: {key}")));
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    // The key of the fingerprints, the password, and the two outputs that hold a secret, one of which is that password.
    assert_eq!((environment.proxy.count("kms:Encrypt"), environment.proxy.count("kms:Decrypt")), (3, 0));
    environment.proxy.reset();
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!((environment.proxy.count("kms:Encrypt"), environment.proxy.count("kms:Decrypt")), (0, 3));
    environment.proxy.reset();
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("kms:Decrypt"), 1, "an end needs no secrets, but its record the fingerprints");
}

#[test]
fn a_plan_without_aws_and_without_secrets_takes_them_for_unchanged() {
    let mut environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &LATER.replace("TOKEN", "{ secret: required }"));
    environment.set("INFRA_CONFIG_TOKEN", "planted-offline");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.unset("INFRA_CONFIG_TOKEN");
    environment.run(&["plan", "--offline", "--detailed-exitcode"]).expect(0);
    environment.set("INFRA_CONFIG_TOKEN", "planted-another");
    let changed = environment.run(&["plan", "--offline", "--detailed-exitcode"]);
    assert!(!changed.stdout.contains("planted"), "{changed}");
}

#[test]
fn a_partial_end_keeps_the_outputs_of_what_stays() {
    let mut environment = secrets();
    environment.set("RUST_LOG", "off");
    environment.run(&["apply", "--yes"]).expect(0);
    let password = environment.run(&["outputs", "password", "--show-secrets"]).expect(0).stdout;
    environment.run(&["destroy", "--yes", "--target", "literal"]).expect(0);
    assert_eq!(environment.run(&["outputs", "password", "--show-secrets"]).expect(0).stdout, password);
    environment.run(&["plan", "--detailed-exitcode"]).expect(2);
}

#[test]
fn a_record_with_a_secret_that_a_killed_run_made_is_destroyed() {
    let mut environment = TestEnvironment::new();
    environment.write(
        "stacks/dev.yaml",
        "project: shop\nregion: us-west-2\nephemeral: true\nconfig: { token: { secret: required } }\nresources:\n  \
         zone: { type: 'AWS::Route53::HostedZone', properties: { Name: shop.example } }\n  proof:\n    type: \
         AWS::Route53::RecordSet\n    properties: { HostedZoneId: \"${zone.Id}\", Name: _proof.shop.example, Type: TXT, \
         TTL: '60', ResourceRecords: [\"${json(config.token)}\"] }\n",
    );
    environment.set("INFRA_CONFIG_TOKEN", "planted-record");
    environment.kill_at(&["apply", "--yes"], "route53:ChangeResourceRecordSets", Hold::BeforeAnswering);
    // Without the secret nobody can tell whose record it is, so nothing is forgotten.
    environment.unset("INFRA_CONFIG_TOKEN");
    let run = environment.run(&["destroy", "--yes"]).expect(1);
    assert!(run.stderr.contains("whose value is a secret that is not known now"), "{run}");
    environment.set("INFRA_CONFIG_TOKEN", "planted-record");
    environment.proxy.reset();
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("route53:ChangeResourceRecordSets"), 1);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}
