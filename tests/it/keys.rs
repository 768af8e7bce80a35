//! The key that secrets are encrypted with, and what becomes of them when another takes its place.

use std::fs;

use serde_json::Value;

use crate::encryption;
use crate::environment::TestEnvironment;
use crate::proxy::{Hold, Routes};
use crate::world::World;

const STACK: &str = "project: shop
region: us-west-2
ephemeral: true
encryption: { passphrase_env: OLD }
config:
  # what the hook is called with
  token: { secret: required }   # and given with each run
  level: info
resources:
  password:
    type: Infra::RandomPassword
    properties: { PasswordLength: 24, ExcludePunctuation: true }
  database:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: \"${password.Value}\" }
  literal:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: planted-literal-secret }
outputs:
  password: ${password.Value}
  hook: https://hooks.example/${config.token}
";

const PLAIN: &str = "project: shop
region: us-west-2
ephemeral: true
resources:
  literal:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: planted-literal-secret }
";

const NEW: &str = "encryption: { passphrase_env: NEW }";
const BOTH: &str = "encryption: { passphrase_env: NEW, former: { passphrase_env: OLD } }";

fn environment(text: &str) -> TestEnvironment {
    let mut environment = TestEnvironment::with_routes(Routes::default());
    environment.write("stacks/dev.yaml", text);
    environment.set("OLD", "planted-old-passphrase");
    environment.set("INFRA_CONFIG_TOKEN", "planted-token");
    environment
}

fn with(encryption: &str) -> String {
    STACK.replace("encryption: { passphrase_env: OLD }", encryption)
}

fn state(environment: &TestEnvironment) -> Value {
    serde_json::from_str(&environment.run(&["state", "pull"]).expect(0).stdout).expect("state")
}

/// Every ciphertext that state has.
fn sealed(environment: &TestEnvironment) -> Vec<String> {
    let text = state(environment).to_string();
    text.split("\"age:").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// How the snapshot's own file keeps the key of the fingerprints, whatever the journal says.
fn key_in_file(environment: &TestEnvironment) -> Value {
    let file = fs::read(environment.folder().join(".infra/shop/dev/state.json")).expect("the snapshot");
    serde_json::from_slice::<Value>(&file).expect("JSON")["fingerprint_key"].clone()
}

#[test]
fn the_key_of_the_fingerprints_is_sealed_from_the_first_write_on() {
    let environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    let state = state(&environment);
    assert_eq!(state["fingerprint_key"]["scheme"], "sealed");
    assert_eq!(state["fingerprint_key"]["sealed_with"], "passphrase_env: OLD");
    assert!(state["features"].as_array().expect("features").contains(&"sealed_key".into()), "{}", state["features"]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    // A changed secret is told by its fingerprint, and the same one is not.
    environment.write("stacks/dev.yaml", &STACK.replace("planted-literal-secret", "planted-other-secret"));
    let changed = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(changed.stdout.contains("1 to update, 2 unchanged"), "{changed}");
}

#[test]
fn a_plain_key_of_before_is_sealed_by_the_next_apply_and_the_fingerprints_stay() {
    let environment = environment(PLAIN);
    environment.run(&["apply", "--yes"]).expect(0);
    let before = state(&environment);
    assert_eq!(before["fingerprint_key"]["scheme"], "plain");
    environment.write("stacks/dev.yaml", &format!("{PLAIN}encryption: {{ passphrase_env: OLD }}\n"));
    let planned = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(planned.stdout.contains("1 secret of state to seal"), "{planned}");
    environment.proxy.reset();
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("encrypted 1 secret of state"), "{applied}");
    assert!(environment.proxy.calls().iter().all(|call| call.reads()), "nothing changed in AWS");
    let after = state(&environment);
    assert_eq!(after["fingerprint_key"]["scheme"], "sealed");
    assert_eq!(after["fingerprint_key"], key_in_file(&environment), "not in the journal alone");
    assert_eq!(after["resources"]["literal"]["properties"], before["resources"]["literal"]["properties"]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_the_sealed_key_is_not_needed_for_works_without_the_passphrase() {
    let mut environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.unset("OLD");
    for command in
        [&["state", "list"][..], &["state", "show", "literal"], &["outputs"], &["history"], &["state", "pull"]]
    {
        environment.run(command).expect(0);
    }
    let planned = environment.run(&["plan"]).expect(1);
    assert!(planned.stderr.contains("the environment variable `OLD` is not set"), "{planned}");
    let offline = environment.run(&["plan", "--offline"]).expect(0);
    assert!(
        offline.stderr.contains("secrets are taken for unchanged") && offline.stderr.contains("`OLD`"),
        "{offline}"
    );
    assert!(!offline.stdout.contains("literal"), "what nobody can tell is not shown as a change: {offline}");
    let refused = environment.run(&["apply", "--yes"]).expect(1);
    assert!(refused.stderr.contains("`OLD`"), "{refused}");
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn a_state_whose_key_is_sealed_says_so_where_encryption_is_gone() {
    let environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", PLAIN);
    let planned = environment.run(&["plan"]).expect(1);
    assert!(planned.stderr.contains("encrypted with `passphrase_env: OLD`"), "{planned}");
    assert!(planned.stderr.contains("put it back: `encryption: { passphrase_env: OLD }`"), "{planned}");
}

#[test]
fn a_former_passphrase_opens_what_it_sealed_and_the_next_apply_seals_it_anew() {
    let mut environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    let before = sealed(&environment);
    let password = environment.run(&["outputs", "password", "--show-secrets"]).expect(0).stdout;

    environment.set("NEW", "planted-new-passphrase");
    environment.write("stacks/dev.yaml", &with(NEW));
    let early = environment.run(&["plan"]).expect(1);
    assert!(
        early.stderr.contains("encrypted with `passphrase_env: OLD`, which the stack file does not name"),
        "{early}"
    );
    assert!(early.stderr.contains("`former: { passphrase_env: OLD }`"), "{early}");

    environment.write("stacks/dev.yaml", &with(BOTH));
    environment.unset("OLD");
    let missing = environment.run(&["plan"]).expect(1);
    assert!(missing.stderr.contains("`passphrase_env: OLD`") && missing.stderr.contains("export OLD"), "{missing}");

    environment.set("OLD", "planted-old-passphrase");
    let planned = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    // The password in state twice, the hook, and the key of the fingerprints.
    assert!(planned.stdout.contains("4 secrets of state to seal, 3 unchanged"), "{planned}");
    environment.proxy.reset();
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("encrypted 4 secrets of state"), "{applied}");
    assert!(environment.proxy.calls().iter().all(|call| call.reads()), "nothing changed in AWS");
    assert!(sealed(&environment).iter().all(|ciphertext| !before.contains(ciphertext)));

    // Now neither `former` nor its passphrase is needed, nor missed where `former` still stands there.
    environment.unset("OLD");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.write("stacks/dev.yaml", &with(NEW));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(environment.run(&["outputs", "password", "--show-secrets"]).expect(0).stdout, password);
}

#[test]
fn a_kill_between_leaves_state_that_opens_and_is_sealed_anew_next_time() {
    let mut environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.set("NEW", "planted-new-passphrase");
    let more = with(BOTH).replace("outputs:\n", "  more:\n    type: AWS::SQS::Queue\noutputs:\n");
    environment.write("stacks/dev.yaml", &more);
    environment.kill_at(&["apply", "--yes"], "sqs:CreateQueue", Hold::BeforeAnswering);
    // What was sealed anew was one change before the first call.
    environment.unset("OLD");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_refresh_seals_anew_too() {
    let mut environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.set("NEW", "planted-new-passphrase");
    environment.write("stacks/dev.yaml", &with(BOTH));
    let refreshed = environment.run(&["refresh"]).expect(0);
    assert!(refreshed.stderr.contains("encrypted 4 secrets of state"), "{refreshed}");
    environment.write("stacks/dev.yaml", &with(NEW));
    environment.unset("OLD");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[tokio::test]
async fn from_a_passphrase_to_a_kms_key_and_back() {
    let (world, mut environment) = (World::new(Routes::default()), environment(STACK));
    environment.set("AWS_ACCESS_KEY_ID", &world.account);
    let key = encryption::key(&world.clients).await;
    environment.run(&["apply", "--yes"]).expect(0);
    let steps = [
        format!("encryption: {{ kms: {key}, former: [{{ passphrase_env: OLD }}] }}"),
        format!("encryption: {{ passphrase_env: OLD, former: {{ kms: {key} }} }}"),
    ];
    for step in steps {
        environment.write("stacks/dev.yaml", &with(&step));
        let applied = environment.run(&["apply", "--yes"]).expect(0);
        assert!(applied.stderr.contains("encrypted 4 secrets of state"), "{applied}");
        environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    }
    environment.write("stacks/dev.yaml", STACK);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn secrets_of_the_file_open_with_a_former_passphrase_and_rotate_encrypts_them_anew() {
    let text = STACK.replace("{ secret: required }", "{ secret: required }\n  other: 1   # stays");
    let mut environment = environment(&text);
    environment.run_with_input(&["config", "set", "token", "--secret"], "planted-token").expect(0);
    environment.run_with_input(&["config", "set", "deep.key", "--secret"], "planted-deep").expect(0);
    environment.unset("INFRA_CONFIG_TOKEN");
    environment.run(&["apply", "--yes"]).expect(0);
    let file = |environment: &TestEnvironment| {
        fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack file")
    };
    let both = file(&environment).replace("encryption: { passphrase_env: OLD }", BOTH);
    environment.write("stacks/dev.yaml", &both);
    environment.set("NEW", "planted-new-passphrase");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(
        applied.stderr.contains("a former key encrypted 2 secrets of `config`: `infra config rotate`"),
        "{applied}"
    );

    let rotated = environment.run(&["config", "rotate"]).expect(0);
    assert!(rotated.stderr.contains("encrypted 2 secrets anew"), "{rotated}");
    let after = file(&environment);
    let differing: Vec<_> = both.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
    assert_eq!((differing.len(), both.lines().count()), (2, after.lines().count()), "{after}");
    assert!(differing.iter().all(|(before, _)| before.contains("age:")), "{differing:?}");
    environment.unset("OLD");
    environment.write("stacks/dev.yaml", &after.replace(BOTH, NEW));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let shown = environment.run(&["config", "get", "deep.key", "--show-secrets"]).expect(0);
    assert_eq!(shown.stdout, "planted-deep\n");
    let again = environment.run(&["config", "rotate"]).expect(0);
    assert!(again.stderr.contains("no secret is encrypted with a former key"), "{again}");

    // What was not rotated is told with what to put back.
    environment.write("stacks/dev.yaml", &both.replace(BOTH, NEW));
    let early = environment.run(&["plan"]).expect(1);
    assert!(early.stderr.contains("encryption.former"), "{early}");
}

#[test]
fn a_rollback_goes_over_a_change_of_the_key() {
    let mut environment = environment(STACK);
    environment.run(&["apply", "--yes"]).expect(0);
    let queue = "  queue:\n    type: AWS::SQS::Queue\noutputs:\n";
    environment.set("NEW", "planted-new-passphrase");
    environment.write("stacks/dev.yaml", &with(BOTH).replace("outputs:\n", queue));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with(NEW).replace("outputs:\n", queue));
    environment.unset("OLD");
    environment.run(&["rollback", "--to", "1", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
    assert_eq!(state(&environment)["fingerprint_key"]["sealed_with"], "passphrase_env: NEW");
    environment.write("stacks/dev.yaml", &with(NEW));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}
