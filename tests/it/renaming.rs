//! A project or stack that gets another name keeps its objects.

use std::fs;

use crate::command_line::{QUEUES, queues};
use crate::encryption;
use crate::environment::TestEnvironment;
use crate::proxy::{Hold, Routes};
use crate::world::World;

fn renamed(project: &str, more: &str) -> String {
    QUEUES.replacen("project: shop", &format!("project: {project}\n{more}"), 1)
}

fn nothing_is_made_or_deleted(environment: &TestEnvironment) {
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
}

/// The queues, applied as shop/dev.
fn applied() -> TestEnvironment {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment
}

#[test]
fn another_name_is_not_taken_for_a_new_stack() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", ""));
    for command in [&["plan"][..], &["apply", "--yes"], &["destroy", "--yes"], &["outputs"]] {
        let refused = environment.run(command).expect(5);
        assert!(refused.stderr.contains("there is no state of mall/dev"), "{refused}");
        assert!(
            refused.stderr.contains("there is state of shop/dev in <folder>/.infra, with 2 resources"),
            "{refused}"
        );
        assert!(refused.stderr.contains("write `renamed_from: shop/dev` into its file"), "{refused}");
    }
    nothing_is_made_or_deleted(&environment);
    environment.run(&["init", "--new"]).expect(0);
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("2 to create"), "{plan}");
}

#[test]
fn a_project_in_a_bucket_is_known_by_what_this_machine_remembers() {
    let environment = queues();
    let state = format!("state: s3://{}", environment.unique);
    environment.write("stacks/dev.yaml", &renamed("shop", &state));
    environment.run(&["init"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &renamed("mall", &state));
    let refused = environment.run(&["plan"]).expect(5);
    assert!(refused.stderr.contains("there is state of shop/dev in s3://<unique>"), "{refused}");
}

#[test]
fn a_renamed_project_keeps_its_objects_and_rewrites_their_tags() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    let plan = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(plan.stderr.contains("this is the state of shop/dev in <folder>/.infra"), "{plan}");
    assert!(plan.stdout.contains("2 to update"), "{plan}");
    assert!(plan.stdout.contains("infra:project") && plan.stdout.contains("shop → mall"), "{plan}");
    assert!(environment.folder().join(".infra/shop/dev/state.json").is_file(), "a plan moves nothing");

    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("mall/dev in <folder>/.infra was shop/dev in <folder>/.infra before"), "{applied}");
    nothing_is_made_or_deleted(&environment);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let listed = environment.run(&["state", "list"]).expect(0).stdout;
    assert!(listed.contains("shop-dev-jobs"), "the names of objects stay: {listed}");

    // Whether the line stays or goes makes no difference.
    environment.write("stacks/dev.yaml", &renamed("mall", ""));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let history = environment.run(&["history"]).expect(0).stdout;
    assert_eq!(
        history.lines().filter(|line| line.contains("2 created") || line.contains("2 updated")).count(),
        2,
        "{history}"
    );
    environment.write("stacks/dev.yaml", QUEUES);
    let left = environment.run(&["apply", "--yes"]).expect(5);
    assert!(left.stderr.contains("the state is that of mall/dev in <folder>/.infra now"), "{left}");
    environment.write("stacks/dev.yaml", &renamed("mall", ""));
    environment.proxy.reset();
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 2);
}

#[test]
fn a_renamed_stack_keeps_its_objects_and_new_ones_get_new_names() {
    let environment = applied();
    fs::remove_file(environment.folder().join("stacks/dev.yaml")).expect("the former file");
    let more = "  more: { type: 'AWS::SQS::Queue', protect: false }\noutputs:";
    let text = renamed("shop", "renamed_from: shop/dev").replacen("outputs:", more, 1);
    environment.write("stacks/main.yaml", &text);
    environment.run(&["apply", "--yes", "--stack", "main"]).expect(0);
    let listed = environment.run(&["state", "list", "--stack", "main"]).expect(0).stdout;
    assert!(listed.contains("shop-dev-jobs") && listed.contains("shop-main-more"), "{listed}");
    // A replacement is a new object.
    environment.write(
        "stacks/main.yaml",
        &text.replace("FifoQueue: true\n      Vis", "Vis").replace("properties: { FifoQueue: true }", "properties: {}"),
    );
    environment.run(&["apply", "--yes", "--stack", "main"]).expect(0);
    let listed = environment.run(&["state", "list", "--stack", "main"]).expect(0).stdout;
    assert!(!listed.contains("shop-dev-") && listed.contains("shop-main-jobs"), "{listed}");
}

#[test]
fn a_renamed_stack_can_be_destroyed_at_once() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 2);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn a_saved_plan_of_a_renamed_stack_holds() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    environment.run(&["plan", "--out", "a.plan"]).expect(0);
    environment.run(&["apply", "a.plan"]).expect(0);
    nothing_is_made_or_deleted(&environment);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_change_of_names_that_is_killed_goes_on() {
    for (call, key) in
        [("s3:PutObject", "mall/dev/state.json"), ("s3:PutObject", "shop/dev/state.json"), ("sqs:TagQueue", "")]
    {
        for at in [Hold::BeforeSending, Hold::BeforeAnswering] {
            let environment = queues();
            let state = format!("state: s3://{}", environment.unique);
            environment.write("stacks/dev.yaml", &renamed("shop", &state));
            environment.run(&["init"]).expect(0);
            environment.run(&["apply", "--yes"]).expect(0);
            environment.write("stacks/dev.yaml", &renamed("mall", &format!("renamed_from: shop\n{state}")));
            environment.proxy.reset();
            let rule = environment.proxy.on(call);
            let held = if key.is_empty() { rule.hold(at) } else { rule.key(key).hold(at) };
            let running = environment.start(&["apply", "--yes"]);
            held.reached();
            running.kill();
            running.wait();
            held.release();
            environment.run(&["apply", "--yes"]).expect(0);
            nothing_is_made_or_deleted(&environment);
            environment.run(&["plan", "--detailed-exitcode"]).expect(0);
            environment.write("stacks/dev.yaml", &renamed("mall", &state));
            environment.run(&["plan", "--detailed-exitcode"]).expect(0);
        }
    }
}

#[test]
fn without_the_line_a_change_of_names_that_was_cut_off_at_the_tags_goes_on() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    environment.kill_at(&["apply", "--yes"], "sqs:TagQueue", Hold::BeforeSending);
    environment.write("stacks/dev.yaml", &renamed("mall", ""));
    environment.run(&["apply", "--yes"]).expect(0);
    nothing_is_made_or_deleted(&environment);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_a_create_of_the_former_name_made_is_found() {
    let environment = queues();
    environment.kill_at(&["apply", "--yes"], "sqs:CreateQueue", Hold::BeforeAnswering);
    environment.proxy.reset();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1, "only the one that was not made yet");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let listed = environment.run(&["state", "list"]).expect(0).stdout;
    assert!(listed.contains("shop-dev-failed"), "{listed}");
}

#[test]
fn one_who_does_not_approve_moves_nothing() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    environment.run(&["apply"]).expect(1);
    environment.write("stacks/dev.yaml", QUEUES);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn commands_that_write_state_wait_for_the_new_name() {
    let environment = applied();
    environment.write("stacks/dev.yaml", &renamed("mall", "renamed_from: shop"));
    let refused = environment.run(&["state", "rm", "jobs"]).expect(5);
    assert!(refused.stderr.contains("`infra init --stack dev` moves it"), "{refused}");
    environment.run(&["init"]).expect(0);
    environment.run(&["state", "rm", "jobs"]).expect(0);
}

#[test]
fn a_file_for_many_stacks_names_the_former_project_alone() {
    let environment = TestEnvironment::new();
    let text = |head: &str| {
        format!(
            "{head}\nmatch: 'pr-*'\nregion: us-west-2\nephemeral: true\nresources: {{ jobs: {{ type: 'AWS::SQS::Queue' }} }}\n"
        )
    };
    environment.write("stacks/pr.yaml", &text("project: shop"));
    for stack in ["pr-1", "pr-2"] {
        environment.run(&["apply", "--yes", "--stack", stack]).expect(0);
    }
    environment.write("stacks/pr.yaml", &text("project: mall\nrenamed_from: shop/pr-1"));
    let refused = environment.run(&["validate", "--stack", "pr-1"]).expect(3);
    assert!(refused.stderr.contains("name the project alone, `renamed_from: shop`"), "{refused}");
    environment.write("stacks/pr.yaml", &text("project: mall\nrenamed_from: shop"));
    environment.proxy.reset();
    for stack in ["pr-1", "pr-2"] {
        environment.run(&["apply", "--yes", "--stack", stack]).expect(0);
    }
    // One that never was is new.
    environment.run(&["apply", "--yes", "--stack", "pr-3"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
}

/// A secret that the file keeps encrypted, and one that state does.
const SECRETS: &str = "region: us-west-2
ephemeral: true
encryption: { kms: KEY }
config:
  token: { secret: required }
resources:
  password:
    type: Infra::RandomPassword
    properties: { PasswordLength: 24 }
  database:
    type: AWS::SecretsManager::Secret
    properties: { SecretString: \"${password.Value}${config.token}\" }
outputs:
  password: ${password.Value}
";

#[tokio::test]
async fn what_a_kms_key_encrypted_for_the_former_project_opens() {
    let (world, mut environment) = (World::new(Routes::default()), TestEnvironment::with_routes(Routes::default()));
    environment.set("AWS_ACCESS_KEY_ID", &world.account);
    let key = encryption::key(&world.clients).await;
    let path = environment.folder().join("stacks/dev.yaml");
    environment.write("stacks/dev.yaml", &format!("project: shop\n{}", SECRETS.replace("KEY", &key)));
    environment.run_with_input(&["config", "set", "token", "--secret"], "planted-token").expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    let text = fs::read_to_string(&path).expect("the stack file");
    environment.write("stacks/dev.yaml", &text.replace("project: shop", "project: mall\nrenamed_from: shop"));
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("secrets of state"), "encrypted anew: {applied}");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["config", "rotate"]).expect(0);
    let text = fs::read_to_string(&path).expect("the stack file");
    environment.write("stacks/dev.yaml", &text.replace("renamed_from: shop\n", ""));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let shown = environment.run(&["config", "get", "token", "--show-secrets"]).expect(0);
    assert_eq!(shown.stdout, "planted-token\n");
}
