use std::time::Duration;

use serde_json::json;

use super::fixture::{Known, errors, shown, stack};
use crate::address::Address;
use crate::resources::{OnDelete, ReplaceOrder};
use crate::stack::NothingKnown;

#[test]
fn options_are_typed_and_may_use_expressions() {
    let stack = stack(
        r#"
config: { keep: true }
resources:
  jobs:
    type: AWS::SQS::Queue
    region: us-east-1
    import: "https://queue/${stack.name}"
    protect: "${config.keep}"
    on_delete: retain
    ignore_changes: [DelaySeconds, RedrivePolicy.maxReceiveCount]
    replace: delete_first
    moved_from: [old, 'older["a"]']
    timeout: 1h 30m
  plain: { type: AWS::SQS::Queue }
"#,
    );
    let jobs = &stack.resources[&Address::from("jobs")];
    assert_eq!(jobs.region.as_deref(), Some("us-east-1"));
    assert_eq!(stack.import_id(&jobs.address).expect("an id").as_deref(), Some("https://queue/dev"));
    assert_eq!((jobs.protect, jobs.on_delete), (Some(true), Some(OnDelete::Retain)));
    assert_eq!(jobs.ignore_changes, ["DelaySeconds", "RedrivePolicy.maxReceiveCount"]);
    assert_eq!(jobs.replace, Some(ReplaceOrder::DeleteFirst));
    assert_eq!(jobs.moved_from, [Address::from("old"), Address::member("older", "a")]);
    assert_eq!(jobs.timeout, Some(Duration::from_secs(5400)));
    let plain = &stack.resources[&Address::from("plain")];
    assert_eq!(stack.import_id(&plain.address).expect("no id"), None);
    assert_eq!((plain.protect, plain.on_delete, plain.replace, plain.timeout), (None, None, None, None));
}

#[test]
fn options_follow_their_member() {
    let stack = stack(
        r#"
resources:
  queue:
    type: AWS::SQS::Queue
    for_each: { a: us-east-1, b: us-east-2 }
    region: ${each.value}
    import: old-${each.key}
    moved_from: group
  other: { type: AWS::SQS::Queue, for_each: [a], moved_from: "other_${each.key}" }
"#,
    );
    let b = &stack.resources[&Address::member("queue", "b")];
    assert_eq!(b.region.as_deref(), Some("us-east-2"));
    assert_eq!(stack.import_id(&b.address).expect("an id").as_deref(), Some("old-b"));
    assert_eq!(b.moved_from, [Address::member("group", "b")]);
    assert_eq!(stack.resources[&Address::member("other", "a")].moved_from, [Address::from("other_a")]);
}

#[test]
fn options_that_make_no_sense_are_errors() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  jobs:
    type: AWS::SQS::Queue
    region: us-west2
    import: 5
    protect: "yes"
    on_delete: retian
    ignore_changes: [DelaySecond]
    replace: createfirst
    moved_from: { a: b }
    timeout: 30 parsecs
    depends_on: ["${jobs}", 5]
    properties: [a]
  other:
    type: AWS::SQS::Queue
    timeout: 30
    protect:
"#), @r#"
    error: `us-west2` is no AWS region such as us-west-2
     --> stacks/dev.yaml:7:13
      |
    7 |     region: us-west2
      |             ^^^^^^^^
      = did you mean `us-west-2`?

    error: `import` must be a text
     --> stacks/dev.yaml:8:13
      |
    8 |     import: 5
      |             ^
      = quote it: "5"

    error: `protect` must be true or false
     --> stacks/dev.yaml:9:14
      |
    9 |     protect: "yes"
      |              ^^^^^

    error: `on_delete` must be one of delete, retain, snapshot
      --> stacks/dev.yaml:10:16
       |
    10 |     on_delete: retian
       |                ^^^^^^
       = did you mean `retain`?

    error: `DelaySecond` is not a property of AWS::SQS::Queue
      --> stacks/dev.yaml:11:22
       |
    11 |     ignore_changes: [DelaySecond]
       |                      ^^^^^^^^^^^
       = did you mean `DelaySeconds`?

    error: `replace` must be one of create_first, delete_first
      --> stacks/dev.yaml:12:14
       |
    12 |     replace: createfirst
       |              ^^^^^^^^^^^
       = did you mean `create_first`?

    error: `moved_from` must be a text or a list of texts
      --> stacks/dev.yaml:13:17
       |
    13 |     moved_from: { a: b }
       |                 ^^^^^^^^

    error: `30 parsecs` is no duration: unknown time unit "parsecs", supported units: ns, us/µs, ms, sec, min, hours, days, weeks, months, years (and few variations)
      --> stacks/dev.yaml:14:14
       |
    14 |     timeout: 30 parsecs
       |              ^^^^^^^^^^
       = write `30m`

    error: `depends_on` takes names and no expressions
      --> stacks/dev.yaml:15:18
       |
    15 |     depends_on: ["${jobs}", 5]
       |                  ^^^^^^^^^
       = write the name alone: `depends_on: [jobs]`

    error: `depends_on` takes names of resources, and this is a number
      --> stacks/dev.yaml:15:29
       |
    15 |     depends_on: ["${jobs}", 5]
       |                             ^
       = write the name alone: `depends_on: [jobs]`

    error: `properties` must be a map of property names and values
      --> stacks/dev.yaml:16:17
       |
    16 |     properties: [a]
       |                 ^^^

    error: `timeout` must be a duration
      --> stacks/dev.yaml:19:14
       |
    19 |     timeout: 30
       |              ^^
       = write `30m`

    error: `protect` has no value
      --> stacks/dev.yaml:20:12
       |
    20 |     protect:
       |            ^
    "#);
}

#[test]
fn a_lookup_finds_by_properties_and_changes_nothing() {
    let stack = stack(
        r#"
resources:
  zone:
    type: AWS::Route53::HostedZone
    lookup: { Name: "${stack.name}.example.com." }
  record:
    type: AWS::Route53::RecordSet
    properties: { HostedZoneId: "${zone.Id}", Name: x.example.com., Type: A, TTL: "60", ResourceRecords: [10.0.0.1] }
"#,
    );
    let zone = &stack.resources[&Address::from("zone")];
    assert!(zone.is_lookup() && !stack.resources[&Address::from("record")].is_lookup());
    let wanted = stack.evaluate_lookup(&zone.address, &NothingKnown).expect("properties");
    assert_eq!(shown(&wanted), json!({"Name": "dev.example.com."}));
    assert!(stack.evaluate_lookup(&Address::from("record"), &NothingKnown).is_err());
    let scope = Known::default().with("zone", json!({"Id": "Z1"}));
    assert_eq!(super::fixture::properties(&stack, "record", &scope)["HostedZoneId"], "Z1");
    insta::assert_snapshot!(errors(
        r#"
resources:
  zone:
    type: AWS::Route53::HostedZone
    lookup: { Nmae: example.com. }
    properties: {}
    replace: create_first
    protect: true
"#), @r"
    error: `Nmae` is not an attribute of AWS::Route53::HostedZone
     --> stacks/dev.yaml:7:15
      |
    7 |     lookup: { Nmae: example.com. }
      |               ^^^^
      = did you mean `Name`?

    error: a `lookup` changes nothing, so `properties` has no effect
     --> stacks/dev.yaml:8:5
      |
    8 |     properties: {}
      |     ^^^^^^^^^^
      = remove one of the two

    error: a `lookup` changes nothing, so `replace` has no effect
     --> stacks/dev.yaml:9:5
      |
    9 |     replace: create_first
      |     ^^^^^^^
      = remove one of the two

    error: a `lookup` changes nothing, so `protect` has no effect
      --> stacks/dev.yaml:10:5
       |
    10 |     protect: true
       |     ^^^^^^^
       = remove one of the two
    ");
}

#[test]
fn written_properties_can_be_asked_for() {
    let stack = stack(
        r#"
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      DelaySeconds: 1
      QueueName:
      Tags: [{ Key: a, Value: b }]
"#,
    );
    let jobs = &stack.resources[&Address::from("jobs")];
    assert!(jobs.has_property(&["DelaySeconds"]) && jobs.has_property(&["Tags", "*", "Key"]));
    assert!(
        !jobs.has_property(&["QueueName"])
            && !jobs.has_property(&["Tags", "*", "Other"])
            && !jobs.has_property(&["FifoQueue"])
    );
}

#[test]
fn options_that_would_do_nothing_are_errors() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  a:
    type: AWS::SQS::Queue
    timeout: 0s
    ignore_changes: [Arn, QueueName.0.foo, RedrivePolicy.maxReceiveCount, ".."]
  b: { type: AWS::SQS::Queue, timeout: "5" }
  zone: { type: AWS::Route53::HostedZone, lookup: {} }
"#), @r#"
    error: `0s` is no time at all
     --> stacks/dev.yaml:7:14
      |
    7 |     timeout: 0s
      |              ^^
      = write `30m`

    error: only AWS sets `Arn`, so there is nothing to ignore
     --> stacks/dev.yaml:8:22
      |
    8 |     ignore_changes: [Arn, QueueName.0.foo, RedrivePolicy.maxReceiveCount, ".."]
      |                      ^^^
      = remove it

    error: `QueueName` is no list, so it has no item 0
     --> stacks/dev.yaml:8:27
      |
    8 |     ignore_changes: [Arn, QueueName.0.foo, RedrivePolicy.maxReceiveCount, ".."]
      |                           ^^^^^^^^^^^^^^^

    error: `..` is no property
     --> stacks/dev.yaml:8:75
      |
    8 |     ignore_changes: [Arn, QueueName.0.foo, RedrivePolicy.maxReceiveCount, ".."]
      |                                                                           ^^^^
      = write `Name` or `Name.0.Inner`

    error: `5` has no unit
     --> stacks/dev.yaml:9:40
      |
    9 |   b: { type: AWS::SQS::Queue, timeout: "5" }
      |                                        ^^^
      = write `5m`

    error: `lookup` says nothing to find the object by
      --> stacks/dev.yaml:10:43
       |
    10 |   zone: { type: AWS::Route53::HostedZone, lookup: {} }
       |                                           ^^^^^^
       = write a property that only this object has: `lookup: { Name: shop.example }`
    "#);
}
