//! State belongs to one account and region.

use std::fs;

use crate::command_line::{QUEUES, queues};

const COMMANDS: [&[&str]; 11] = [
    &["plan"],
    &["plan", "--destroy"],
    &["apply", "--yes"],
    &["destroy", "--yes"],
    &["refresh"],
    &["drift"],
    &["import", "sqs:shop-dev-failed.fifo"],
    &["state", "mv", "failed", "dead"],
    &["state", "rm", "failed"],
    &["state", "push", "copy.json"],
    &["state", "push", "--force", "copy.json"],
];

#[test]
fn no_command_works_on_a_stack_with_credentials_of_another_account() {
    let mut environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let state = environment.folder().join(".infra/shop/dev/state.json");
    fs::copy(&state, environment.folder().join("copy.json")).expect("a copy");
    let before = fs::read(&state).expect("state");
    environment.set("AWS_ACCESS_KEY_ID", &crate::unique::account());
    environment.proxy.reset();
    for file_is_there in [true, false] {
        if !file_is_there {
            fs::remove_file(environment.folder().join("stacks/dev.yaml")).expect("no stack file");
        }
        for command in COMMANDS {
            let needs_file = matches!(command[0], "plan" | "apply" | "refresh" | "drift" | "import");
            if needs_file && !file_is_there {
                continue;
            }
            let refused = environment.run(command).expect(6);
            assert!(refused.stderr.contains("belongs to account <account>"), "{command:?} {refused}");
        }
    }
    assert!(environment.proxy.calls().iter().all(|call| call.matches("sts:*")), "nothing else is asked");
    assert_eq!(fs::read(&state).expect("state"), before);
}

#[test]
fn no_command_works_on_a_stack_whose_file_has_moved_to_another_region() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("stacks/dev.yaml", &QUEUES.replace("us-west-2", "eu-west-1"));
    environment.proxy.reset();
    for command in [["plan"].as_slice(), &["apply", "--yes"], &["destroy", "--yes"], &["refresh"], &["drift"]] {
        let refused = environment.run(command).expect(6);
        assert!(refused.stderr.contains("belongs to region us-west-2, and this is region eu-west-1"), "{refused}");
    }
    assert!(environment.proxy.calls().iter().all(crate::proxy::Call::reads));
}

#[test]
fn the_state_of_another_account_is_not_pushed_by_force_either() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let state = fs::read_to_string(environment.folder().join(".infra/shop/dev/state.json")).expect("state");
    let account = format!("\"account\": \"{}\"", environment.account);
    environment.write("theirs.json", &state.replacen(&account, "\"account\": \"999999999999\"", 1));
    let refused = environment.run(&["state", "push", "--force", "theirs.json"]).expect(6);
    assert!(refused.stderr.contains("shop/dev belongs to account 999999999999"), "{refused}");
}
