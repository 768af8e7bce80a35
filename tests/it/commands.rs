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
    environment
        .write("stacks/dev.yaml", &without.replace("${failed.Arn}", "arn:aws:sqs:us-west-2:123456789012:failed.fifo"));
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
      "version": 1,
      "error": {
        "message": "`VisibilityTimout` is not a property of AWS::SQS::Queue",
        "hints": [],
        "exit": 3,
        "diagnostics": [
          {
            "file": "stacks/bad.yaml",
            "line": 11,
            "column": 7,
            "width": 16,
            "message": "`VisibilityTimout` is not a property of AWS::SQS::Queue",
            "help": "did you mean `VisibilityTimeout`?",
            "related": []
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
      "exit": 5,
      "diagnostics": []
    }
    "#);
    assert_snapshot!(environment.run(&["refresh", "--json"]).expect(0).stdout, @r#"
    {
      "version": 1,
      "refreshed": 0,
      "sealed": 0
    }
    "#);
    assert_snapshot!(environment.run(&["init", "--json"]).expect(0).stdout, @r#"
    {
      "version": 1,
      "folder": ".infra"
    }
    "#);
    assert_snapshot!(environment.run(&["graph", "--json"]).expect(0).stdout, @r#"
    {
      "version": 1,
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

#[test]
fn what_no_driver_makes_is_told_with_all_other_mistakes() {
    let environment = TestEnvironment::new();
    environment.write(
        "stacks/dev.yaml",
        r#"project: shop
region: us-west-2
resources:
  jobs:
    type: AWS::SQS::Queue
    properties: { DelaySeconds: soon, RedrivePolicy: "${{'deadLetterTargetArn': other.Arn, 'maxReceiveCount': 3}}" }
  other:
    type: AWS::SQS::Queue
    depends_on: jobs
  files:
    type: AWS::S3::Bucket
    properties: { VersioningConfiguration: { Status: Enabled }, ReplicationConfiguration: { Role: "arn:aws:iam::123456789012:role/x", Rules: [] } }
  disk:
    type: AWS::EC2::Volume
    properties: { AvailabilityZone: us-west-2a, Size: 3 }
  a: { type: AWS::SQS::Queue, properties: { QueueName: one } }
  b: { type: AWS::SQS::Queue, properties: { QueueName: one } }
"#,
    );
    let validated = environment.run(&["validate"]).expect(3);
    let messages: Vec<&str> = validated.stderr.lines().filter(|line| line.starts_with("error")).collect();
    assert_snapshot!(messages.join("\n"), @r#"
    error: `DelaySeconds` must be a whole number, got "soon"
    error: these resources depend on each other in a circle: jobs -> other -> jobs
    error: this version of infra cannot set ReplicationConfiguration of AWS::S3::Bucket
    error: this version of infra has no driver for AWS::EC2::Volume
    "#);
    let stack = std::fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack");
    environment.write("stacks/dev.yaml", &stack.replace("    depends_on: jobs\n", ""));
    let validated = environment.run(&["validate"]).expect(3);
    assert!(validated.stderr.contains("`a` and `b` are one AWS::SQS::Queue"), "{validated}");
    assert!(validated.stderr.contains("has no driver for AWS::EC2::Volume"), "{validated}");
    let planned = environment.run(&["plan"]).expect(3);
    assert!(planned.stderr.contains("has no driver for AWS::EC2::Volume"), "{planned}");
    assert!(planned.stderr.contains("`DelaySeconds` must be"), "{planned}");
    assert!(environment.proxy.calls().is_empty());
}

#[test]
fn a_target_that_something_left_out_uses_is_refused() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", "project: shop\nregion: us-west-2\nresources: {}\n");
    let refused = environment.run(&["apply", "--yes", "--target", "failed"]).expect(5);
    let told = "✗ failed  AWS::SQS::Queue  refused: jobs still uses it, and is left out";
    assert!(refused.stderr.contains(told), "{refused}");
    assert!(refused.stderr.contains("hint: name jobs too: --target 'jobs'"), "{refused}");
    let plan = environment.run(&["plan", "--exclude", "jobs"]).expect(0);
    assert_snapshot!(shown(&plan), @"
    left out
      = failed  AWS::SQS::Queue  stays: jobs still uses it, and is left out

    outputs
      - arn

    1 output to change, 2 left out
    ");
    environment.run(&["apply", "--yes", "--target", "failed", "--target", "jobs"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 2);
}

#[test]
fn one_cause_that_fails_many_operations_is_told_once() {
    let environment = TestEnvironment::new();
    let queue = |name: &str| format!("  {name}: {{ type: AWS::SQS::Queue, protect: false }}\n");
    let state = format!("s3://{}", environment.unique);
    let text = format!(
        "project: shop\nregion: us-west-2\nstate: {state}\nresources:\n{}{}{}",
        queue("a"),
        queue("b"),
        queue("c")
    );
    environment.write("stacks/dev.yaml", &text);
    environment.run(&["init"]).expect(0);
    let create = environment.proxy.on("sqs:CreateQueue").hold(crate::proxy::Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    environment.proxy.on("s3:PutObject").key("journal/").fail(403, "AccessDenied", "not allowed");
    create.release();
    let run = running.wait().expect(1);
    assert_eq!(run.stderr.matches("needed on the bucket").count(), 1, "{run}");
    assert_eq!(run.stderr.matches("for the same reason as").count(), 2, "{run}");
    assert!(run.stderr.contains("✗ create a, create b, create c\n  no access to the state"), "{run}");
    assert!(run.stderr.contains("\nstopped by that\n"), "{run}");
    assert!(run.stderr.contains("hint: the lock was not given back"), "{run}");
}

#[test]
fn an_identifier_that_is_wrong_is_told_at_once() {
    let environment = TestEnvironment::new();
    let text = "project: shop\nregion: us-west-2\nresources:\n  subnet:\n    type: AWS::EC2::Subnet\n    \
                properties: { VpcId: vpc-0123456789abcdef0, CidrBlock: 10.0.0.0/24 }\n";
    environment.write("stacks/dev.yaml", text);
    let run = environment.run(&["apply", "--yes"]).expect(1);
    assert!(run.stderr.contains("InvalidVpcID.NotFound"), "{run}");
    assert_eq!(environment.proxy.count("ec2:CreateSubnet"), 1);
}

#[test]
fn a_private_bucket_is_made_without_an_acl() {
    let environment = TestEnvironment::new();
    environment.proxy.on("s3:PutBucketAcl").fail(
        400,
        "AccessControlListNotSupported",
        "The bucket does not allow ACLs",
    );
    let bucket = |acl: &str| {
        format!(
            "project: shop\nregion: us-west-2\nresources:\n  files:\n    type: AWS::S3::Bucket\n    protect: false\n    \
             properties: {{ BucketName: \"{}\"{acl} }}\n",
            environment.unique
        )
    };
    environment.write("stacks/dev.yaml", &bucket(", AccessControl: Private"));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("s3:PutBucketAcl"), 0);
    environment.write("stacks/dev.yaml", &bucket(""));
    let plan = environment.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(plan.stdout.contains("AccessControl   Private → (AWS's default)"), "{plan}");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}
