//! Many runs of one stack at once, and runs that are asleep.

use crate::command_line::queues;
use crate::environment::{Output, TestEnvironment};
use crate::proxy::Hold;

use super::shared::{in_bucket, kept, queues_in_bucket};

/// Two queues whose names tell which run made them; every run replaces both.
const NUMBERED: &str = r#"
project: shop
region: us-west-2
ephemeral: true
config: { run: 0 }
resources:
  first:
    type: AWS::SQS::Queue
    properties: { QueueName: "${stack.account}-run${config.run}-first" }
  second:
    type: AWS::SQS::Queue
    properties: { QueueName: "${stack.account}-run${config.run}-second", Tags: [{ Key: first, Value: "${first.Arn}" }] }
"#;

const RUNS: usize = 50;
/// How many of them wait for their turn; the others are told who is at work.
const PATIENT: usize = 6;

fn all_at_once(environment: &TestEnvironment) {
    let runs: Vec<_> = (0..RUNS)
        .map(|number| {
            let run = format!("run={number}");
            let timeout = if number % (RUNS / PATIENT) == 0 { "30m" } else { "0s" };
            environment.start(&["apply", "--yes", "--set", &run, "--lock-timeout", timeout])
        })
        .collect();
    let outputs: Vec<Output> = runs.into_iter().map(crate::environment::Running::wait).collect();
    for (number, output) in outputs.iter().enumerate() {
        match output.code {
            Some(0) => {}
            Some(4) if number % (RUNS / PATIENT) != 0 => {
                assert!(output.stderr.contains("is locked by"), "{output}");
                assert!(output.stderr.contains(" since <time>: apply"), "{output}");
                assert!(output.stderr.contains("infra state unlock <uuid>"), "{output}");
            }
            _ => panic!("run {number}: {output}"),
        }
    }
    let done = outputs.iter().filter(|output| output.code == Some(0)).count();
    no_run_is_between_another_ones_calls(environment, done);
    let listed = environment.run(&["state", "list"]).expect(0).stdout;
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().last()).collect();
    assert_eq!(ids.len(), 2, "{listed}");
    let last = environment.proxy.matching("sqs:CreateQueue").last().map(|call| run_of(call.parameter("QueueName")));
    assert!(ids.iter().all(|id| Some(run_of(id)) == last), "{listed}");
}

/// `run7` of a name or URL.
fn run_of(text: &str) -> String {
    let run = text.split('-').find(|part| part.starts_with("run")).expect("a run's number");
    run.to_owned()
}

/// Each run makes its two queues and deletes those of the run before it, and only then the next one begins.
fn no_run_is_between_another_ones_calls(environment: &TestEnvironment, runs: usize) {
    let calls = environment.proxy.calls();
    let changes = calls.iter().filter(|call| call.matches("sqs:CreateQueue") || call.matches("sqs:DeleteQueue"));
    let changes: Vec<(bool, String)> = changes
        .map(|call| match call.matches("sqs:CreateQueue") {
            true => (true, run_of(call.parameter("QueueName"))),
            false => (false, run_of(call.parameter("QueueUrl"))),
        })
        .collect();
    assert_eq!(changes.len(), 2 + 4 * (runs - 1), "{changes:?}");
    let mut former = changes[0].1.clone();
    assert_eq!(changes[..2], [(true, former.clone()), (true, former.clone())]);
    for turn in changes[2..].chunks(4) {
        let made: Vec<&String> = turn.iter().filter(|(made, _)| *made).map(|(_, run)| run).collect();
        let deleted: Vec<&String> = turn.iter().filter(|(made, _)| !made).map(|(_, run)| run).collect();
        assert_eq!((made.len(), deleted), (2, vec![&former, &former]), "{changes:?}");
        assert_eq!(made[0], made[1], "{changes:?}");
        former.clone_from(made[0]);
    }
}

#[test]
fn of_fifty_runs_one_works_at_a_time_with_state_in_a_bucket() {
    all_at_once(&in_bucket(NUMBERED));
}

#[test]
fn of_fifty_runs_one_works_at_a_time_with_state_in_a_folder() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", NUMBERED);
    all_at_once(&environment);
}

#[test]
fn a_run_that_slept_past_its_lease_notices_and_writes_nothing() {
    let mut environment = queues_in_bucket();
    environment.set("INFRA_LOCK_LEASE", "1s");
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let sleeper = environment.start(&["apply", "--yes"]);
    create.reached();
    sleeper.signal(nix::sys::signal::Signal::SIGSTOP);
    let refused = environment.run(&["apply", "--yes"]).expect(4);
    assert!(refused.stderr.contains("is locked by"), "a process that only sleeps is not gone: {refused}");
    let next = environment.run(&["apply", "--yes", "--lock-timeout", "10m"]).expect(0);
    assert!(next.stderr.contains("waiting for the lock: held by"), "{next}");
    let made = environment.proxy.count("sqs:CreateQueue");
    let written = environment.proxy.count("s3:PutObject");
    sleeper.signal(nix::sys::signal::Signal::SIGCONT);
    create.release();
    let woken = sleeper.wait().expect(1);
    assert!(woken.stderr.contains("the state lock was lost"), "{woken}");
    assert_eq!((environment.proxy.count("sqs:CreateQueue"), made), (2, 2), "one a queue");
    // That it failed is in the history all the same.
    let late = environment.proxy.matching("s3:PutObject").split_off(written);
    let late: Vec<_> = late.iter().filter(|call| !call.parameter("Key").contains("/history/")).collect();
    assert!(late.iter().all(|call| call.status == Some(412)), "{late:?}");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let settled = environment.run(&["apply", "--yes"]).expect(0);
    assert!(settled.stderr.contains("state has all that"), "{settled}");
    assert!(kept(&environment).is_empty());
}

#[test]
fn a_live_lease_ends_only_by_its_id() {
    let environment = queues_in_bucket();
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    let id = "00000000-0000-4000-8000-000000000000";
    let wrong = environment.run(&["state", "unlock", id]).expect(1);
    assert!(wrong.stderr.contains("but by "), "{wrong}");
    environment.run(&["apply", "--yes"]).expect(4);
    running.kill();
    running.wait();
    drop(create);
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
}

const ROLE: &str = r#"
project: shop
region: us-west-2
ephemeral: true
resources:
  role:
    type: AWS::IAM::Role
    properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }
      Policies:
        - PolicyName: jobs
          PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:*", Resource: "*" }] }
"#;

#[test]
fn a_run_that_slept_in_the_middle_of_a_deletion_does_not_go_on_with_it() {
    let mut environment = in_bucket(ROLE);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.set("INFRA_LOCK_LEASE", "2s");
    let first = environment.proxy.on("iam:DeleteRolePolicy").hold(Hold::BeforeAnswering);
    let sleeper = environment.start(&["destroy", "--yes"]);
    first.reached();
    sleeper.signal(nix::sys::signal::Signal::SIGSTOP);
    environment.run(&["destroy", "--yes", "--lock-timeout", "10m"]).expect(0);
    let before = environment.proxy.calls().len();
    sleeper.signal(nix::sys::signal::Signal::SIGCONT);
    first.release();
    let woken = sleeper.wait().expect(1);
    assert!(woken.stderr.contains("the state lock was lost"), "{woken}");
    let late = environment.proxy.calls().split_off(before);
    let late: Vec<_> = late.iter().filter(|call| call.matches("iam:*") && !call.reads()).collect();
    assert!(late.is_empty(), "{late:?}");
}

#[test]
fn a_connection_that_says_nothing_does_not_cost_the_lease() {
    let mut environment = queues_in_bucket();
    environment.set("INFRA_LOCK_LEASE", "6s");
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    environment.proxy.on("s3:PutObject").key("lock.json").nth(1).never_answer(Hold::BeforeSending);
    let written = environment.proxy.count("s3:PutObject");
    environment.proxy.await_calls("s3:PutObject", written + 4);
    create.release();
    running.wait().expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_process_that_stands_still_in_a_folder_blocks_its_own_stack_alone() {
    let environment = queues();
    environment.write("stacks/prod.yaml", "project: shop\nregion: us-west-2\nresources: {}\n");
    let folder = environment.folder().join(".infra/shop/dev");
    std::fs::create_dir_all(&folder).expect("the stack's folder");
    let blocked = std::fs::File::create(folder.join(".lock")).expect("its lock");
    blocked.lock().expect("held");
    environment.run(&["apply", "--stack", "prod", "--yes"]).expect(0);
    let refused = environment.run(&["apply", "--yes"]).expect(4);
    assert!(refused.stderr.contains("shop/dev/.lock is held by another process"), "{refused}");
    let waiting = environment.start(&["apply", "--yes", "--lock-timeout", "2m"]);
    std::thread::sleep(std::time::Duration::from_secs(6));
    drop(blocked);
    waiting.wait().expect(0);
}

#[test]
fn a_store_that_ignores_conditions_is_refused_before_anything_is_made() {
    let environment = queues_in_bucket();
    environment.proxy.on("s3:PutObject").forget_conditions();
    for command in [["init"].as_slice(), &["apply", "--yes"]] {
        let refused = environment.run(command).expect(1);
        assert!(refused.stderr.contains("ignores conditions of writes (`If-Match`, `If-None-Match`)"), "{refused}");
        assert!(refused.stderr.contains("keep state in Amazon S3"), "{refused}");
    }
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 0);
    environment.proxy.reset();
    environment.run(&["apply", "--yes"]).expect(0);
}
