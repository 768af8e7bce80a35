//! A store that stops taking writes in the middle of an apply.

use std::fs;
use std::path::{Path, PathBuf};

use super::shared::{kept, queues_in_bucket};
use crate::command_line::queues;
use crate::environment::{Output, TestEnvironment};
use crate::proxy::Hold;

/// An apply whose first queue is made just when the store begins to refuse the journal.
fn refused_in_the_middle(environment: &TestEnvironment, refuse: impl Fn(&TestEnvironment)) -> Output {
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    refuse(environment);
    create.release();
    running.wait()
}

fn deny(environment: &TestEnvironment) {
    environment.proxy.on("s3:PutObject").key("journal/").fail(403, "AccessDenied", "not allowed to s3:PutObject");
}

/// The one file that a run kept.
fn one(environment: &TestEnvironment) -> PathBuf {
    let kept = kept(environment);
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept[0].clone()
}

/// As on another machine, that does not have the file.
fn elsewhere(environment: &TestEnvironment, file: &Path, work: impl Fn()) {
    let away = environment.folder().join("away.json");
    fs::rename(file, &away).expect("the file out of the way");
    work();
    fs::rename(&away, file).expect("the file back");
}

#[test]
fn what_the_store_refused_is_kept_and_the_next_run_takes_it_up() {
    use std::os::unix::fs::PermissionsExt;
    let environment = queues_in_bucket();
    let refused = refused_in_the_middle(&environment, deny).expect(1);
    assert!(refused.stderr.contains("not allowed to s3:PutObject"), "{refused}");
    assert!(refused.stderr.contains("could not be written into state: 1 change, kept in"), "{refused}");
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1, "nothing more is started");
    let file = one(&environment);
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);

    environment.proxy.reset();
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stderr.contains("has changes that a run could not write into state"), "{plan}");
    let taken_up = environment.run(&["refresh"]).expect(0);
    assert!(taken_up.stderr.contains("took up what an earlier run could not write: 1 change"), "{taken_up}");
    assert!(kept(&environment).is_empty());
    let listed = environment.run(&["state", "list"]).expect(0);
    assert!(listed.stdout.contains("failed  AWS::SQS::Queue  http"), "{listed}");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(!applied.stderr.contains("finishes what an earlier run began"), "{applied}");
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1, "only the other one");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_store_that_fails_for_good_ends_the_run_with_what_was_done_kept() {
    let mut environment = queues_in_bucket();
    environment.set("INFRA_LOCK_LEASE", "2s");
    let break_off = |environment: &TestEnvironment| environment.proxy.on("s3:*").drop_connection(Hold::BeforeSending);
    let failed = refused_in_the_middle(&environment, break_off).expect(1);
    assert!(failed.stderr.contains("the lock was not given back; it is free in <duration> at the latest"), "{failed}");
    one(&environment);
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    assert!(kept(&environment).is_empty());
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
}

#[test]
fn a_store_that_never_answers_does_not_outlast_two_interrupts() {
    let environment = queues_in_bucket();
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    let write = environment.proxy.on("s3:PutObject").key("journal/").hold(Hold::BeforeSending);
    create.release();
    write.reached();
    running.interrupt();
    running.has_said("stopping:");
    running.interrupt();
    let run = running.wait().expect(130);
    assert!(run.stderr.contains("kept in .infra/recovery/shop.dev."), "{run}");
    drop(write);
    environment.proxy.reset();
    let next = environment.run(&["apply", "--yes"]).expect(0);
    assert!(next.stderr.contains("took up what an earlier run could not write"), "{next}");
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
}

#[test]
fn what_another_run_has_settled_is_not_done_again() {
    let environment = queues_in_bucket();
    refused_in_the_middle(&environment, deny).expect(1);
    environment.proxy.reset();
    let file = one(&environment);
    elsewhere(&environment, &file, || {
        let settled = environment.run(&["apply", "--yes"]).expect(0);
        assert!(settled.stderr.contains("finishes what an earlier run began"), "{settled}");
    });
    let before = environment.run(&["state", "show", "failed"]).expect(0).stdout;
    let next = environment.run(&["apply", "--yes"]).expect(0);
    assert!(next.stderr.contains("state has all that"), "{next}");
    assert!(kept(&environment).is_empty());
    assert_eq!(environment.run(&["state", "show", "failed"]).expect(0).stdout, before);
}

#[test]
fn an_object_that_state_never_heard_of_is_told_until_somebody_decides() {
    let environment = queues_in_bucket();
    refused_in_the_middle(&environment, deny).expect(1);
    environment.proxy.reset();
    let file = one(&environment);
    elsewhere(&environment, &file, || drop(environment.run(&["state", "rm", "failed"]).expect(0)));
    let path = file.to_str().expect("a path");
    let refused = environment.run(&["state", "push", path]).expect(1);
    assert!(refused.stderr.contains("does not know 1 object of it:\n  failed AWS::SQS::Queue http"), "{refused}");
    assert_eq!(kept(&environment).len(), 1);
    environment.run(&["state", "push", "--force", path]).expect(0);
    let listed = environment.run(&["state", "list"]).expect(0);
    assert!(listed.stdout.contains("failed  AWS::SQS::Queue  http"), "{listed}");
    environment.run(&["apply", "--yes"]).expect(0);
    assert!(kept(&environment).is_empty());
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
}

#[test]
fn a_file_of_another_stack_or_another_line_is_not_taken() {
    let environment = queues_in_bucket();
    refused_in_the_middle(&environment, deny).expect(1);
    environment.proxy.reset();
    let file = one(&environment);
    let path = file.to_str().expect("a path");
    let stack = fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack");
    environment.write("stacks/prod.yaml", &stack);
    let other = environment.run(&["state", "push", path, "--stack", "prod"]).expect(1);
    assert!(other.stderr.contains("it is the state of shop/dev, not of shop/prod"), "{other}");
    let elsewhere = ["--state", "other-state"];
    environment.run(&[&["init", "--new"], elsewhere.as_slice()].concat()).expect(0);
    environment.run(&[&["apply", "--yes"], elsewhere.as_slice()].concat());
    let told = environment.run(&[&["refresh"], elsewhere.as_slice()].concat()).expect(0);
    assert!(told.stderr.contains("is not of this state, so it was left as it is: it has another lineage"), "{told}");
    assert_eq!(kept(&environment).len(), 1);
}

#[test]
fn where_the_folder_takes_no_file_either_it_is_kept_elsewhere() {
    let mut environment = queues();
    let folder = environment.folder().to_owned();
    environment.set("TMPDIR", folder.to_str().expect("a path"));
    let (journal, away) = (folder.join(".infra/shop/dev/journal"), folder.join("away"));
    let obstacles = [folder.join(".infra/recovery"), journal.clone()];
    let failed = refused_in_the_middle(&environment, |_| {
        fs::rename(&journal, &away).expect("the journal out of the way");
        obstacles.iter().for_each(|path| fs::write(path, "no folder").expect("an obstacle"));
    });
    let failed = failed.expect(1);
    assert!(failed.stderr.contains("could not be kept: 1 change: opening .infra/recovery/.lock"), "{failed}");
    let away_from_home = format!("infra-recovery-{}", rustix::process::getuid().as_raw());
    assert!(failed.stderr.contains(&format!("kept in <folder>/{away_from_home}/shop.dev.")), "{failed}");
    obstacles.iter().for_each(|path| fs::remove_file(path).expect("an obstacle"));
    fs::rename(&away, &journal).expect("the journal back");
    let files = fs::read_dir(folder.join(away_from_home)).expect("what is kept");
    let mut files = files.map(|entry| entry.expect("a file").path());
    let file = files.find(|path| path.extension().is_some_and(|ending| ending == "json")).expect("one file");
    let pushed = environment.run(&["state", "push", file.to_str().expect("a path")]).expect(0);
    assert!(pushed.stdout.contains("now: 1 change"), "{pushed}");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
}
