use super::fixture::{errors, stack};
use crate::stack::Severity;

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
       = where the VPC has further networks, write `unchecked: true` beside the subnet's `properties`
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
  taken: {{ type: AWS::EC2::VPC, import: vpc-0456, properties: {{ CidrBlock: 10.1.0.0/16 }} }}
  further: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: \"${{taken.VpcId}}\", CidrBlock: 100.64.0.0/24 }} }}
  literal: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: vpc-0123, CidrBlock: 172.16.1.0/24 }} }}
"
    ));
}

#[test]
fn what_aws_makes_something_else_of_is_a_warning() {
    let stack = stack(
        "
resources:
  vpc: { type: AWS::EC2::VPC, properties: { CidrBlock: 10.0.1.0/16 } }
",
    );
    let told: Vec<_> =
        stack.warnings.0.iter().map(|one| (one.severity, one.location.line, one.message.as_str())).collect();
    let message = "EC2 makes `10.0.0.0/16` of `10.0.1.0/16`: the bits behind the prefix do not count";
    assert_eq!(told, [(Severity::Warning, 5, message)]);
}

#[test]
fn subnets_of_one_zone_are_no_two_zones() {
    let network = |zone: &str| {
        format!(
            "{NETWORK}
  one: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: \"${{vpc.VpcId}}\", CidrBlock: 10.0.1.0/24, AvailabilityZone: us-west-2a }} }}
  two: {{ type: AWS::EC2::Subnet, properties: {{ VpcId: \"${{vpc.VpcId}}\", CidrBlock: 10.0.2.0/24, AvailabilityZone: {zone} }} }}
  database:
    type: AWS::RDS::DBSubnetGroup
    properties:
      DBSubnetGroupDescription: database
      SubnetIds: [\"${{one.SubnetId}}\", \"${{two.SubnetId}}\"]
  web: {{ type: AWS::ElasticLoadBalancingV2::LoadBalancer, properties: {{ Subnets: [\"${{one.SubnetId}}\", \"${{two.SubnetId}}\"] }} }}
"
        )
    };
    stack(&network("us-west-2b"));
    insta::assert_snapshot!(errors(&network("us-west-2a")), @r#"
    error: `SubnetIds` needs subnets of two zones, got 2 of us-west-2a
      --> stacks/dev.yaml:13:7
       |
    13 |       SubnetIds: ["${one.SubnetId}", "${two.SubnetId}"]
       |       ^^^^^^^^^

    error: a load balancer has one subnet of each availability zone, got us-west-2a, us-west-2a
      --> stacks/dev.yaml:14:73
       |
    14 |   web: { type: AWS::ElasticLoadBalancingV2::LoadBalancer, properties: { Subnets: ["${one.SubnetId}", "${two.SubnetId}"] } }
       |                                                                         ^^^^^^^
    "#);
}
