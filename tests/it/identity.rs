//! One object has one address, and one plan never deletes and makes one identity side by side.

use crate::environment::TestEnvironment;
use crate::proxy::Hold;

const ROLE: &str = "AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }";

/// What no database becomes in place.
const ENCRYPTED: &str = "      StorageEncrypted: true\n";

/// A stack of resources that nothing protects.
fn stack(resources: &str) -> String {
    format!("project: shop\nregion: us-west-2\nresources:\n{resources}")
}

fn queue(address: &str, name: &str) -> String {
    format!("  {address}: {{ type: 'AWS::SQS::Queue', protect: false, properties: {{ QueueName: {name} }} }}\n")
}

fn role(address: &str, name: &str) -> String {
    format!("  {address}: {{ type: 'AWS::IAM::Role', properties: {{ RoleName: {name}, {ROLE} }} }}\n")
}

fn database(address: &str, more: &str) -> String {
    format!(
        "  {address}:\n    type: AWS::RDS::DBInstance\n    protect: false\n    on_delete: snapshot\n    properties:\n      \
         Engine: postgres\n      DBInstanceClass: db.t4g.micro\n      AllocatedStorage: '20'\n      MasterUsername: app\n      \
         MasterUserPassword: correct-horse-battery\n{more}"
    )
}

fn applied(resources: &str) -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &stack(resources));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment
}

fn order(environment: &TestEnvironment, operations: &[&str]) -> Vec<String> {
    let calls = environment.proxy.calls().into_iter().map(|call| call.operation);
    calls.filter(|operation| operations.contains(&operation.as_str())).collect()
}

#[test]
fn two_resources_with_one_name_are_refused_before_anything_runs() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &stack(&[queue("a", "emails"), queue("b", "emails")].concat()));
    for command in [&["validate"][..], &["plan"], &["apply", "--yes"]] {
        let run = environment.run(command).expect(3);
        assert!(run.stderr.contains("`a` and `b` are one AWS::SQS::Queue: QueueName emails"), "{run}");
        assert!(run.stderr.contains("dev.yaml:5:") && run.stderr.contains("dev.yaml:4:"), "{run}");
    }
    assert_eq!(environment.proxy.count("sqs:*"), 0);
}

#[test]
fn names_that_a_slug_would_make_one_are_two_queues() {
    let environment = applied("  orders_dlq: { type: AWS::SQS::Queue }\n  orders__dlq: { type: AWS::SQS::Queue }\n");
    let state = environment.run(&["state", "pull"]).expect(0).stdout;
    assert!(state.contains("\"shop-dev-orders-dlq\"") && state.contains("\"shop-dev-orders-dlq-"), "{state}");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_renamed_queue_is_not_lost() {
    let environment = applied(&queue("a", "emails"));
    environment.write("stacks/dev.yaml", &stack(&queue("b", "emails")));
    let run = environment.run(&["apply", "--yes"]).expect(5);
    assert!(run.stderr.contains("is the object of a: keep it with `moved_from: a`"), "{run}");
    assert!(run.stderr.contains("write `moved_from: a` at `b`"), "{run}");
    assert!(environment.proxy.calls().iter().all(|call| call.reads()));
    let moved = queue("b", "emails").replace("protect:", "moved_from: a, protect:");
    environment.write("stacks/dev.yaml", &stack(&moved));
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("sqs:DeleteQueue") + environment.proxy.count("sqs:CreateQueue"), 0);
}

#[test]
fn what_may_be_lost_goes_before_its_name_is_used_again() {
    let environment = applied(&queue("a", "emails"));
    environment.write("stacks/dev.yaml", &stack(&queue("b", "emails")));
    environment.run(&["apply", "--yes", "--allow-destroy", "a"]).expect(0);
    assert_eq!(order(&environment, &["DeleteQueue", "CreateQueue"]), ["DeleteQueue", "CreateQueue"]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_renamed_role_is_made_when_the_old_one_is_gone() {
    let environment = applied(&role("a", "app"));
    environment.write("stacks/dev.yaml", &stack(&role("b", "App")));
    let plan = environment.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("made anew when a is gone; `moved_from: a` would keep the object"), "{plan}");
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(order(&environment, &["DeleteRole", "CreateRole"]), ["DeleteRole", "CreateRole"]);
}

#[test]
fn two_roles_that_swap_their_names_both_go_first() {
    let environment = applied(&[role("a", "one"), role("b", "two")].concat());
    environment.write("stacks/dev.yaml", &stack(&[role("a", "two"), role("b", "one")].concat()));
    environment.run(&["apply", "--yes"]).expect(0);
    let calls = order(&environment, &["DeleteRole", "CreateRole"]);
    assert_eq!(calls, ["DeleteRole", "DeleteRole", "CreateRole", "CreateRole"]);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_new_role_waits_for_the_one_that_gives_up_its_name() {
    let environment = applied(&role("a", "one"));
    environment.write("stacks/dev.yaml", &stack(&[role("a", "two"), role("b", "one")].concat()));
    environment.run(&["apply", "--yes"]).expect(0);
    let calls = order(&environment, &["DeleteRole", "CreateRole"]);
    assert_eq!(calls, ["CreateRole", "DeleteRole", "CreateRole"]);
}

#[test]
fn a_plan_that_has_no_order_says_what_leads_out() {
    let uses = |role: &str, delay: u8| {
        format!(
            "  q: {{ type: 'AWS::SQS::Queue', protect: false, depends_on: [{role}], properties: {{ DelaySeconds: {delay} }} }}\n"
        )
    };
    let environment = applied(&[role("a", "app"), uses("a", 1)].concat());
    environment.write("stacks/dev.yaml", &stack(&[role("b", "app"), uses("b", 2)].concat()));
    let run = environment.run(&["apply", "--yes"]).expect(5);
    assert!(run.stderr.contains("these wait for each other: "), "{run}");
    for part in ["create b", "delete a", "update q", "write `moved_from: a` at `b`"] {
        assert!(run.stderr.contains(part), "{part}: {run}");
    }
    assert!(environment.proxy.calls().iter().all(|call| call.reads()));
}

#[test]
fn an_object_that_two_addresses_have_stays_with_the_one_that_stays() {
    let environment = applied(&queue("a", "emails"));
    let mut state: serde_json::Value =
        serde_json::from_str(&environment.run_raw(&["state", "pull"]).expect(0).stdout).expect("state");
    state["resources"]["b"] = state["resources"]["a"].clone();
    environment.write("copy.json", &state.to_string());
    environment.run(&["state", "push", "--force", "copy.json"]).expect(0);
    let run = environment.run(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains("its object is also the one of a, which stays"), "{run}");
    assert_eq!(environment.proxy.count("sqs:DeleteQueue"), 0);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout.lines().count(), 1);
}

#[test]
fn nothing_is_deleted_for_what_is_made_from_a_snapshot_that_is_not_there() {
    let name = "      DBInstanceIdentifier: shop-orders\n";
    let environment = applied(&database("db", name));
    let from_snapshot = format!("{name}{ENCRYPTED}      DBSnapshotIdentifier: does-not-exist\n");
    environment.write("stacks/dev.yaml", &stack(&database("db", &from_snapshot)));
    let run = environment.run(&["apply", "--yes"]).expect(5);
    let told = "DBSnapshotIdentifier: there is no DB snapshot does-not-exist in us-west-2";
    assert!(run.stderr.contains(told), "{run}");
    assert!(environment.proxy.calls().iter().all(|call| call.reads()));
    assert_eq!(environment.proxy.count("rds:DescribeDBSnapshots"), 1);
    environment.write("stacks/dev.yaml", &stack(&database("other", "      DBSnapshotIdentifier: does-not-exist\n")));
    let run = environment.run(&["plan"]).expect(5);
    assert!(run.stdout.contains(told), "{run}");
}

#[test]
fn a_snapshot_that_goes_after_the_plan_costs_no_database() {
    let environment = applied(&database("db", "      DBInstanceIdentifier: shop-orders\n"));
    let from_snapshot =
        format!("      DBInstanceIdentifier: shop-orders\n{ENCRYPTED}      DBSnapshotIdentifier: nightly\n");
    environment.write("stacks/dev.yaml", &stack(&database("db", &from_snapshot)));
    environment.proxy.on("rds:DescribeDBSnapshots").nth(2).fail(404, "DBSnapshotNotFound", "not found");
    take_snapshot(&environment, "shop-orders", "nightly");
    let run = environment.run(&["apply", "--yes"]).expect(1);
    assert!(run.stderr.contains("there is no DB snapshot nightly in us-west-2 any more"), "{run}");
    assert_eq!(environment.proxy.count("rds:DeleteDBInstance"), 0);
}

#[test]
fn the_last_snapshot_has_a_name_that_rds_takes_and_the_run_tells_it() {
    let members = database("db", "").replace("    protect:", "    for_each: [eu]\n    protect:");
    let environment = applied(&members);
    environment.write("stacks/dev.yaml", "project: shop\nregion: us-west-2\nresources: {}\n");
    environment.kill_at(&["apply", "--yes"], "rds:DeleteDBInstance", Hold::BeforeSending);
    let state: serde_json::Value =
        serde_json::from_str(&environment.run_raw(&["state", "pull"]).expect(0).stdout).expect("state");
    let name = state["resources"][r#"db["eu"]"#]["last_snapshot"].as_str().expect("a name").to_owned();
    assert!(name.starts_with("shop-dev-db-eu-final-20"), "{name}");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    environment.proxy.reset();
    let run = environment.run_raw(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains(&format!(r#"db["eu"]: last snapshot {name}"#)), "{run}");
    assert!(run.stderr.contains(&format!(r#"last snapshot of db["eu"]: {name}"#)), "{run}");
    let calls = environment.proxy.calls();
    let deletion = calls.iter().find(|call| call.operation == "DeleteDBInstance").expect("a deletion");
    assert_eq!(deletion.parameter("FinalDBSnapshotIdentifier"), name);
    let history = environment.run_raw(&["history", "show", "3"]).expect(0);
    assert!(history.stdout.contains(&name), "{history}");
}

fn take_snapshot(environment: &TestEnvironment, database: &str, name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let context = crate::world::context(&environment.proxy, &environment.account);
        let call = context.rds().create_db_snapshot().db_instance_identifier(database).db_snapshot_identifier(name);
        call.send().await.expect("a snapshot");
    });
}
