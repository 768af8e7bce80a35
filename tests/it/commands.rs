//! Every command's own work, as its user sees it.

use insta::assert_snapshot;

use crate::command_line::{QUEUES, queues};
use crate::environment::TestEnvironment;
use crate::planning::shown;

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
          FifoQueue: true
          QueueName: shop-dev-failed.fifo
    ");
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
    environment.write(
        "stacks/dev.yaml",
        &QUEUES.replace("{ FifoQueue: true }\n", "{ FifoQueue: true }\n    depends_on: [jobs]\n"),
    );
    assert_snapshot!(environment.run(&["graph"]).expect(3).stderr, @r#"
    error: these resources depend on each other in a circle: jobs -> failed -> jobs
      --> stacks/dev.yaml:12:48
       |
    12 |       RedrivePolicy: { deadLetterTargetArn: "${failed.Arn}", maxReceiveCount: 5 }
       |                                                ^^^^^^
      ::: stacks/dev.yaml:17:18
       |
    17 |     depends_on: [jobs]
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
    assert_snapshot!(environment.run(&["init", "--json"]).expect(0).stdout, @r#"
    {
      "folder": ".infra"
    }
    "#);
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
fn a_variable_that_is_set_to_nothing_counts_as_not_set() {
    let mut environment = queues();
    for name in ["INFRA_STACK", "INFRA_CALL_TIMEOUT", "INFRA_LOCK_LEASE"] {
        environment.set(name, "");
    }
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "show", "jobs", "--stack", "dev"]).expect(0);
    environment.run(&["destroy", "--yes", "--stack", ""]).expect(3);
}

#[test]
fn only_an_apply_can_be_approved_by_a_saved_plan() {
    let environment = queues();
    let hints = |arguments: &[&str]| {
        let asked = environment.run(arguments).expect(1).stderr;
        asked.lines().filter(|line| line.starts_with("hint: ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let both = "hint: approve with --yes, or apply a saved plan: `infra plan --out FILE`, `infra apply FILE`";
    assert_eq!(hints(&["apply"]), [both]);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["apply", "--yes", "--set", "timeout=60"]).expect(0);
    assert_eq!(hints(&["destroy"]), ["hint: approve with --yes"]);
    assert_eq!(hints(&["rollback"]), ["hint: approve with --yes"]);
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
