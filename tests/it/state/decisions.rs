//! What a run decides, it decides under the lock.

use super::shared::queues_in_bucket;
use crate::command_line::{QUEUES, queues};
use crate::environment::TestEnvironment;
use crate::history::{record, with_receives};
use crate::proxy::Hold;

/// A pattern's stack, with state in a bucket.
fn previews() -> TestEnvironment {
    let environment = queues_in_bucket();
    let own = std::fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack file");
    environment.write("stacks/branches.yaml", &format!("match: \"pr-*\"{own}"));
    environment
}

#[test]
fn a_destroy_does_not_overlook_a_first_apply_that_still_plans() {
    let environment = previews();
    // The lock is taken, and nothing else is there.
    let lock = environment.proxy.on("s3:PutObject").key("lock.json").times(1).hold(Hold::BeforeAnswering);
    let apply = environment.start(&["apply", "--stack", "pr-1", "--yes"]);
    lock.reached();
    let refused = environment.run(&["destroy", "--stack", "pr-1", "--yes"]).expect(4);
    assert!(refused.stderr.contains("is locked by"), "{refused}");
    let destroy = environment.start(&["destroy", "--stack", "pr-1", "--yes", "--lock-timeout", "10m"]);
    destroy.has_said("waiting for the lock");
    lock.release();
    apply.wait().expect(0);
    destroy.wait().expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 2, "what the apply made");
}

#[test]
fn a_destroy_of_what_never_was_leaves_nothing_behind() {
    let environment = previews();
    let destroyed = environment.run(&["destroy", "--stack", "pr-1", "--yes"]).expect(0);
    assert!(destroyed.stderr.contains("there is nothing to destroy"), "{destroyed}");
    assert_eq!(environment.proxy.count("s3:PutObject"), 0);
    environment.run(&["rollback", "--stack", "pr-1", "--yes"]).expect(1);
    assert_eq!(environment.proxy.count("s3:PutObject"), 0);
    // An apply that was refused leaves a lock, and no state.
    environment.write("stacks/branches.yaml", "match: \"pr-*\"\nproject: shop\nregion: us-west-2\nresources: {}\n");
    let local = environment.run(&["destroy", "--stack", "pr-2", "--yes"]).expect(0);
    assert!(local.stderr.contains("there is nothing to destroy"), "{local}");
    assert!(!environment.folder().join(".infra/shop/pr-2").exists());
}

#[test]
fn a_rollback_goes_from_the_run_that_it_waited_for() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(4));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_receives(3));
    // It holds the lock and still plans.
    let read = environment.proxy.on("sqs:GetQueueAttributes").times(1).hold(Hold::BeforeSending);
    let apply = environment.start(&["apply", "--yes"]);
    read.reached();
    environment.run(&["rollback", "--yes"]).expect(4);
    let rollback = environment.start(&["rollback", "--yes", "--lock-timeout", "10m"]);
    rollback.has_said("waiting for the lock");
    read.release();
    apply.wait().expect(0);
    let back = rollback.wait().expect(0);
    assert!(back.stderr.contains("back to 2 of "), "{back}");
    assert_eq!(record(&environment, 4)["kind"]["rollback"]["to"], 2);
}

#[test]
fn a_live_run_of_this_machine_loses_its_lock_only_by_force() {
    let environment = queues();
    let create = environment.proxy.on("sqs:CreateQueue").times(1).hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    let refused = environment.run_raw(&["apply", "--yes"]).expect(4).stderr;
    assert!(refused.contains("its lease lasts until 20"), "{refused}");
    let id = refused.split("infra state unlock ").nth(1).expect("the id").trim().to_owned();
    let alive = environment.run(&["state", "unlock", &id]).expect(4);
    assert!(alive.stderr.contains("the run that holds the lock is alive on this machine: "), "{alive}");
    assert!(alive.stderr.contains("--force"), "{alive}");
    environment.run(&["apply", "--yes"]).expect(4);
    environment.run(&["state", "unlock", &id, "--force"]).expect(0);
    create.release();
    let lost = running.wait().expect(1);
    assert!(lost.stderr.contains("the state lock was lost"), "{lost}");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
}

#[test]
fn the_end_of_an_empty_stack_makes_no_state() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", QUEUES);
    environment.run(&["destroy", "--yes"]).expect(0);
    assert!(!environment.folder().join(".infra/shop/dev/state.json").exists());
}
