//! Files of state that are not what was written.

use std::fs;

use crate::command_line::queues;

const COMMANDS: [&[&str]; 12] = [
    &["plan"],
    &["plan", "--offline"],
    &["apply", "--yes"],
    &["destroy", "--yes"],
    &["refresh"],
    &["drift"],
    &["outputs"],
    &["import", "sqs:shop-dev-failed.fifo"],
    &["state", "list"],
    &["state", "pull"],
    &["state", "rm", "failed"],
    &["state", "push", "copy.json"],
];

#[test]
fn only_a_forced_push_replaces_a_damaged_state_and_keeps_it() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("copy.json", &environment.run(&["state", "pull"]).expect(0).stdout);
    let copy = fs::read_to_string(environment.folder().join("copy.json")).expect("a copy");
    assert!(copy.contains("\"lineage\""));
    // The output of a run has names in the place of what differs from run to run.
    let state = environment.folder().join(".infra/shop/dev/state.json");
    fs::copy(&state, environment.folder().join("copy.json")).expect("a copy");
    let whole = fs::read(&state).expect("state");
    let damaged = &whole[..whole.len() - 40];
    fs::write(&state, damaged).expect("damage");
    environment.proxy.reset();
    for command in COMMANDS {
        let refused = environment.run(command).expect(1);
        assert!(refused.stderr.contains("state.json is damaged"), "{command:?} {refused}");
        assert!(refused.stderr.contains("infra state push --force FILE"), "{command:?} {refused}");
        assert_eq!(fs::read(&state).expect("state"), damaged, "{command:?} leaves it as it is");
    }
    assert!(environment.proxy.calls().iter().all(crate::proxy::Call::reads));
    let replaced = environment.run(&["state", "push", "--force", "copy.json"]).expect(0);
    assert!(replaced.stderr.contains("the damaged state is kept in .infra/shop/dev/damaged/"), "{replaced}");
    let folder = fs::read_dir(environment.folder().join(".infra/shop/dev/damaged")).expect("what is kept");
    let folder = folder.map(|entry| entry.expect("a folder").path()).next().expect("one folder");
    assert_eq!(fs::read(folder.join("state.json")).expect("the damaged state"), damaged);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
}

#[test]
fn a_state_whose_files_are_gone_is_not_begun_anew() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let state = environment.folder().join(".infra/shop/dev/state.json");
    fs::copy(&state, environment.folder().join("copy.json")).expect("a copy");
    fs::remove_file(&state).expect("state goes");
    environment.proxy.reset();
    for command in COMMANDS {
        let refused = environment.run(command).expect(1);
        assert!(refused.stderr.contains("shop/dev/ is damaged: state.json is missing"), "{command:?} {refused}");
        assert!(refused.stderr.contains("infra state push --force FILE"), "{command:?} {refused}");
        assert!(!state.exists(), "{command:?} makes no new one");
    }
    assert!(environment.proxy.calls().iter().all(crate::proxy::Call::reads));
    environment.run(&["state", "push", "--force", "copy.json"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
}

#[test]
fn an_older_version_of_the_state_is_pushed_and_not_put_back() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let state = environment.folder().join(".infra/shop/dev/state.json");
    fs::copy(&state, environment.folder().join("older.json")).expect("a copy");
    environment.run(&["state", "mv", "failed", "lost"]).expect(0);
    environment.write("whole.json", &environment.run(&["state", "pull"]).expect(0).stdout);
    fs::copy(environment.folder().join("older.json"), &state).expect("an older state");
    for segment in fs::read_dir(environment.folder().join(".infra/shop/dev/journal")).into_iter().flatten() {
        fs::remove_file(segment.expect("a segment").path()).expect("it goes");
    }
    let refused = environment.run(&["plan"]).expect(1);
    assert!(refused.stderr.contains("its newest segments are missing"), "{refused}");
    environment.run(&["state", "push", "--force", "older.json"]).expect(0);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let list = environment.run(&["state", "list"]).expect(0);
    assert!(list.stdout.contains("failed") && !list.stdout.contains("lost"), "{list}");
}

#[test]
fn a_forced_push_says_where_it_keeps_the_former_state() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    environment.write("older.json", &environment.run(&["state", "pull"]).expect(0).stdout);
    environment.run(&["state", "mv", "failed", "lost"]).expect(0);
    environment.run(&["state", "push", "older.json"]).expect(1);
    let state = environment.folder().join(".infra/shop/dev/state.json");
    let older = environment.folder().join("older.json");
    fs::copy(&state, &older).expect("a copy without the newest segment, as it lies there");
    let pushed = environment.run(&["state", "push", "--force", "older.json"]).expect(0);
    let kept = pushed.stderr.lines().find_map(|line| line.strip_prefix("the former state is kept in "));
    let kept = kept.unwrap_or_else(|| panic!("{pushed}"));
    assert!(kept.starts_with(".infra/shop/dev/replaced/"), "{pushed}");
    let kept = fs::read_dir(environment.folder().join(".infra/shop/dev/replaced")).expect("what is kept");
    let kept = kept.map(|entry| entry.expect("a folder").path().join("state.json")).next().expect("one");
    fs::copy(kept, environment.folder().join("former.json")).expect("a copy");
    environment.run(&["state", "push", "--force", "former.json"]).expect(0);
    assert!(environment.run(&["state", "list"]).expect(0).stdout.contains("lost"));
}

#[test]
fn a_damaged_lock_says_what_to_do() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let lock = environment.folder().join(".infra/shop/dev/lock.json");
    fs::write(&lock, "").expect("damage");
    let refused = environment.run(&["apply", "--yes"]).expect(1);
    assert!(refused.stderr.contains("if no run is under way, delete it"), "{refused}");
    fs::remove_file(&lock).expect("the lock goes");
    environment.run(&["apply", "--yes"]).expect(0);
}

#[test]
fn a_state_of_a_newer_version_is_refused_by_every_means() {
    let environment = queues();
    environment.run(&["apply", "--yes"]).expect(0);
    let state = environment.folder().join(".infra/shop/dev/state.json");
    let text = fs::read_to_string(&state).expect("state");
    fs::copy(&state, environment.folder().join("copy.json")).expect("a copy");
    let newer =
        text.replacen("\"version\": 1", "\"version\": 99", 1).replacen("\"written_by\": \"", "\"written_by\": \"9.", 1);
    assert_ne!(newer, text);
    fs::write(&state, &newer).expect("a newer state");
    for command in [["plan"].as_slice(), &["apply", "--yes"], &["state", "push", "--force", "copy.json"]] {
        let refused = environment.run(command).expect(1);
        assert!(refused.stderr.contains("needs state format 99"), "{refused}");
        assert!(refused.stderr.contains("; use infra 9."), "{refused}");
        assert_eq!(fs::read_to_string(&state).expect("state"), newer);
    }
}
