//! What plans show and what applying them does, as its user sees it.

use aws_sdk_sqs::types::QueueAttributeName;
use infra::aws::Context;
use insta::assert_snapshot;

use crate::command_line::{QUEUES, queues};
use crate::environment::{Output, TestEnvironment};

/// What is printed after the line that tells how long it took.
pub fn shown(output: &Output) -> &str {
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

    outputs
      + arn = ${jobs.Arn} (known after apply)

    2 to create, 1 output to change
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
          RedrivePolicy (known after apply)
              {
            -   "deadLetterTargetArn": "arn:aws:sqs:us-west-2:<account>:shop-dev-failed.fifo",
            +   "deadLetterTargetArn": "${failed.Arn}",
                "maxReceiveCount": 5
              }
          FifoQueue       true → (AWS's default)   (cannot be updated)

    outputs
      ~ arn   arn:aws:sqs:us-west-2:<account>:shop-dev-jobs.fifo → ${jobs.Arn} (known after apply)

    2 to replace, 1 output to change
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
          RedrivePolicy (known after apply)
              {
            -   "deadLetterTargetArn": "arn:aws:sqs:us-west-2:<account>:shop-dev-failed.fifo",
            +   "deadLetterTargetArn": "${failed.Arn}",
                "maxReceiveCount": 5
              }
          FifoQueue       true → (AWS's default)   (cannot be updated)

    wave 2
      ± failed  AWS::SQS::Queue  replace, delete first: FifoQueue cannot be updated
          FifoQueue   true → (AWS's default)   (cannot be updated)

    outputs
      ~ arn   arn:aws:sqs:us-west-2:<account>:shop-dev-jobs.fifo → ${jobs.Arn} (known after apply)

    2 to replace, 1 output to change
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
      > dead  AWS::SQS::Queue  moved from failed
          Tags.infra:address   failed → dead

    1 to move, 1 unchanged
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
fn drift_is_told_and_repaired() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift"]).expect(0);
    let state = environment.run_raw(&["state", "show", "jobs", "--json"]).expect(0).stdout;
    let state: serde_json::Value = serde_json::from_str(&state).expect("JSON");
    let queue = state["resource"]["id"].as_str().expect("an identifier");
    let slower = async |cx: &Context| {
        let call = cx.sqs().set_queue_attributes().queue_url(queue);
        call.attributes(QueueAttributeName::VisibilityTimeout, "99").send().await
    };
    environment.behind_our_back(slower).expect("a change");
    let drift = environment.run(&["drift"]).expect(2);
    assert_snapshot!(shown(&drift), @"
    wave 1
      ! jobs  AWS::SQS::Queue  drift
          VisibilityTimeout   99 live → 45

    1 to update, 1 unchanged
    not looked at: what the stack file leaves out (`infra drift --all` compares it); AWS::SQS::Queue: access policy; objects that are not in state
    ");
    // What the file has changed is none of drift's business.
    environment.write(
        "stacks/dev.yaml",
        &QUEUES.replacen("    protect: false\n", "", 1).replace("outputs:\n", "outputs:\n  x: 1\n"),
    );
    assert_snapshot!(shown(&environment.run(&["drift", "--full"]).expect(2)), @"
    wave 1
      ! jobs    AWS::SQS::Queue  drift
          VisibilityTimeout   99 live → 45

    unchanged
      = failed  AWS::SQS::Queue

    1 to update, 1 unchanged
    not looked at: what the stack file leaves out (`infra drift --all` compares it); AWS::SQS::Queue: access policy; objects that are not in state
    ");
    environment.write("stacks/dev.yaml", QUEUES);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["drift"]).expect(0);
    let delete = async |cx: &Context| cx.sqs().delete_queue().queue_url(queue).send().await;
    environment.behind_our_back(delete).expect("a deletion");
    let gone = environment.run(&["drift"]).expect(2);
    assert!(gone.stdout.contains("deleted outside of infra"), "{gone}");
}

#[test]
fn outputs_that_change_alone_are_a_change() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.write("stacks/dev.yaml", &format!("{QUEUES}  seconds: ${{config.timeout}}\n"));
    assert_snapshot!(shown(&environment.run(&["plan", "--detailed-exitcode"]).expect(2)), @"
    outputs
      + seconds = 45

    1 output to change, 2 unchanged
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    let changed = QUEUES.replace("  arn: ${jobs.Arn}\n", "  seconds: ${jobs.VisibilityTimeout + 1}\n");
    environment.write("stacks/dev.yaml", &changed);
    assert_snapshot!(shown(&environment.run(&["plan", "--detailed-exitcode"]).expect(2)), @"
    outputs
      ~ seconds   45 → 46
      - arn

    2 outputs to change, 2 unchanged
    ");
    // What is left out stays as it is, and so does what is read off it.
    let left_out = ["plan", "--detailed-exitcode", "--set", "timeout=60", "--target", "failed"];
    assert_snapshot!(shown(&environment.run(&left_out).expect(2)), @"
    outputs
      ~ seconds   45 → 46
      - arn

    2 outputs to change, 1 unchanged, 1 left out
    ");
    environment.run(&["plan", "--out", "a.plan"]).expect(0);
    assert_snapshot!(environment.run(&["apply", "a.plan"]).expect(0), @"
    seconds = 46
    ------- stderr -------
    shop/dev   account <account>   role moto   us-west-2
    2 resources read in 4 calls, <duration>

    outputs
      ~ seconds   45 → 46
      - arn

    2 outputs to change, 2 unchanged

    nothing to do in AWS, and state is up to date
    ");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_snapshot!(shown(&environment.run(&["plan", "--destroy"]).expect(0)), @"
    wave 1
      - jobs    AWS::SQS::Queue  delete

    wave 2
      - failed  AWS::SQS::Queue  delete

    outputs
      - seconds

    2 to delete, 1 output to change
    ");
}

#[test]
fn what_is_left_out_is_not_called_unchanged() {
    let environment = queues();
    assert_snapshot!(shown(&environment.run(&["plan", "--target", "failed"]).expect(0)), @"
    wave 1
      + failed  AWS::SQS::Queue

    1 to create, 1 left out
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    let full = environment.run(&["plan", "--target", "failed", "--set", "timeout=60", "--full"]).expect(0);
    assert_snapshot!(shown(&full), @"
    left out
      = jobs    AWS::SQS::Queue

    unchanged
      = failed  AWS::SQS::Queue

    no changes, 1 unchanged, 1 left out
    ");
    let json = environment.run(&["plan", "--exclude", "failed", "--json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["summary"]["left_out"], 2);
}

#[test]
fn options_that_only_state_knows_are_planned_and_recorded() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let kept = QUEUES.replacen("    protect: false\n", "    protect: true\n    on_delete: retain\n", 1);
    environment.write("stacks/dev.yaml", &kept);
    environment.proxy.reset();
    assert_snapshot!(shown(&environment.run(&["plan", "--detailed-exitcode"]).expect(2)), @"
    in state only
      ~ jobs  AWS::SQS::Queue
          protect     false → true
          on_delete   delete → retain

    1 to update, 1 unchanged
    ");
    assert!(environment.run(&["apply"]).expect(1).stderr.contains("no terminal to ask"));
    assert_snapshot!(environment.run(&["apply", "--yes"]).expect(0), @"
    arn = arn:aws:sqs:us-west-2:<account>:shop-dev-jobs.fifo
    ------- stderr -------
    shop/dev   account <account>   role moto   us-west-2
    2 resources read in 4 calls, <duration>

    in state only
      ~ jobs  AWS::SQS::Queue
          protect     false → true
          on_delete   delete → retain

    1 to update, 1 unchanged

    nothing to do in AWS, and state is up to date
    ");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(environment.proxy.matching("sqs:*").iter().filter(|call| !call.reads()).count(), 0);
}

#[test]
fn a_plan_says_what_is_left_of_an_object_that_goes() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let kept = plain(QUEUES).replace("  failed:\n", "  failed:\n    on_delete: retain\n");
    environment.write("stacks/dev.yaml", &kept);
    assert_snapshot!(shown(&environment.run(&["plan", "--target", "failed"]).expect(0)), @"
    wave 1
      ± failed  AWS::SQS::Queue  replace, create first: FifoQueue cannot be updated, the former one is kept
          on_delete   delete → retain
          FifoQueue   true → (AWS's default)   (cannot be updated)

    1 to replace, 1 left out
    ");
    let applied = environment.run(&["apply", "--yes"]).expect(0).stderr;
    assert_snapshot!(applied.lines().filter(|line| line.starts_with('✓')).collect::<Vec<_>>().join("\n"), @"
    ✓ created failed  <duration>  [1/4]
    ✓ created jobs  <duration>  [2/4]
    ✓ deleted the former jobs  <duration>  [3/4]
    ✓ kept the former failed, http://<endpoint>/<account>/shop-dev-failed.fifo  [4/4]
    ");
}

#[test]
fn a_region_that_is_not_the_stacks_is_shown() {
    let environment = queues();
    let abroad = QUEUES.replace(
        "  failed:\n",
        "  alone:\n    type: AWS::SQS::Queue\n    region: eu-west-1\n    protect: false\n  failed:\n",
    );
    environment.write("stacks/dev.yaml", &abroad);
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @"
    wave 1
      + alone   AWS::SQS::Queue in eu-west-1
      + failed  AWS::SQS::Queue

    wave 2
      + jobs    AWS::SQS::Queue

    outputs
      + arn = ${jobs.Arn} (known after apply)

    3 to create, 1 output to change
    ");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_snapshot!(environment.run(&["state", "list"]).expect(0).stdout, @"
    alone   AWS::SQS::Queue in eu-west-1  http://<endpoint>/<account>/shop-dev-alone
    failed  AWS::SQS::Queue               http://<endpoint>/<account>/shop-dev-failed.fifo
    jobs    AWS::SQS::Queue               http://<endpoint>/<account>/shop-dev-jobs.fifo
    ");
    environment.write("stacks/dev.yaml", &abroad.replace("eu-west-1", "eu-central-1"));
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @"
    wave 1
      ± alone  AWS::SQS::Queue in eu-central-1  replace, create first: was in eu-west-1, now eu-central-1

    1 to replace, 2 unchanged
    ");
}

#[test]
fn one_of_a_kind_is_not_many() {
    let environment = TestEnvironment::new();
    let one = "project: shop\nregion: us-west-2\nresources:\n  q:\n    type: AWS::SQS::Queue\n";
    environment.write("stacks/dev.yaml", one);
    assert_snapshot!(environment.run(&["validate"]).expect(0).stdout, @"shop/dev is valid: 1 resource in 1 wave");
    assert_snapshot!(environment.run(&["refresh"]).expect(0).stdout, @"0 resources in state brought up to date; `infra drift` shows what differs");
}

#[test]
fn a_former_object_that_an_earlier_run_left_is_in_the_plan() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &plain(QUEUES));
    environment.proxy.on("sqs:DeleteQueue").nth(1).fail(403, "AccessDenied", "not allowed");
    environment.run(&["apply", "--yes"]).expect(1);
    assert_snapshot!(shown(&environment.run(&["plan"]).expect(0)), @"
    wave 1
      ~ jobs    AWS::SQS::Queue  replaced earlier, http://<endpoint>/<account>/shop-dev-jobs.fifo is still there

    wave 2
      ~ failed  AWS::SQS::Queue  replaced earlier, http://<endpoint>/<account>/shop-dev-failed.fifo is still there

    2 to update
    ");
}
