use serde_json::json;

use super::fixture::{Known, errors, properties, stack};
use crate::address::Address;
use crate::stack::NothingKnown;

const NETWORK: &str = r#"
config: { cidr: 10.0.0.0/16 }
resources:
  vpc:
    type: AWS::EC2::VPC
    properties: { CidrBlock: "${config.cidr}" }
  subnet:
    type: AWS::EC2::Subnet
    for_each: { a: 0, b: 1 }
    properties:
      VpcId: ${vpc.VpcId}
      AvailabilityZone: "${stack.region}${each.key}"
      CidrBlock: "${cidr_subnet(config.cidr, 8, each.value)}"
  table:
    type: AWS::EC2::RouteTable
    properties: { VpcId: "${vpc.VpcId}" }
  link:
    type: AWS::EC2::SubnetRouteTableAssociation
    for_each: [a, b]
    depends_on: [subnet]
    properties:
      RouteTableId: ${table.RouteTableId}
      SubnetId: ${subnet[each.key].SubnetId}
  group:
    type: AWS::RDS::DBSubnetGroup
    properties:
      DBSubnetGroupDescription: all
      SubnetIds: "${subnet.map(key, subnet[key].SubnetId)}"
outputs:
  first: ${subnet["a"].SubnetId}
  also: ${subnet.b.SubnetId}
  all: ${subnet}
  count: "${size(subnet.filter(k, k != 'a'))}"
"#;

fn known() -> Known {
    Known::default()
        .with("subnet[\"a\"]", json!({"SubnetId": "subnet-a", "CidrBlock": "?"}))
        .with("subnet[\"b\"]", json!({"SubnetId": "subnet-b", "CidrBlock": "?"}))
}

#[test]
fn each_member_is_a_resource_of_its_own() {
    let stack = stack(NETWORK);
    let addresses: Vec<_> = stack.resources.keys().map(Address::as_str).collect();
    let expected = ["vpc", "subnet[\"a\"]", "subnet[\"b\"]", "table", "link[\"a\"]", "link[\"b\"]", "group"];
    assert_eq!(addresses, expected);
    let second = properties(&stack, "subnet[\"b\"]", &NothingKnown);
    assert_eq!((&second["CidrBlock"], &second["AvailabilityZone"]), (&json!("10.0.1.0/24"), &json!("us-west-2b")));
    assert_eq!(stack.resources[&Address::from("subnet[\"b\"]")].each_key(), Some("b"));
}

#[test]
fn a_member_depends_on_the_members_that_it_reads() {
    let stack = stack(&NETWORK.replace("    depends_on: [subnet]\n", ""));
    let needs =
        |name: &str| stack.resources[&Address::from(name)].depends_on.iter().map(Address::as_str).collect::<Vec<_>>();
    assert_eq!(needs("link[\"a\"]"), ["subnet[\"a\"]", "table"]);
    assert_eq!(needs("group"), ["subnet[\"a\"]", "subnet[\"b\"]"]);
    assert_eq!(needs("subnet[\"a\"]"), ["vpc"]);
}

#[test]
fn depends_on_a_group_means_all_its_members() {
    let stack = stack(NETWORK);
    let link = &stack.resources[&Address::from("link[\"a\"]")];
    assert_eq!(
        link.depends_on.iter().map(Address::as_str).collect::<Vec<_>>(),
        ["subnet[\"a\"]", "subnet[\"b\"]", "table"]
    );
}

#[test]
fn members_are_read_one_by_one_or_as_a_map() {
    let stack = stack(NETWORK);
    assert_eq!(properties(&stack, "group", &known())["SubnetIds"], json!(["subnet-a", "subnet-b"]));
    assert_eq!(properties(&stack, "link[\"b\"]", &known())["SubnetId"], "subnet-b");
    let outputs = stack.known_outputs(&known()).expect("outputs");
    assert_eq!(serde_json::Value::from(outputs), json!({"first": "subnet-a", "also": "subnet-b", "count": 1}));
    let unknown = properties(&stack, "group", &NothingKnown);
    assert_eq!(unknown["SubnetIds"]["for"], json!(["subnet[\"a\"]", "subnet[\"b\"]"]));
    let half = Known::default().with("subnet[\"a\"]", json!({"SubnetId": "subnet-a"}));
    assert_eq!(properties(&stack, "group", &half)["SubnetIds"]["for"], json!(["subnet[\"b\"]"]));
}

#[test]
fn a_group_without_members_is_an_empty_map() {
    let stack = stack(
        r#"
resources:
  queue: { type: AWS::SQS::Queue, for_each: [] }
outputs: { all: "${queue.map(k, queue[k].Arn)}", same: "${queue}" }
"#,
    );
    assert!(stack.resources.is_empty());
    let outputs = stack.known_outputs(&NothingKnown).expect("outputs");
    assert_eq!(serde_json::Value::from(outputs), json!({"all": [], "same": {}}));
}

#[test]
fn keys_come_from_lists_maps_and_expressions() {
    let stack = stack(
        r#"
config: { queues: { fast: { delay: 0 }, "slow one": { delay: 9 } } }
resources:
  queue:
    type: AWS::SQS::Queue
    for_each: ${config.queues}
    properties: { DelaySeconds: "${each.value.delay}" }
  zone: { type: AWS::SQS::Queue, for_each: "${azs(2)}" }
"#,
    );
    let addresses: Vec<_> = stack.resources.keys().map(Address::as_str).collect();
    let expected = ["queue[\"fast\"]", "queue[\"slow one\"]", "zone[\"us-west-2a\"]", "zone[\"us-west-2b\"]"];
    assert_eq!(addresses, expected);
    assert_eq!(properties(&stack, "queue[\"slow one\"]", &NothingKnown), json!({"DelaySeconds": 9}));
}

#[test]
fn what_is_no_group_or_no_member_is_an_error() {
    insta::assert_snapshot!(errors(
        r#"
config: { n: 3 }
resources:
  a: { type: AWS::SQS::Queue, for_each: [x, y, x] }
  b: { type: AWS::SQS::Queue, for_each: [1] }
  c: { type: AWS::SQS::Queue, for_each: "${config.n}" }
  d: { type: AWS::SQS::Queue, for_each: [east, west], depends_on: ["e[\"x\"]", "d[\"wset\"]"] }
  e: { type: AWS::SQS::Queue }
outputs:
  a: ${d["wset"].Arn}
  b: ${d.Arn}
  c: ${d[0].Arn}
  d: ${d["west"].Arm}
  e: "${d.map(k, d[k].Arm)}"
"#), @r#"
    error: "x" is twice in this list, and each member needs its own key
     --> stacks/dev.yaml:6:48
      |
    6 |   a: { type: AWS::SQS::Queue, for_each: [x, y, x] }
      |                                                ^

    error: a list under `for_each` holds texts
     --> stacks/dev.yaml:7:42
      |
    7 |   b: { type: AWS::SQS::Queue, for_each: [1] }
      |                                          ^
      = use a map of keys and values for others

    error: `for_each` must be a list of texts or a map
     --> stacks/dev.yaml:8:41
      |
    8 |   c: { type: AWS::SQS::Queue, for_each: "${config.n}" }
      |                                         ^^^^^^^^^^^^^

    error: `e` has no `for_each`, so it has no members
     --> stacks/dev.yaml:9:68
      |
    9 |   d: { type: AWS::SQS::Queue, for_each: [east, west], depends_on: ["e[\"x\"]", "d[\"wset\"]"] }
      |                                                                    ^^^^^^^^^^

    error: `d` has no member "wset"
     --> stacks/dev.yaml:9:80
      |
    9 |   d: { type: AWS::SQS::Queue, for_each: [east, west], depends_on: ["e[\"x\"]", "d[\"wset\"]"] }
      |                                                                                ^^^^^^^^^^^^^
      = did you mean `west`?

    error: `d` has `for_each`, and no member "wset"
      --> stacks/dev.yaml:12:8
       |
    12 |   a: ${d["wset"].Arn}
       |        ^^^^^^^^^^
       = did you mean `west`?

    error: `d` has `for_each`, and no member "Arn"
      --> stacks/dev.yaml:13:8
       |
    13 |   b: ${d.Arn}
       |        ^^^^^
       = name the member first: `d["east"].Arn`

    error: the members of a `for_each` have keys and no numbers
      --> stacks/dev.yaml:14:8
       |
    14 |   c: ${d[0].Arn}
       |        ^

    error: `Arm` is not an attribute of AWS::SQS::Queue
      --> stacks/dev.yaml:15:8
       |
    15 |   d: ${d["west"].Arm}
       |        ^^^^^^^^^^
       = did you mean `Arn`?

    error: `Arm` is not an attribute of AWS::SQS::Queue
      --> stacks/dev.yaml:16:18
       |
    16 |   e: "${d.map(k, d[k].Arm)}"
       |                  ^
       = did you mean `Arn`?
    "#);
}

#[test]
fn an_error_in_a_member_is_reported_once() {
    let errors = errors(
        r#"
resources:
  queue: { type: AWS::SQS::Queue, for_each: [a, b, c], properties: { FifoQueu: true } }
"#,
    );
    assert_eq!(errors.matches("error:").count(), 1, "{errors}");
}

#[test]
fn a_when_with_each_decides_every_member() {
    let text = r#"
config: { queues: { fast: { on: true }, slow: { on: false } } }
resources:
  queue: { type: AWS::SQS::Queue, for_each: "${config.queues}", when: "${each.value.on}" }
  after: { type: AWS::SQS::Queue, depends_on: ['queue["slow"]', 'queue["fast"]'] }
outputs: { all: "${queue.map(key, key)}" }
"#;
    let stack = stack(text);
    let addresses: Vec<_> = stack.resources.keys().map(Address::as_str).collect();
    assert_eq!(addresses, ["queue[\"fast\"]", "after"]);
    let needed: Vec<_> = stack.resources[&Address::from("after")].depends_on.iter().map(Address::as_str).collect();
    assert_eq!(needed, ["queue[\"fast\"]"]);
    assert_eq!(stack.known_outputs(&NothingKnown).expect("outputs")["all"], json!(["fast"]));
    let wrong = text.replace("${queue.map(key, key)}", "${queue['slow'].Arn}").replace("each.value.on", "each.value");
    insta::assert_snapshot!(errors(&text.replace("${queue.map(key, key)}", "${queue['slow'].Arn}")), @r#"
    error: `queue` has no member "slow", or its `when` is false
     --> stacks/dev.yaml:8:20
      |
    8 | outputs: { all: "${queue['slow'].Arn}" }
      |                    ^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(errors(&wrong), @r#"
    error: `when` must be true or false, or an expression that is
     --> stacks/dev.yaml:6:71
      |
    6 |   queue: { type: AWS::SQS::Queue, for_each: "${config.queues}", when: "${each.value}" }
      |                                                                       ^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn a_member_that_is_not_there_is_told_with_those_that_are() {
    let text = r#"
resources:
  d: { type: AWS::SQS::Queue, for_each: [east, west] }
  e: { type: AWS::SQS::Queue, for_each: [a, b, c, d, e, f] }
outputs:
  one: ${d["x"].Arn}
  two: ${e["nothing"].QueueUrl}
  three: ${d.Arm}
  four: x-${d.Arn}
"#;
    insta::assert_snapshot!(errors(text), @r#"
    error: `d` has `for_each`, and no member "x"
     --> stacks/dev.yaml:8:10
      |
    8 |   one: ${d["x"].Arn}
      |          ^^^^^^^
      = its members are "east", "west"

    error: `e` has `for_each`, and no member "nothing"
     --> stacks/dev.yaml:9:10
      |
    9 |   two: ${e["nothing"].QueueUrl}
      |          ^^^^^^^^^^^^^^^^^^
      = its members are "a", "b", "c", "d" and 2 more

    error: `d` has `for_each`, and no member "Arm"
      --> stacks/dev.yaml:10:12
       |
    10 |   three: ${d.Arm}
       |            ^^^^^
       = name the member first: `d["east"].Arn`

    error: `d` has `for_each`, and no member "Arn"
      --> stacks/dev.yaml:11:13
       |
    11 |   four: x-${d.Arn}
       |             ^^^^^
       = name the member first: `d["east"].Arn`
    "#);
}
