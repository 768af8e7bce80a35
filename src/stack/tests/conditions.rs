use super::fixture::{errors, stack};

const NETWORK: &str = "
resources:
  vpc: { type: AWS::EC2::VPC, properties: { CidrBlock: 10.0.0.0/16 } }
";

#[test]
fn what_properties_may_not_be_together_is_told_where_it_is_written() {
    insta::assert_snapshot!(errors(
        r#"
config: { fifo: true }
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      QueueName: jobs
      FifoQueue: ${config.fifo}
"#), @r#"
    error: the name of a FIFO queue must end with `.fifo`
     --> stacks/dev.yaml:9:18
      |
    9 |       QueueName: jobs
      |                  ^^^^
      = write `jobs.fifo`
    "#);
}

#[test]
fn a_resource_is_held_against_what_it_refers_to() {
    insta::assert_snapshot!(errors(&format!(
        "{NETWORK}
  inside:
    type: AWS::EC2::Subnet
    properties: {{ VpcId: \"${{vpc.VpcId}}\", CidrBlock: 10.0.1.0/24 }}
  outside:
    type: AWS::EC2::Subnet
    for_each: [10.0.2.0/24, 10.1.0.0/24]
    properties: {{ VpcId: \"${{vpc.VpcId}}\", CidrBlock: \"${{each.value}}\" }}
")), @r#"
    error: `10.1.0.0/24` is not in the VPC's network `10.0.0.0/16`
      --> stacks/dev.yaml:13:53
       |
    13 |     properties: { VpcId: "${vpc.VpcId}", CidrBlock: "${each.value}" }
       |                                                     ^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn a_condition_that_is_wrong_can_be_left_out() {
    stack(
        "
resources:
  jobs: { type: AWS::SQS::Queue, unchecked: true, properties: { QueueName: jobs, FifoQueue: true } }
",
    );
}

#[test]
fn other_subnets_than_the_stacks_are_not_judged() {
    stack(&format!(
        "{NETWORK}
  found: {{ type: AWS::EC2::VPC, lookup: {{ VpcId: vpc-0123 }} }}
  other: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: \"${{found.VpcId}}\", CidrBlock: 172.16.0.0/24 }} }}
  literal: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: vpc-0123, CidrBlock: 172.16.1.0/24 }} }}
"
    ));
}
