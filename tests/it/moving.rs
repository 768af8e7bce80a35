//! State that moves: nothing is planned as new while its state lies elsewhere, and a move that was cut off goes on.

use std::fs;

use crate::command_line::{QUEUES, queues};
use crate::environment::TestEnvironment;
use crate::proxy::Hold;

/// The two queues with `state:` in their file.
fn with_state(location: &str) -> String {
    QUEUES.replacen("region:", &format!("state: {location}\nregion:"), 1)
}

/// The queues are applied with state in `.infra/`; then the file names another place.
fn changed_to(location: &str) -> TestEnvironment {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_state(location));
    environment.proxy.reset();
    environment
}

fn bucket(environment: &TestEnvironment) -> String {
    format!("s3://{}", environment.unique)
}

fn no_queue_is_touched(environment: &TestEnvironment) {
    let writes: Vec<_> = environment.proxy.calls().into_iter().filter(|call| !call.reads()).collect();
    assert!(writes.iter().all(|call| call.to_string().starts_with("s3:")), "{writes:?}");
}

/// Everything is as before: no change, one object a queue, and the history goes on.
fn all_is_there(environment: &TestEnvironment) {
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout.lines().count(), 2);
    let history = environment.run(&["history"]).expect(0).stdout;
    assert!(history.contains("2 created") && history.contains("state moved"), "{history}");
    environment.run(&["apply", "--yes", "--set", "timeout=50"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
}

#[test]
fn a_stack_is_not_planned_as_new_while_its_state_lies_in_the_folder() {
    let environment = changed_to("kept");
    for command in [
        &["plan"][..],
        &["plan", "--offline"],
        &["plan", "--out", "a.plan"],
        &["apply", "--yes"],
        &["destroy", "--yes"],
        &["drift"],
        &["refresh"],
        &["import", "sqs:shop-dev-failed.fifo"],
        &["outputs"],
        &["history"],
        &["rollback", "--yes"],
        &["state", "list"],
        &["state", "pull"],
        &["state", "rm", "jobs"],
    ] {
        let refused = environment.run(command).expect(5);
        assert!(refused.stderr.contains("shop/dev in <folder>/kept is not there yet"), "{refused}");
        assert!(refused.stderr.contains("it is that of shop/dev in <folder>/.infra, with 2 resources"), "{refused}");
        assert!(refused.stderr.contains("hint: `infra init --stack dev` moves it"), "{refused}");
        assert!(
            refused.stderr.contains("if the stack is meant to be new: `infra init --stack dev --new`"),
            "{refused}"
        );
    }
    no_queue_is_touched(&environment);
    let moved = environment.run(&["init"]).expect(0);
    assert!(
        moved.stdout.contains("moved the state of shop/dev in <folder>/.infra to <folder>/kept: 2 resources, 1 record"),
        "{moved}"
    );
    no_queue_is_touched(&environment);
    all_is_there(&environment);
}

#[test]
fn init_moves_state_from_the_folder_into_the_bucket_and_back() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_state(&bucket(&environment)));
    environment.run(&["init"]).expect(0);
    // A second time there is nothing to move.
    let again = environment.run(&["init"]).expect(0);
    assert!(!again.stdout.contains("moved"), "{again}");
    all_is_there(&environment);

    environment.write("stacks/dev.yaml", QUEUES);
    let left = environment.run(&["plan"]).expect(5);
    assert!(left.stderr.contains("was moved: the state is that of shop/dev in s3://<unique> now"), "{left}");
    assert!(left.stderr.contains("write `state: s3://<unique>` into the stack file"), "{left}");
    let back = environment.run(&["init", "--from", &bucket(&environment)]).expect(0);
    assert!(back.stdout.contains("moved the state of shop/dev in s3://<unique> to <folder>/.infra"), "{back}");
    all_is_there(&environment);
}

#[test]
fn this_machine_remembers_the_prefix_of_a_bucket_that_state_was_in() {
    let environment = queues();
    let (old, new) = (format!("{}/old", bucket(&environment)), format!("{}/new", bucket(&environment)));
    environment.write("stacks/dev.yaml", &with_state(&old));
    environment.run(&["init"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &with_state(&new));
    let refused = environment.run(&["plan"]).expect(5);
    assert!(refused.stderr.contains("it is that of shop/dev in s3://<unique>/old, with 2 resources"), "{refused}");
    environment.run(&["init"]).expect(0);
    all_is_there(&environment);
    // Another machine that has an old checkout.
    fs::remove_dir_all(environment.folder().join(".infra")).expect("what this machine remembers");
    environment.write("stacks/dev.yaml", &with_state(&old));
    let left = environment.run(&["apply", "--yes"]).expect(5);
    assert!(left.stderr.contains("is that of shop/dev in s3://<unique>/new now"), "{left}");
}

#[test]
fn another_machine_is_told_where_state_was() {
    let environment = queues();
    let (old, new) = (format!("{}/old", bucket(&environment)), format!("{}/new", bucket(&environment)));
    environment.write("stacks/dev.yaml", &with_state(&old));
    environment.run(&["init"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    fs::remove_dir_all(environment.folder().join(".infra")).expect("what this machine remembers");
    environment.write("stacks/dev.yaml", &with_state(&new));
    let nothing = environment.run(&["init", "--from", &format!("{new}er")]).expect(1);
    assert!(nothing.stderr.contains("there is no state to move: shop/dev in s3://<unique>/newer"), "{nothing}");
    environment.run(&["init", "--from", &old]).expect(0);
    all_is_there(&environment);
}

#[test]
fn state_is_moved_by_hand_and_the_line_to_write_is_told() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let moved = environment.run(&["state", "move", "--to", "kept/here"]).expect(0);
    assert!(moved.stderr.contains("write `state: kept/here` into the stack file"), "{moved}");
    for command in [
        &["plan"][..],
        &["apply", "--yes"],
        &["destroy", "--yes"],
        &["outputs"],
        &["history"],
        &["state", "move", "--to", "x"],
    ] {
        let refused = environment.run(command).expect(5);
        assert!(refused.stderr.contains("the state is that of shop/dev in <folder>/kept/here now"), "{refused}");
    }
    environment.write("stacks/dev.yaml", &with_state("kept/here"));
    all_is_there(&environment);
    let back = environment.run(&["state", "move", "--to", ".infra", "--json"]).expect(0);
    assert!(back.stdout.contains("\"resources\": 2"), "{back}");
    assert!(back.stderr.contains("take `state` out of the stack file"), "{back}");
    environment.write("stacks/dev.yaml", QUEUES);
    all_is_there(&environment);
}

#[test]
fn a_stack_can_be_meant_to_be_new() {
    let environment = changed_to("kept");
    environment.run(&["plan"]).expect(5);
    environment.run(&["init", "--new"]).expect(0);
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("2 to create"), "{plan}");
    assert!(environment.folder().join(".infra/shop/dev/state.json").is_file());
}

#[test]
fn a_move_that_is_killed_goes_on() {
    for part in ["state.json", "history/", "lock.json"] {
        for at in [Hold::BeforeSending, Hold::BeforeAnswering] {
            let environment = changed_to("kept");
            let location = bucket(&environment);
            environment.write("stacks/dev.yaml", &with_state(&location));
            let held = environment.proxy.on("s3:PutObject").key(part).hold(at);
            let running = environment.start(&["init"]);
            held.reached();
            running.kill();
            running.wait();
            held.release();
            let told = environment.run(&["plan"]).expect(5);
            assert!(told.stderr.contains("infra init"), "{told}");
            environment.run(&["apply", "--yes"]).expect(5);
            environment.run(&["init"]).expect(0);
            no_queue_is_touched(&environment);
            all_is_there(&environment);
        }
    }
}

#[test]
fn what_a_run_could_not_write_moves_along() {
    let environment = queues();
    let location = bucket(&environment);
    environment.write("stacks/dev.yaml", &with_state(&location));
    environment.run(&["init"]).expect(0);
    let create = environment.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let running = environment.start(&["apply", "--yes"]);
    create.reached();
    environment.proxy.on("s3:PutObject").key("journal/").fail(403, "AccessDenied", "not allowed");
    create.release();
    running.wait().expect(1);
    environment.proxy.reset();
    let moved =
        environment.run(&["state", "move", "--to", &format!("{location}/new"), "--lock-timeout", "2m"]).expect(0);
    assert!(moved.stderr.contains("took up what an earlier run could not write: 1 change"), "{moved}");
    environment.write("stacks/dev.yaml", &with_state(&format!("{location}/new")));
    let listed = environment.run(&["state", "list"]).expect(0);
    assert!(listed.stdout.contains("failed  AWS::SQS::Queue  http"), "{listed}");
    let applied = environment.run(&["apply", "--yes"]).expect(0);
    assert!(!applied.stderr.contains("finishes what an earlier run began"), "{applied}");
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 1);
}

#[test]
fn the_folder_beside_the_stacks_ignores_itself() {
    let ignored = |environment: &TestEnvironment| fs::read_to_string(environment.folder().join(".infra/.gitignore"));
    let environment = queues();
    environment.run(&["init"]).expect(0);
    assert_eq!(ignored(&environment).expect("the file"), "*\n");
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(ignored(&environment).expect("the file"), "*\n");
    fs::write(environment.folder().join(".infra/.gitignore"), "history/\n").expect("the file");
    environment.run(&["init"]).expect(0);
    assert_eq!(ignored(&environment).expect("the file"), "history/\n");
}

#[test]
fn a_file_of_places_that_cannot_be_written_is_no_obstacle() {
    let environment = queues();
    environment.write("stacks/dev.yaml", &with_state(&bucket(&environment)));
    environment.run(&["init"]).expect(0);
    let file = environment.folder().join(".infra/places.json");
    fs::remove_file(&file).ok();
    fs::create_dir_all(&file).expect("a folder in the way");
    environment.run(&["apply", "--yes"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let refused = environment.run(&["init", "--new"]).expect(1);
    assert!(refused.stderr.contains("cannot be noted in `.infra/places.json`"), "{refused}");
}

#[test]
fn state_that_is_where_it_should_be_costs_no_question_more() {
    let environment = queues();
    environment.write("stacks/dev.yaml", &with_state(&bucket(&environment)));
    environment.run(&["init"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment.run(&["plan"]).expect(0);
    // The lock, the journal, the snapshot, and nothing of a former place.
    assert!(environment.proxy.matching("s3:").len() <= 3, "{:?}", environment.proxy.matching("s3:"));
}
