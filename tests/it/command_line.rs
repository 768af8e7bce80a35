//! The command line as a user runs it: what it prints, what it calls, and how it ends.

use insta::assert_snapshot;

use crate::environment::TestEnvironment;
use crate::proxy::Hold;

pub const QUEUES: &str = r#"
project: shop
region: us-west-2
config: { timeout: 45 }
resources:
  jobs:
    type: AWS::SQS::Queue
    protect: false
    properties:
      FifoQueue: true
      VisibilityTimeout: ${config.timeout}
      RedrivePolicy: { deadLetterTargetArn: "${failed.Arn}", maxReceiveCount: 5 }
  failed:
    type: AWS::SQS::Queue
    protect: false
    properties: { FifoQueue: true }
outputs:
  arn: ${jobs.Arn}
"#;

pub fn queues() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", QUEUES);
    environment
}

#[test]
fn a_stack_is_applied_once_and_then_has_no_changes() {
    let environment = queues();
    environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(applied.stderr.contains("2 operations done"), "{}", applied.stderr);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);

    environment.proxy.reset();
    let plan = environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert!(plan.stdout.contains("no changes, 2 unchanged"), "{}", plan.stdout);
    // What a queue costs: its attributes and its tags, none twice.
    assert_eq!(environment.proxy.count("sqs:GetQueueAttributes"), 2);
    assert_eq!(environment.proxy.count("sqs:ListQueueTags"), 2);
    assert_eq!(environment.proxy.calls().len(), 5, "and who we are");
}

#[test]
fn what_depends_on_another_is_made_after_it_and_deleted_before_it() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
    let names = |pattern: &str, parameter: &str| -> Vec<String> {
        environment.proxy.matching(pattern).iter().map(|call| call.parameter(parameter).to_owned()).collect()
    };
    let (made, deleted) = (names("sqs:CreateQueue", "QueueName"), names("sqs:DeleteQueue", "QueueUrl"));
    assert!(made[0].contains("shop-dev-failed") && made[1].contains("shop-dev-jobs"), "{made:?}");
    assert!(deleted[0].contains("shop-dev-jobs") && deleted[1].contains("shop-dev-failed"), "{deleted:?}");
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn a_change_is_shown_and_made_in_place() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let plan = environment.run(&["plan", "--set", "timeout=60"]).expect(0);
    assert!(plan.stdout.contains("VisibilityTimeout   45 → 60"), "{}", plan.stdout);
    environment.proxy.reset();
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:SetQueueAttributes"), 1);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 0);
}

#[test]
fn a_saved_plan_is_applied_exactly_or_not_at_all() {
    let environment = queues();
    environment.run(&["plan", "--out", "a.plan"]).expect(0);
    environment.run(&["apply", "a.plan"]).expect(0);
    let again = environment.run(&["apply", "a.plan"]).expect(1);
    assert!(again.stderr.contains("the saved plan no longer holds: state has changed since"), "{}", again.stderr);
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once_with_their_lines() {
    let environment = TestEnvironment::new();
    environment.write(
        "stacks/dev.yaml",
        r#"project: shop
region: us-west-2
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      VisibilityTimout: 45
      DelaySeconds: soon
"#,
    );
    let run = environment.run(&["plan"]).expect(3);
    assert_snapshot!(run.stderr, @r#"
    error: `VisibilityTimout` is not a property of AWS::SQS::Queue
     --> stacks/dev.yaml:7:7
      |
    7 |       VisibilityTimout: 45
      |       ^^^^^^^^^^^^^^^^
      = did you mean `VisibilityTimeout`?

    error: `DelaySeconds` must be a whole number, got "soon"
     --> stacks/dev.yaml:8:21
      |
    8 |       DelaySeconds: soon
      |                     ^^^^
    "#);
    assert!(environment.proxy.calls().is_empty(), "nothing is asked of AWS for a file that is wrong");
}

#[test]
fn what_is_protected_is_not_destroyed_unless_it_is_named() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &QUEUES.replace("    protect: false\n", ""));
    environment.run(&["apply", "--yes"]).expect(0);
    let refused = environment.run(&["destroy", "--yes"]).expect(5);
    assert!(refused.stderr.contains("--allow-destroy"), "{}", refused.stderr);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
    environment.run(&["destroy", "--yes", "--allow-destroy", "jobs", "--allow-destroy", "failed"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 2);
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_is_done() {
    let environment = queues();
    let run = environment.run(&["apply"]).expect(1);
    assert!(run.stderr.contains("there is no terminal to ask for approval"), "{}", run.stderr);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 0);
}

#[test]
fn an_interrupt_finishes_what_is_under_way_and_starts_nothing_new() {
    let environment = queues();
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    running.interrupt();
    create.release();
    let run = running.wait().expect(130);
    assert!(run.stderr.contains("1 operation done, 1 not started (interrupted)"), "{}", run.stderr);
    assert!(!run.stderr.contains("skipped"), "{}", run.stderr);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
}

#[test]
fn an_object_made_by_a_killed_run_is_found_again_and_not_doubled() {
    let environment = queues();
    environment.kill_at(&["apply", "--yes"], "sqs:CreateQueue", Hold::BeforeAnswering);
    let run = environment.run(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains("finishes what an earlier run began"), "{}", run.stderr);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2, "one a queue");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}
