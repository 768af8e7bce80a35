//! Streams that take nothing, and a terminal that goes away.

use std::fs::File;
use std::process::Stdio;

use nix::sys::signal::Signal;

use super::shared::kept;
use crate::command_line::queues;
use crate::environment::{Hangup, TestEnvironment};
use crate::history::history;
use crate::proxy::Hold;

/// A stream behind which the disk is full. Source: full(4).
fn full() -> Option<Stdio> {
    Some(File::options().write(true).open("/dev/full").expect("a full device").into())
}

#[track_caller]
fn assert_released(environment: &TestEnvironment) {
    let lock = std::fs::read_to_string(environment.folder().join(".infra/shop/dev/lock.json")).expect("the lock");
    assert!(lock.contains("\"by\": \"holder\""), "{lock}");
    assert!(kept(environment).is_empty());
}

#[test]
fn an_apply_whose_messages_nobody_takes_does_its_work_and_gives_the_lock_back() {
    let environment = queues();
    environment.run_into(&["apply", "--yes"], None, full()).expect(0);
    assert_released(&environment);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(history(&environment)[0]["outcome"], "succeeded");
    environment.run_into(&["destroy", "--yes"], full(), full()).expect(0);
    assert_released(&environment);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 2);
}

#[test]
fn what_stdout_does_not_take_is_no_success() {
    let environment = queues();
    let applied = environment.run_into(&["apply", "--yes"], full(), None).expect(1);
    assert!(applied.stderr.contains("2 operations done"), "{applied}");
    assert!(
        applied
            .stderr
            .ends_with("error: stdout did not take the whole result: No space left on device (os error 28)\n")
    );
    assert_released(&environment);
    environment.run_into(&["plan", "--detailed-exitcode"], full(), None).expect(1);
    environment.run_into(&["state", "mv", "jobs", "tasks"], full(), None).expect(1);
    assert_released(&environment);
    environment.run(&["state", "show", "tasks"]).expect(0);
    environment.run_into(&["validate", "--stack", "nope"], full(), full()).expect(3);
    environment.run_into(&["--help"], full(), None).expect(1);
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let environment = queues();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let applied = environment.run_into(&["apply", "--yes"], Some(writer.into()), None).expect(0);
    assert!(!applied.stderr.contains("error"), "{applied}");
    assert_released(&environment);
}

#[test]
fn a_terminal_that_goes_away_is_an_interrupt_and_never_the_second() {
    let environment = queues();
    let create = environment.proxy.on("sqs:CreateQueue").times(1).hold(Hold::BeforeAnswering);
    let running = environment.start_with(Hangup::Ends, &["apply", "--yes"]);
    create.reached();
    running.signal(Signal::SIGHUP);
    running.has_said("stopping:");
    running.signal(Signal::SIGHUP);
    std::thread::sleep(std::time::Duration::from_millis(200));
    create.release();
    let run = running.wait().expect(130);
    assert!(run.stderr.contains("1 operation done, 1 not started (interrupted)"), "{run}");
    assert_released(&environment);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
}

#[test]
fn under_nohup_a_run_goes_on_when_the_terminal_goes_away() {
    let environment = queues();
    let create = environment.proxy.on("sqs:CreateQueue").times(1).hold(Hold::BeforeAnswering);
    let running = environment.start_with(Hangup::Ignored, &["apply", "--yes"]);
    create.reached();
    running.signal(Signal::SIGHUP);
    create.release();
    running.wait().expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
}

#[test]
fn a_change_of_state_that_has_begun_is_not_given_up() {
    let environment = super::queues_in_bucket();
    environment.run(&["apply", "--yes"]).expect(0);
    let write = environment.proxy.on("s3:PutObject").key("/journal/").times(1).hold(Hold::BeforeSending);
    let running = environment.start(&["state", "mv", "jobs", "tasks"]);
    write.reached();
    running.interrupt();
    std::thread::sleep(std::time::Duration::from_millis(200));
    write.release();
    let moved = running.wait().expect(0);
    assert_eq!(moved.stdout, "jobs is tasks now\n");
    environment.run(&["state", "show", "tasks"]).expect(0);
}

#[test]
fn a_change_of_state_that_was_told_as_failed_is_not_written_later() {
    let environment = super::queues_in_bucket();
    environment.run(&["apply", "--yes"]).expect(0);
    let copy = environment.run_raw(&["state", "pull"]).expect(0).stdout;
    environment.write("copy.json", &copy);
    for (key, arguments) in [
        ("/journal/", ["state", "mv", "jobs", "tasks"].as_slice()),
        ("/state.json", &["state", "push", "--force", "copy.json"]),
    ] {
        let before = environment.run_raw(&["state", "pull"]).expect(0).stdout;
        environment.proxy.on("s3:PutObject").key(key).times(1).fail(403, "AccessDenied", "no");
        let failed = environment.run(arguments).expect(1);
        assert!(failed.stderr.contains("`infra state list` tells"), "{failed}");
        assert_eq!(environment.run_raw(&["state", "pull"]).expect(0).stdout, before, "{arguments:?}");
        environment.proxy.reset();
    }
}
