//! Signals at every stage of a run.

use super::shared::queues_in_bucket;
use crate::command_line::queues;
use crate::proxy::Hold;

#[test]
fn a_second_signal_does_not_wait_for_a_call_that_never_ends() {
    for kind in [nix::sys::signal::Signal::SIGINT, nix::sys::signal::Signal::SIGTERM] {
        let environment = queues_in_bucket();
        let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
        let running = environment.start(&["apply", "--yes"]);
        create.reached();
        running.interrupt();
        running.has_said("stopping:");
        running.signal(kind);
        let run = running.wait().expect(130);
        assert!(run.stderr.contains("left under way; the next run looks for what became of it"), "{run}");
        assert!(!run.stderr.contains("could not be written"), "{run}");
        drop(create);
        environment.proxy.reset();
        environment.run(&["apply", "--yes"]).expect(0);
        assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1, "the first is found");
        environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    }
}

#[test]
fn who_waits_for_the_lock_can_be_interrupted() {
    let environment = queues_in_bucket();
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeSending);
    let holder = environment.start(&["apply", "--yes"]);
    create.reached();
    environment.proxy.reset();
    let waiting = environment.start(&["apply", "--yes", "--lock-timeout", "10m"]);
    waiting.has_said("waiting for the lock");
    waiting.interrupt();
    let run = waiting.wait().expect(130);
    assert!(run.stderr.contains("interrupted, so nothing was done"), "{run}");
    create.release();
    holder.wait().expect(0);
}

#[test]
fn a_plan_that_is_interrupted_under_the_lock_gives_it_back() {
    for command in [["apply", "--yes"].as_slice(), &["refresh"], &["import", "sqs:shop-dev-failed.fifo"]] {
        let environment = queues();
        environment.run(&["apply", "--yes"]).expect(0);
        if command[0] == "import" {
            environment.run(&["state", "rm", "failed"]).expect(0);
        }
        let read = environment.proxy.on("sqs:*").hold(Hold::BeforeSending);
        let running = environment.start(command);
        read.reached();
        running.interrupt();
        let run = running.wait().expect(130);
        assert!(run.stderr.contains("interrupted, so nothing was done"), "{run}");
        drop(read);
        let lock = std::fs::read_to_string(environment.folder().join(".infra/shop/dev/lock.json")).expect("the lock");
        assert!(lock.contains("\"by\": \"holder\""), "{lock}");
    }
}
