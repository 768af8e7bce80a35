//! Creates whose outcome nobody knows, and that something else happens to before the next run looks for them.

use crate::environment::TestEnvironment;
use crate::proxy::Hold;
use crate::state::shared::{in_bucket, kept};

const NETWORK: &str = "
project: shop
region: us-west-2
ephemeral: true
resources:
  vpc:
    type: AWS::EC2::VPC
    properties: { CidrBlock: 10.0.0.0/16 }
";

/// How many questions a new object does not show to: more than the SDK asks at once.
const INVISIBLE: usize = 3;

fn renamed() -> String {
    NETWORK.replace("  vpc:\n", "  network:\n    moved_from: vpc\n")
}

fn killed() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", NETWORK);
    environment.kill_at(&["apply", "--yes"], "ec2:CreateVpc", Hold::BeforeAnswering);
    environment
}

fn is_settled_with_one_vpc(environment: &TestEnvironment) {
    assert_eq!(environment.proxy.count("ec2:CreateVpc"), 1);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ec2:DeleteVpc"), 1);
}

#[test]
fn what_a_killed_run_made_is_found_under_the_address_it_was_made_at() {
    let environment = killed();
    environment.write("stacks/dev.yaml", &renamed());
    let run = environment.run(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains("moved from vpc"), "{run}");
    is_settled_with_one_vpc(&environment);
}

#[test]
fn what_a_killed_run_made_is_found_after_it_was_renamed_twice_in_state() {
    let environment = killed();
    environment.run(&["state", "mv", "vpc", "net"]).expect(0);
    environment.run(&["state", "mv", "net", "network"]).expect(0);
    environment.write("stacks/dev.yaml", &NETWORK.replace("  vpc:\n", "  network:\n"));
    environment.run(&["apply", "--yes"]).expect(0);
    is_settled_with_one_vpc(&environment);
}

#[test]
fn what_does_not_show_yet_is_not_made_again() {
    let environment = killed();
    environment.proxy.on("ec2:DescribeVpcs").times(INVISIBLE).hide("vpcSet");
    environment.run(&["apply", "--yes"]).expect(0);
    is_settled_with_one_vpc(&environment);
}

#[test]
fn what_state_knows_and_does_not_show_yet_is_not_taken_for_gone() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", NETWORK);
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.on("ec2:DescribeVpcs").times(INVISIBLE).hide("vpcSet");
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(environment.proxy.count("ec2:CreateVpc"), 1);
}

#[test]
fn a_destroy_does_not_forget_what_does_not_show_yet() {
    let environment = killed();
    environment.proxy.on("ec2:DescribeVpcs").times(INVISIBLE).hide("vpcSet");
    environment.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ec2:DeleteVpc"), 1);
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn a_create_that_aws_never_heard_of_is_said_to_be_none() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", NETWORK);
    environment.kill_at(&["apply", "--yes"], "ec2:CreateVpc", Hold::BeforeSending);
    let run = environment.run(&["destroy", "--yes"]).expect(0);
    assert!(run.stderr.contains("an earlier run did not make it"), "{run}");
    assert_eq!(environment.run(&["state", "list"]).expect(0).stdout, "");
}

#[test]
fn a_move_that_could_not_be_written_is_no_business_of_another_branch() {
    let environment = in_bucket(NETWORK);
    environment.run(&["apply", "--yes"]).expect(0);
    let main = std::fs::read_to_string(environment.folder().join("stacks/dev.yaml")).expect("the stack");
    environment.write("stacks/dev.yaml", &main.replace("  vpc:\n", "  network:\n    moved_from: vpc\n"));
    environment.proxy.on("s3:PutObject").key("journal/").fail(403, "AccessDenied", "not allowed to s3:PutObject");
    environment.run(&["apply", "--yes"]).expect(1);
    assert!(kept(&environment).is_empty(), "a wish is nothing to keep");
    environment.proxy.reset();
    environment.write("stacks/dev.yaml", &main);
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    environment.run(&["apply", "--yes"]).expect(0);
    assert_eq!(environment.proxy.count("ec2:DeleteVpc"), 0);
}
