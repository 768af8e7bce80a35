//! The way back to an earlier run.

use insta::assert_snapshot;

use crate::command_line::{QUEUES, queues};
use crate::environment::TestEnvironment;
use crate::history::{history, record, with_receives};
use crate::proxy::Hold;
use crate::state::queues_in_bucket;

#[test]
fn a_rollback_brings_the_inputs_back_and_the_next_apply_the_files() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let newer = with_receives(3);
    environment.write("stacks/dev.yaml", &newer);
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    environment.proxy.reset();
    let back = environment.run(&["rollback", "--yes"]).expect(0);
    assert!(back.stderr.starts_with("back to 1 of <time> by "), "{}", back.stderr);
    assert!(back.stderr.contains("VisibilityTimeout   60 → 45"), "{}", back.stderr);
    assert!(back.stderr.contains("-   \"maxReceiveCount\": 3"), "{}", back.stderr);
    assert!(back.stderr.ends_with("stacks/dev.yaml was not changed: the next apply brings its newer inputs back; `infra plan` shows how they differ\n"), "{}", back.stderr);
    assert_eq!(environment.proxy.count("sqs:SetQueueAttributes"), 1);
    let file = std::fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack file");
    assert_eq!(file, newer);
    let plan = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(plan.stdout.contains("+   \"maxReceiveCount\": 3"), "{}", plan.stdout);
    assert!(!plan.stdout.contains("VisibilityTimeout"), "`--set` was of its own run alone: {}", plan.stdout);
    assert_eq!(record(&environment, 3)["kind"]["rollback"]["to"], 1);
    assert_eq!(record(&environment, 3)["inputs"], record(&environment, 1)["inputs"]);
    // Once more goes back to what was before the rollback, with its `--set`.
    environment.run(&["rollback", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode", "--set", "timeout=60"]).expect(0);
    let kinds: Vec<String> = history(&environment).iter().map(|record| record["kind"].to_string()).collect();
    assert_eq!(kinds, [r#"{"rollback":{"to":2}}"#, r#"{"rollback":{"to":1}}"#, r#""apply""#, r#""apply""#]);
}

#[test]
fn a_rollback_after_a_killed_run_goes_back_to_the_last_one_that_succeeded() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(4));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(3));
    environment.kill_at(&["apply", "--yes"], "sqs:SetQueueAttributes", Hold::BeforeAnswering);
    let back = environment.run(&["rollback", "--yes"]).expect(0);
    assert!(back.stderr.starts_with("back to 2 of "), "{}", back.stderr);
    environment.write("stacks/dev.yaml", &with_receives(4));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_rollback_knows_of_a_run_that_was_killed_before_its_record() {
    let environment = queues_in_bucket();
    let file = std::fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack file");
    let with = |count: usize| file.replace("maxReceiveCount: 5", &format!("maxReceiveCount: {count}"));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with(4));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with(3));
    let record = environment.proxy.on("s3:PutObject").key("history/").hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    record.reached();
    running.kill();
    running.wait();
    drop(record);
    let back = environment.run(&["rollback", "--yes"]).expect(0);
    assert!(back.stderr.starts_with("back to 2 of "), "{}", back.stderr);
    environment.write("stacks/dev.yaml", &with(4));
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_rollback_that_finds_everything_so_leaves_no_record() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let same = environment.run(&["rollback", "--to", "1", "--yes"]).expect(0);
    assert!(same.stderr.contains("nothing to do in AWS"), "{}", same.stderr);
    assert!(!same.stderr.contains("was not changed"), "the file has the same inputs: {}", same.stderr);
    assert_eq!(history(&environment).len(), 1);
}

#[test]
fn after_a_destroy_a_rollback_makes_everything_again_without_the_file() {
    let environment = queues();
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
    std::fs::remove_file(environment.folder().join("stacks/dev.yaml")).expect("the stack file");
    let asked = environment.run(&["rollback"]).expect(1);
    assert!(asked.stderr.contains("there is no terminal to ask for approval"), "{}", asked.stderr);
    let back = environment.run(&["rollback", "--yes"]).expect(0);
    assert!(back.stderr.contains("made again without the data that was in it: failed, jobs\n"), "{}", back.stderr);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 4);
    let end = environment.run(&["rollback", "--to", "2", "--yes"]).expect(1);
    assert_snapshot!(end.stderr, @"
    error: record 2 is the end of the stack
    hint: `infra destroy` destroys it again; name a run before it to make it again
    ");
    assert_eq!(history(&environment).len(), 3);
    environment.write("stacks/dev.yaml", QUEUES);
    environment.run(&["plan", "--detailed-exitcode", "--set", "timeout=60"]).expect(0);
}

#[test]
fn a_rollback_is_held_to_the_same_protection_and_choice_as_an_apply() {
    let environment = TestEnvironment::new();
    let one = QUEUES.replace("    protect: false\n", "");
    environment.write("stacks/dev.yaml", &one);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &one.replace("outputs:", "  more: { type: 'AWS::SQS::Queue' }\noutputs:"));
    environment.run(&["apply", "--yes"]).expect(0);
    let refused = environment.run(&["rollback", "--yes"]).expect(5);
    assert!(refused.stderr.contains("--allow-destroy"), "{}", refused.stderr);
    environment.run(&["rollback", "--yes", "--target", "jobs"]).expect(0);
    environment.run(&["rollback", "--yes", "--allow-destroy", "more"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 1);
    assert_eq!(history(&environment).len(), 3, "neither the refusal nor what had nothing to do");
}

const RENAMED: [&str; 2] = ["jobs", "tasks"];

/// The queues, with one of them under another name of the file and of AWS's as it was.
fn renamed(moved_from: bool) -> String {
    let [from, to] = RENAMED;
    let named = QUEUES.replace(
        "      FifoQueue: true\n      Vis",
        "      FifoQueue: true\n      QueueName: shop-own.fifo\n      Vis",
    );
    let moved = if moved_from { format!("  {to}:\n    moved_from: {from}\n") } else { format!("  {to}:\n") };
    named.replace(&format!("  {from}:\n"), &moved).replace(&format!("${{{from}."), &format!("${{{to}."))
}

fn named() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &renamed(false).replace("tasks", "jobs"));
    environment.run(&["apply", "--yes"]).expect(0);
    environment
}

#[track_caller]
fn goes_back_over_the_rename(environment: &TestEnvironment, arguments: &[&str]) {
    environment.proxy.reset();
    let back = environment.run(arguments).expect(0);
    assert!(back.stderr.contains("moved from tasks"), "{back}");
    assert!(back.stderr.contains("1 to move, 1 unchanged") || back.stderr.contains("1 to move, 1 output"), "{back}");
    assert_eq!((environment.proxy.count("sqs:CreateQueue"), environment.proxy.count("sqs:DeleteQueue")), (0, 0));
    environment.run(&["state", "show", "jobs"]).expect(0);
}

#[test]
fn a_rollback_moves_back_what_a_file_renamed() {
    let environment = named();
    environment.write("stacks/dev.yaml", &renamed(true));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(record(&environment, 2)["renames"], serde_json::json!([{"from": "jobs", "to": "tasks"}]));
    goes_back_over_the_rename(&environment, &["rollback", "--yes"]);
    // And forth again, where the record's own file says it too.
    environment.proxy.reset();
    environment.run(&["rollback", "--yes"]).expect(0);
    environment.run(&["state", "show", "tasks"]).expect(0);
    assert_eq!((environment.proxy.count("sqs:CreateQueue"), environment.proxy.count("sqs:DeleteQueue")), (0, 0));
}

#[test]
fn a_rollback_moves_back_what_a_command_renamed() {
    let environment = named();
    environment.run(&["state", "mv", "jobs", "works"]).expect(0);
    environment.run(&["state", "mv", "works", "tasks"]).expect(0);
    environment.write("stacks/dev.yaml", &renamed(false));
    environment.run(&["apply", "--yes"]).expect(0);
    goes_back_over_the_rename(&environment, &["rollback", "--yes", "--to", "1"]);
}

#[test]
fn a_rollback_moves_back_what_a_killed_run_renamed() {
    let environment = named();
    environment.write("stacks/dev.yaml", &renamed(true));
    environment.kill_at(&["apply", "--yes"], "sqs:TagQueue", Hold::BeforeSending);
    environment.run(&["state", "show", "tasks"]).expect(0);
    environment.proxy.reset();
    environment.run(&["rollback", "--yes"]).expect(0);
    assert_eq!((environment.proxy.count("sqs:CreateQueue"), environment.proxy.count("sqs:DeleteQueue")), (0, 0));
    environment.run(&["state", "show", "jobs"]).expect(0);
}
