//! Every command's own work, as its user sees it.

use insta::assert_snapshot;

use crate::command_line::{QUEUES, queues};
use crate::environment::{Output, TestEnvironment};

/// What is printed after the line that tells how long it took.
fn shown(output: &Output) -> &str {
    output.stdout.split_once("<duration>\n\n").map_or(output.stdout.as_str(), |(_, rest)| rest)
}

#[test]
fn a_plan_shows_waves_changes_and_what_is_known_after_apply() {
    let environment = queues();
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @"
    wave 1
      + failed  AWS::SQS::Queue

    wave 2
      + jobs    AWS::SQS::Queue

    2 to create
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &QUEUES.replace("maxReceiveCount: 5", "maxReceiveCount: 3"));
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @r#"
    wave 1
      ~ jobs  AWS::SQS::Queue  in place
          RedrivePolicy
              {
                "deadLetterTargetArn": "arn:aws:sqs:us-west-2:<account>:shop-dev-failed.fifo",
            -   "maxReceiveCount": 5
            +   "maxReceiveCount": 3
              }

    1 to update, 1 unchanged
    "#);
}

/// The queues without what makes them FIFO ones, which no queue can become or cease to be.
fn plain(stack: &str) -> String {
    stack.replace("      FifoQueue: true\n", "").replace("{ FifoQueue: true }", "{}")
}

fn order(environment: &TestEnvironment) -> Vec<String> {
    let calls = environment.proxy.calls();
    let writes = calls.iter().filter(|call| call.matches("sqs:CreateQueue") || call.matches("sqs:DeleteQueue"));
    writes.map(|call| call.operation.clone()).collect()
}

#[test]
fn a_replacement_makes_the_new_object_first() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment.write("stacks/dev.yaml", &plain(QUEUES));
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @r#"
    wave 1
      ± failed  AWS::SQS::Queue  replace, create first: FifoQueue cannot be updated
          FifoQueue   true → (AWS's default)   (cannot be updated)

    wave 2
      ± jobs    AWS::SQS::Queue  replace, create first: FifoQueue cannot be updated
          RedrivePolicy   {"deadLetterTargetArn":"arn:aw…ed.fifo","maxReceiveCount":5} → … (known after apply)
          FifoQueue       true → (AWS's default)   (cannot be updated)

    2 to replace
    "#);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(order(&environment), ["CreateQueue", "CreateQueue", "DeleteQueue", "DeleteQueue"]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_replacement_deletes_the_old_object_first_where_the_file_says_so() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    // What depends on one that goes first goes before it.
    let first = plain(QUEUES).replace("  failed:\n", "  failed:\n    replace: delete_first\n");
    environment.write("stacks/dev.yaml", &first);
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @r#"
    wave 1
      ± jobs    AWS::SQS::Queue  replace, delete first: FifoQueue cannot be updated, failed is deleted first
          RedrivePolicy   {"deadLetterTargetArn":"arn:aw…ed.fifo","maxReceiveCount":5} → … (known after apply)
          FifoQueue       true → (AWS's default)   (cannot be updated)

    wave 2
      ± failed  AWS::SQS::Queue  replace, delete first: FifoQueue cannot be updated
          FifoQueue   true → (AWS's default)   (cannot be updated)

    2 to replace
    "#);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(order(&environment), ["DeleteQueue", "DeleteQueue", "CreateQueue", "CreateQueue"]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn only_the_targets_and_what_they_need_are_touched() {
    let environment = queues();
    environment.run(&["apply", "--yes", "--target", "failed"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
    environment.run(&["apply", "--yes", "--exclude", "jobs"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
    environment.run(&["apply", "--yes", "--target", "jobs"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
    let unknown = environment.run(&["plan", "--target", "job"]).expect(3);
    assert_snapshot!(unknown.stderr, @"error: no resource is called `job`; did you mean `jobs`?");
}

#[test]
fn a_renamed_resource_moves_and_its_object_stays() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    let renamed = QUEUES.replace("  failed:\n", "  dead:\n    moved_from: failed\n").replace("failed.Arn", "dead.Arn");
    environment.write("stacks/dev.yaml", &renamed);
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @"
    wave 1
      ~ dead  AWS::SQS::Queue  moved from failed
          Tags.infra:address   failed → dead

    1 to update, 1 unchanged
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
    assert_snapshot!(environment.run(&["state", "list"]).expect(0).stdout, @"
    dead  AWS::SQS::Queue  http://<endpoint>/<account>/shop-dev-failed.fifo
    jobs  AWS::SQS::Queue  http://<endpoint>/<account>/shop-dev-jobs.fifo
    ");
}

#[test]
fn an_object_is_imported_without_a_change() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "failed"]).expect(0);
    environment.proxy.reset();
    let imported = environment.run(&["import", "sqs:shop-dev-failed.fifo"]).expect(0);
    assert_snapshot!(shown(&imported), @"
    wave 1
      < failed  AWS::SQS::Queue  imports http://<endpoint>/<account>/shop-dev-failed.fifo

    1 to import
    ");
    assert_eq!(environment.proxy.matching("sqs:*").iter().filter(|call| !call.reads()).count(), 0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_the_file_lacks_is_printed_to_paste() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "failed"]).expect(0);
    let without = QUEUES
        .replace("  failed:\n    type: AWS::SQS::Queue\n    protect: false\n    properties: { FifoQueue: true }\n", "");
    environment.write("stacks/dev.yaml", &without.replace("${failed.Arn}", "arn:aws:sqs:us-west-2:1:failed.fifo"));
    let pasted = environment.run(&["import", "AWS::SQS::Queue:shop-dev-failed.fifo"]).expect(0).stdout;
    assert_snapshot!(pasted, @"
    shop_dev_failed_fifo:
      type: AWS::SQS::Queue
      import: http://<endpoint>/<account>/shop-dev-failed.fifo
      properties:
        ContentBasedDeduplication: false
        DelaySeconds: 0
        FifoQueue: true
        MaximumMessageSize: 1048576
        MessageRetentionPeriod: 345600
        QueueName: shop-dev-failed.fifo
        ReceiveMessageWaitTimeSeconds: 0
        VisibilityTimeout: 30
    ");
}

#[test]
fn drift_is_told_and_repaired() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift"]).expect(0);
    // Another stack takes the queue over and changes it behind our back.
    environment.write("stacks/other.yaml", "project: other\nregion: us-west-2\nephemeral: true\nresources:\n  q:\n    type: AWS::SQS::Queue\n    import: shop-dev-jobs.fifo\n    properties: { QueueName: shop-dev-jobs.fifo, VisibilityTimeout: 99 }\n");
    environment.run(&["apply", "--stack", "other", "--yes"]).expect(0);
    let drift = environment.run(&["drift"]).expect(2);
    assert_snapshot!(shown(&drift), @"
    wave 1
      ! jobs  AWS::SQS::Queue  drift
          VisibilityTimeout   99 live → 45

    1 to update, 1 unchanged
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift"]).expect(0);
    // And then deletes it.
    environment.run(&["destroy", "--stack", "other", "--yes"]).expect(0);
    let gone = environment.run(&["drift"]).expect(2);
    assert!(gone.stdout.contains("deleted outside of infra"), "{gone}");
}

#[test]
fn the_graph_is_printed_for_graphviz_and_for_mermaid() {
    let environment = queues();
    assert_snapshot!(environment.run(&["graph"]).expect(0).stdout, @r#"
    digraph {
      rankdir = LR;
      node [shape = box];
      "jobs";
      "failed";
      "jobs" -> "failed";
    }
    "#);
    assert_snapshot!(environment.run(&["graph", "--format", "mermaid"]).expect(0).stdout, @r#"
    flowchart LR
      n0["jobs"]
      n1["failed"]
      n0 --> n1
    "#);
    environment.write("stacks/dev.yaml", &QUEUES.replace("properties: { FifoQueue: true }", "depends_on: [jobs]"));
    assert_snapshot!(environment.run(&["graph"]).expect(3).stderr, @r#"
    error: these resources depend on each other in a circle: jobs -> failed -> jobs
      --> stacks/dev.yaml:12:48
       |
    12 |       RedrivePolicy: { deadLetterTargetArn: "${failed.Arn}", maxReceiveCount: 5 }
       |                                                ^^^^^^
      ::: stacks/dev.yaml:16:18
       |
    16 |     depends_on: [jobs]
       |                  ^^^^ `failed` needs `jobs`
       = give one of them its value another way, or split it into two resources
    "#);
}

#[test]
fn a_lock_that_is_held_is_told_with_its_holder() {
    let environment = queues();
    let held = environment.proxy.on("sqs:CreateQueue").hold(crate::proxy::Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    held.reached();
    let other = environment.run(&["apply", "--yes"]).expect(4);
    assert!(other.stderr.contains("is locked"), "{other}");
    held.release();
    running.wait().expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
}
