//! The records of commands that change only state, and of runs that were killed.

use insta::assert_snapshot;
use serde_json::Value;

use crate::command_line::queues;
use crate::history::{history, record, with_receives};
use crate::proxy::Hold;
use crate::state::queues_in_bucket;

/// Kind and outcome of each record, the oldest first.
fn told(records: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    records.iter().rev().map(|record| format!("{} {}", text(&record["kind"]), text(&record["outcome"]))).collect()
}

#[test]
fn commands_that_change_state_leave_records() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["state", "mv", "jobs", "tasks"]).expect(0);
    let pulled = environment.run_raw(&["state", "pull"]).expect(0).stdout;
    environment.write("copy.json", &pulled);
    environment.run(&["state", "rm", "failed"]).expect(0);
    environment.run(&["state", "push", "--force", "copy.json"]).expect(0);
    environment.run(&["state", "mv", "nothing", "else"]).expect(1);
    assert_eq!(
        told(&history(&environment)),
        ["apply succeeded", "state_mv succeeded", "state_rm succeeded", "state_push succeeded"]
    );
    let moved = record(&environment, 2);
    assert_eq!(moved["renames"], serde_json::json!([{"from": "jobs", "to": "tasks"}]));
    assert_eq!(moved["author"]["principal"], record(&environment, 1)["author"]["principal"]);
    assert_eq!(moved["serial_before"].as_u64().map(|serial| serial + 1), moved["serial_after"].as_u64());
    let shown = environment.run(&["history", "show", "2"]).expect(0).stdout;
    let (_, end) = shown.split_once("\n\n").expect("a head and an end");
    assert_snapshot!(end, @"
    jobs is tasks now

    succeeded: 1 moved
    ");
    let listed = environment.run(&["history"]).expect(0).stdout;
    for done in ["1 moved", "forgotten", "state replaced"] {
        assert!(listed.contains(done), "{listed}");
    }
}

#[test]
fn a_killed_run_is_recorded_by_the_next_one() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(3));
    environment.kill_at(&["apply", "--yes"], "sqs:SetQueueAttributes", Hold::BeforeAnswering);
    assert_eq!(history(&environment).len(), 1);
    environment.run(&["state", "mv", "jobs", "tasks"]).expect(0);
    assert_eq!(told(&history(&environment)), ["apply succeeded", "apply killed", "state_mv succeeded"]);
    let killed = record(&environment, 2);
    assert_eq!((&killed["command"], &killed["steps"]), (&"infra apply".into(), &Value::Array(Vec::new())));
    assert!(killed["serial_before"].as_u64() < killed["serial_after"].as_u64(), "{killed}");
    let shown = environment.run(&["history", "show", "2"]).expect(0).stdout;
    assert!(
        shown.ends_with(
            "\nkilled: it never gave its lock back; what it did is in state, and the next run went on from there\n"
        ),
        "{shown}"
    );
    // The move is no run that a rollback would go back from.
    environment.run(&["state", "mv", "tasks", "jobs"]).expect(0);
    let back = environment.run(&["rollback", "--yes"]).expect(0);
    assert!(back.stderr.starts_with("back to 1 of "), "{back}");
}

#[test]
fn a_lock_that_was_ended_is_recorded_with_the_run_that_held_it() {
    let environment = queues_in_bucket();
    let create = environment.proxy.on("sqs:CreateQueue").times(1).hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    let refused = environment.run_raw(&["apply", "--yes"]).expect(4).stderr;
    let id = refused.split("infra state unlock ").nth(1).expect("the id").trim().to_owned();
    running.kill();
    running.wait();
    drop(create);
    environment.run(&["state", "unlock", &id]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(told(&history(&environment)), ["state_unlock succeeded", "apply killed", "apply succeeded"]);
}

#[test]
fn a_run_that_was_killed_behind_its_record_leaves_no_second_one() {
    let environment = queues_in_bucket();
    let release = environment.proxy.on("s3:PutObject").key("lock.json").nth(2).hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    release.reached();
    running.kill();
    running.wait();
    drop(release);
    environment.proxy.reset();
    environment.run(&["refresh"]).expect(0);
    assert_eq!(told(&history(&environment)), ["apply succeeded"]);
}
