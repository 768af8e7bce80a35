//! What runs leave in the history, and the way back to an earlier one.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::command_line::{QUEUES, queues};
use crate::environment::{Output, TestEnvironment};
use crate::proxy::Hold;

pub fn history(environment: &TestEnvironment) -> Vec<Value> {
    let output = environment.run(&["history", "--json"]).expect(0);
    let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    told["records"].as_array().cloned().expect("records")
}

pub fn record(environment: &TestEnvironment, number: usize) -> Value {
    let output = environment.run(&["history", "show", &number.to_string(), "--json"]).expect(0);
    let mut told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    told["record"].take()
}

pub fn with_receives(count: usize) -> String {
    QUEUES.replace("maxReceiveCount: 5", &format!("maxReceiveCount: {count}"))
}

/// A table's rows, without what differs between machines: who ran it.
fn rows(output: &Output) -> String {
    let spaces = regex::Regex::new("  +").expect("a pattern");
    output.stdout.lines().map(|line| spaces.replace_all(line, " | ").trim_end().to_owned() + "\n").collect()
}

fn named() -> TestEnvironment {
    let mut environment = queues();
    environment.set("USER", "ada");
    environment
}

#[test]
fn every_run_that_changes_something_is_listed_and_shown() {
    let environment = named();
    let empty = environment.run(&["history"]).expect(0);
    assert_eq!((empty.stdout.as_str(), history(&environment).len()), ("", 0));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(3));
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    let listed = environment.run(&["history"]).expect(0);
    assert_snapshot!(rows(&listed), @"
    # | when | who | commit | outcome | done | command
    2 | <time> | ada | - | succeeded | 1 updated | infra apply --yes --set timeout=60
    1 | <time> | ada | - | succeeded | 2 created | infra apply --yes
    ");
    let one = environment.run(&["history", "--limit", "1"]).expect(0);
    assert_eq!((one.stdout.lines().count(), one.stderr.as_str()), (2, "1 older ones: --limit shows more\n"));
    let shown = environment.run(&["history", "show", "2"]).expect(0).stdout;
    let (head, rest) = shown.split_once("\n\n").expect("a head and the plan");
    for line in
        ["record 2 of shop/dev", "  command  infra apply --yes --set timeout=60", "  account  <account>, us-west-2"]
    {
        assert!(head.lines().any(|it| it == line), "{line} in {head}");
    }
    assert_snapshot!(rest, @r#"
    wave 1
      ~ jobs  AWS::SQS::Queue  in place
          VisibilityTimeout   45 → 60
          RedrivePolicy
              {
                "deadLetterTargetArn": "arn:aws:sqs:us-west-2:<account>:shop-dev-failed.fifo",
            -   "maxReceiveCount": 5
            +   "maxReceiveCount": 3
              }

    1 to update, 1 unchanged

    succeeded: 1 updated

    inputs, against 1
      dev.yaml @@ -9,7 +9,7 @@
           properties:
             FifoQueue: true
             VisibilityTimeout: ${config.timeout}
      -      RedrivePolicy: { deadLetterTargetArn: "${failed.Arn}", maxReceiveCount: 5 }
      +      RedrivePolicy: { deadLetterTargetArn: "${failed.Arn}", maxReceiveCount: 3 }
         failed:
           type: AWS::SQS::Queue
           protect: false
      config @@ -1,3 +1,3 @@
       {
      -  "timeout": 45
      +  "timeout": 60
       }
    "#);
}

#[test]
fn a_failed_and_an_interrupted_apply_are_recorded_and_gone_back_from() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.on("sqs:SetQueueAttributes").times(1).fail(400, "InvalidAttributeValue", "no such value");
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(1);
    let failed = environment.run(&["history", "show", "2"]).expect(0).stdout;
    assert!(failed.contains("\nfailed: 1 failed\n✗ jobs\n  sqs:SetQueueAttributes: InvalidAttributeValue"), "{failed}");
    environment.run(&["destroy", "--yes"]).expect(0);

    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    running.interrupt();
    create.release();
    running.wait().expect(130);
    let interrupted = environment.run(&["history", "show", "4"]).expect(0).stdout;
    assert!(interrupted.contains("\ninterrupted: 1 created, 1 not started\n○ jobs: not started\n"), "{interrupted}");
    let outcomes: Vec<Value> = history(&environment).iter().map(|record| record["outcome"].clone()).collect();
    assert_eq!(outcomes, ["interrupted", "succeeded", "failed", "succeeded"]);
    // Neither the failed one nor the destroy is gone back to, nor the inputs that are there already.
    let nothing = environment.run(&["rollback", "--yes"]).expect(1);
    assert!(nothing.stderr.contains("there is nothing to go back to"), "{}", nothing.stderr);
    environment.run(&["rollback", "--yes", "--to", "1"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn an_import_is_in_the_history() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "failed"]).expect(0);
    environment.run(&["import", "sqs:shop-dev-failed.fifo"]).expect(0);
    let imported = record(&environment, 3);
    assert_eq!((&imported["kind"], &imported["outcome"]), (&"import".into(), &"succeeded".into()));
    assert_eq!(
        (&imported["steps"][0]["address"], &imported["steps"][0]["outcome"]),
        (&"failed".into(), &"done".into())
    );
}

#[test]
fn a_record_that_is_not_there_or_not_readable_is_told() {
    let environment = queues();
    assert_snapshot!(environment.run(&["rollback"]).expect(1).stderr, @"
    error: there is nothing to go back to: no run has left a record yet
    hint: name a run with --to; `infra history` lists them
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    assert_snapshot!(environment.run(&["history", "show", "7"]).expect(1).stderr, @"
    error: history has no record 7: there are records 1 to 2
    hint: `infra history` lists them
    ");
    let path = environment.folder().join(".infra/shop/dev/history/0000000001.json");
    let text = std::fs::read_to_string(&path).expect("the record");
    std::fs::write(&path, text.replace("timeout: 45", "timeout: 46")).expect("a damaged record");
    let damaged = environment.run(&["rollback", "--to", "1", "--yes"]).expect(1);
    assert!(damaged.stderr.contains("0000000001.json is damaged: its checksum does not fit"), "{}", damaged.stderr);
    let listed = environment.run(&["history"]).expect(0);
    assert!(listed.stderr.contains("0000000001.json is damaged"), "{}", listed.stderr);
    assert_eq!(listed.stdout.lines().count(), 2, "{}", listed.stdout);
    std::fs::write(&path, r#"{"version": 7, "written_by": "9.0.0"}"#).expect("a newer record");
    let newer = environment.run(&["history", "show", "1"]).expect(1);
    assert!(newer.stderr.contains("use infra 9.0.0 or newer"), "{}", newer.stderr);
}

#[test]
fn an_apply_whose_record_cannot_be_written_succeeds_and_says_so() {
    let environment = queues();
    // A file in the place of the folder.
    environment.write(".infra/shop/dev/history", "");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("warning: this run is not in the history: "), "{}", applied.stderr);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@shop.example", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn a_record_names_commit_person_and_ci_run() {
    let mut environment = queues();
    environment.set("PATH", &std::env::var("PATH").expect("a path"));
    environment.set("GITHUB_ACTOR", "grace");
    environment.set("GITHUB_SERVER_URL", "https://github.com");
    environment.set("GITHUB_REPOSITORY", "shop/infra");
    environment.set("GITHUB_RUN_ID", "42");
    for arguments in [["init", "-q"].as_slice(), &["add", "stacks"], &["commit", "-qm", "First"]] {
        git(environment.folder(), arguments);
    }
    let hash = git(environment.folder(), &["rev-parse", "HEAD"]);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(3));
    environment.run(&["apply", "--yes"]).expect(0);
    let stored = std::fs::read(environment.folder().join(".infra/shop/dev/history/0000000001.json")).expect("a record");
    let stored: Value = serde_json::from_slice(&stored).expect("JSON");
    assert_eq!(stored["commit"], serde_json::json!({"hash": hash, "branch": "main", "dirty": false}));
    assert_eq!(stored["author"]["user"], "grace");
    assert_eq!(stored["author"]["where"], "https://github.com/shop/infra/actions/runs/42");
    assert!(stored["author"]["principal"].as_str().is_some_and(|arn| arn.starts_with("arn:aws:")), "{stored}");
    let second = environment.run(&["history", "show", "2"]).expect(0).stdout;
    assert!(second.contains("on main, with changes that were not committed\n"), "{second}");
}

#[test]
fn git_gets_none_of_the_secrets_of_a_run() {
    use std::os::unix::fs::PermissionsExt;

    let mut environment = queues();
    let folder = environment.folder().to_owned();
    environment.write("bin/git", &format!("#!/bin/sh\nenv > '{}/seen'\n", folder.display()));
    let program = folder.join("bin/git");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    environment.set("PATH", &format!("{}/bin:/usr/bin:/bin", folder.display()));
    environment.set("INFRA_CONFIG_TOKEN", "planted-token");
    environment.set("SHOP_PASSPHRASE", "planted-passphrase");
    environment.set("GIT_DIR", "/nowhere");
    environment.set("LC_ALL", "C");
    environment.run(&["apply", "--yes"]).expect(0);
    let seen = std::fs::read_to_string(folder.join("seen")).expect("what git saw");
    let mut names: Vec<&str> = seen.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.retain(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name));
    names.sort_unstable();
    assert_eq!(names, ["GIT_DIR", "GIT_OPTIONAL_LOCKS", "HOME", "LC_ALL", "PATH"], "{seen}");
}

#[test]
fn a_bucket_takes_a_record_in_one_write() {
    let environment = TestEnvironment::new();
    let bucket = format!("s3://{}", environment.unique);
    environment.write("stacks/dev.yaml", &QUEUES.replace("region:", &format!("state: {bucket}\nregion:")));
    environment.run(&["init"]).expect(0);
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    let in_history = |operation: &str| {
        let calls = environment.proxy.matching(operation);
        calls.iter().filter(|call| call.parameters.values().any(|value| value.contains("/history/"))).count()
    };
    assert_eq!((in_history("s3:PutObject"), in_history("s3:GetObject")), (1, 0));
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    environment.run(&["rollback", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(history(&environment).len(), 3);
    std::fs::remove_file(environment.folder().join("stacks/dev.yaml")).expect("the stack file");
    let listed = environment.run(&["history", "--state", &bucket]).expect(0);
    assert_eq!(listed.stdout.lines().count(), 4, "{}", listed.stdout);
}

const SECRETS: &str = r#"
project: shop
region: us-west-2
ephemeral: true
config:
  token: { secret: required }
  image: nginx:1
resources:
  task:
    type: AWS::ECS::TaskDefinition
    properties:
      ContainerDefinitions:
        - Name: api
          Image: ${config.image}
          Memory: 64
          Environment: [{ Name: HOOK, Value: "https://hooks.example/${config.token}" }]
  literal:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: "planted \"literal\"" }
"#;

/// What the tests of secrets plant.
const PLANTED: [&str; 3] = ["planted-token", r#"planted "literal""#, r#"planted \"literal\""#];

#[track_caller]
fn assert_no_secret(text: &str) {
    for secret in PLANTED {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn stored(environment: &TestEnvironment, number: u64) -> String {
    let path = environment.folder().join(format!(".infra/shop/dev/history/{number:010}.json"));
    std::fs::read_to_string(path).expect("a record")
}

#[test]
fn a_record_holds_no_secret_and_a_rollback_finds_those_of_today() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", SECRETS);
    environment.run(&["apply", "--yes", "--set", "token=planted-token"]).expect(0);
    environment.write("stacks/dev.yaml", &SECRETS.replace("nginx:1", "nginx:2"));
    environment.run(&["apply", "--yes", "--set", "token=planted-token"]).expect(0);
    for number in [1, 2] {
        assert_no_secret(&stored(&environment, number));
    }
    let shown = environment.run(&["history", "show", "1", "--full"]).expect(0);
    assert_no_secret(&shown.to_string());
    let command = shown.stdout.lines().find(|line| line.contains("  command")).expect("the command").to_owned();
    assert!(command.contains(" token=(secret "), "{command}");

    // The literal is found in the stack file of today; what the file requires has to be given as for every plan.
    let asked = environment.run(&["rollback", "--yes"]).expect(3);
    assert!(asked.stderr.contains("`config.token` is secret, and its value is not given"), "{}", asked.stderr);
    environment.proxy.reset();
    environment.run(&["rollback", "--yes", "--set", "token=planted-token"]).expect(0);
    let writes = environment.proxy.matching("secretsmanager:*");
    assert_eq!(writes.iter().filter(|call| !call.reads()).count(), 0, "the literal is what it was");
    assert_no_secret(&stored(&environment, 3));
    assert_eq!(environment.proxy.count("ecs:RegisterTaskDefinition"), 1);
    environment.write("stacks/dev.yaml", SECRETS);
    environment.run(&["plan", "--detailed-exitcode", "--set", "token=planted-token"]).expect(0);
}

#[test]
fn a_secret_that_today_has_no_more_is_missed_by_its_place() {
    let mut environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", SECRETS);
    environment.set("INFRA_CONFIG_TOKEN", "planted-token");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["apply", "--yes", "--set", "image=nginx:2"]).expect(0);
    environment.write("stacks/dev.yaml", &SECRETS.replace("planted \\\"literal\\\"", "another"));
    assert_snapshot!(environment.run(&["rollback", "--yes"]).expect(1).stderr, @"
    error: history keeps no secrets, and the stack file no longer has those that record 1 had in `resources.literal.properties.SecretString`
    hint: check the commit of that run out, and `infra apply`; `infra history show 1` names it
    ");
    environment.write("stacks/dev.yaml", SECRETS);
    environment.run(&["rollback", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}
