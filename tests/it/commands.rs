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
          RedrivePolicy   {"deadLetterTargetArn":"arn:aw…ed.fifo","maxReceiveCount":5} → … (known after apply)
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
          RedrivePolicy   {"deadLetterTargetArn":"arn:aw…ed.fifo","maxReceiveCount":5} → … (known after apply)
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
fn an_object_is_imported_without_a_change() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "rm", "failed"]).expect(0);
    environment.proxy.reset();
    let imported = environment.run(&["import", "sqs:shop-dev-failed.fifo"]).expect(0);
    assert_snapshot!(imported.stderr, @"imported http://<endpoint>/<account>/shop-dev-failed.fifo as failed; nothing was changed in AWS");
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
    ");
    environment.write("stacks/dev.yaml", QUEUES);
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

#[test]
fn outputs_that_change_alone_are_a_change() {
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
fn errors_are_json_for_programs() {
    let environment = TestEnvironment::new();
    environment.write("stacks/bad.yaml", &QUEUES.replace("VisibilityTimeout", "VisibilityTimout"));
    assert_snapshot!(environment.run(&["plan", "--stack", "bad", "--json"]).expect(3).stdout, @r#"
    {
      "error": {
        "message": "`VisibilityTimout` is not a property of AWS::SQS::Queue",
        "hints": [],
        "exit": 3,
        "diagnostics": [
          {
            "file": "stacks/bad.yaml",
            "line": 11,
            "column": 7,
            "message": "`VisibilityTimout` is not a property of AWS::SQS::Queue",
            "help": "did you mean `VisibilityTimeout`?"
          }
        ]
      }
    }
    "#);
    environment.write("stacks/dev.yaml", &QUEUES.replace("    protect: false\n", ""));
    environment.run(&["apply", "--yes"]).expect(0);
    let refused = environment.run(&["destroy", "--yes", "--json"]).expect(5).stdout;
    let refused: serde_json::Value = serde_json::from_str(&refused).expect("JSON");
    assert_eq!(refused["summary"]["refused"], 2);
    assert_eq!(refused["plan"]["steps"][0]["action"], "refused");
    assert_snapshot!(format!("{:#}", refused["error"]), @r#"
    {
      "message": "the plan would delete or replace what is protected, so nothing was done",
      "hints": [
        "name each with --allow-destroy ADDRESS"
      ],
      "exit": 5
    }
    "#);
    assert_snapshot!(environment.run(&["refresh", "--json"]).expect(0).stdout, @r#"{"refreshed":0}"#);
    assert_snapshot!(environment.run(&["init", "--json"]).expect(0).stdout, @r#"{"folder":".infra"}"#);
    assert_snapshot!(environment.run(&["graph", "--json"]).expect(0).stdout, @r#"
    {
      "nodes": [
        {
          "address": "jobs",
          "type": "AWS::SQS::Queue"
        },
        {
          "address": "failed",
          "type": "AWS::SQS::Queue"
        }
      ],
      "edges": [
        {
          "from": "jobs",
          "to": "failed"
        }
      ],
      "waves": [
        [
          "failed"
        ],
        [
          "jobs"
        ]
      ]
    }
    "#);
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
fn outputs_are_told_although_the_file_is_wrong() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &QUEUES.replace("VisibilityTimeout", "VisibilityTimout"));
    assert_snapshot!(environment.run(&["outputs"]).expect(0), @"
    arn = arn:aws:sqs:us-west-2:<account>:shop-dev-jobs.fifo
    ------- stderr -------
    this is what state has; the stack file is wrong, as `infra validate` tells
    ");
    environment.write("stacks/dev.yaml", "resources: {}\n");
    environment.run(&["outputs"]).expect(3);
}

#[test]
fn state_is_asked_for_members_and_moved_only_to_what_a_file_can_have() {
    let environment = TestEnvironment::new();
    let members = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n  q:\n    type: AWS::SQS::Queue\n    for_each: [a, b]\n";
    environment.write("stacks/dev.yaml", members);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_snapshot!(environment.run(&["state", "show", "q"]).expect(1).stderr, @r#"
    error: state has no resource `q`
    hint: its members are `q["a"]`, `q["b"]`
    "#);
    assert_snapshot!(environment.run(&["state", "show", "r"]).expect(1).stderr, @"
    error: state has no resource `r`
    hint: `infra state list` shows what there is
    ");
    assert_snapshot!(environment.run(&["state", "show", "q[\"c\"]"]).expect(1).stderr, @r#"
    error: state has no resource `q["c"]`
    hint: did you mean `q["a"]`?
    "#);
    assert_snapshot!(environment.run(&["state", "mv", "q[\"a\"]", "q[c]"]).expect(1).stderr, @r#"
    error: no stack file can have a resource `q[c]`
    hint: write NAME, or NAME["KEY"] for the member of a `for_each`
    "#);
    environment.run(&["state", "mv", "q[\"a\"]", "q[\"c\"]"]).expect(0);
}

#[test]
fn of_a_stack_that_never_was_nothing_is_destroyed() {
    let environment = queues();
    environment.write("stacks/branches.yaml", &format!("match: \"pr-*\"{QUEUES}"));
    assert_snapshot!(environment.run(&["destroy", "--stack", "devv", "--yes"]), @"
    ------- stderr -------
    error: there is no file and no state of stack `devv`
    hint: if its state is in a bucket, name it with --state s3://BUCKET
    [exit 3]
    ");
    assert_snapshot!(environment.run(&["destroy", "--stack", "pr-1", "--yes"]), @"
    ------- stderr -------
    stack `pr-1` has no state, so there is nothing to destroy
    ");
}

#[test]
fn a_saved_plan_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let environment = queues();
    environment.write("a.plan", "");
    environment.run(&["plan", "--out", "a.plan"]).expect(0);
    let mode = std::fs::metadata(environment.folder().join("a.plan")).expect("the plan").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn init_names_the_whole_place_of_state() {
    let environment = queues();
    let place = format!("s3://{}/pre", environment.unique);
    assert_snapshot!(environment.run(&["init", "--state", &place]).expect(0), @"
    s3://<unique> in us-west-2
      bucket                             done
      public access blocked              done
      versioning                         done
      default encryption                 already so
      TLS only                           done
      old versions expire after 90 days  done
    ------- stderr -------
    write `state: s3://<unique>/pre` into the stack file to keep its state there
    ");
}

#[test]
fn a_reader_that_closes_its_pipe_ends_completions_silently() {
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_infra"))
        .args(["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let mut running = command.expect("the built binary");
    drop(running.stdout.take());
    let output = running.wait_with_output().expect("an end");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
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
