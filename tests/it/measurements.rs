//! What plans and applies cost in calls and in time. The limits are tests; `make bench` also writes the numbers down.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::environment::TestEnvironment;
use crate::proxy::{Call, Hold};

/// How many objects of each type a plan is measured with.
const OBJECTS: usize = 60;

/// Types that AWS lists or describes together.
const BATCHED: [(&str, &str); 6] = [
    ("AWS::EC2::Subnet", "VpcId: '${vpc.VpcId}', CidrBlock: 10.0.{}.0/24"),
    ("AWS::EC2::SecurityGroup", "VpcId: '${vpc.VpcId}', GroupDescription: 'number {}'"),
    ("AWS::EC2::RouteTable", "VpcId: '${vpc.VpcId}'"),
    ("AWS::ECS::Cluster", ""),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "VpcId: '${vpc.VpcId}', Port: 80, Protocol: HTTP, TargetType: ip"),
    (
        "AWS::Route53::RecordSet",
        "HostedZoneId: '${zone.Id}', Name: 'r{}.shop.example', Type: A, TTL: '60', ResourceRecords: [10.0.0.1]",
    ),
];

/// Types that AWS gives one by one, and how many calls each costs with the properties below.
const ONE_BY_ONE: [(&str, &str, usize); 4] = [
    // Their tags, that is; the groups themselves come fifty at a time.
    ("AWS::Logs::LogGroup", "RetentionInDays: 14", 1),
    ("AWS::SQS::Queue", "VisibilityTimeout: 45", 2),
    ("AWS::SecretsManager::Secret", "Description: 'number {}'", 1),
    ("AWS::S3::Bucket", "BucketName: '<unique>-{}', VersioningConfiguration: { Status: Enabled }", 2),
];

fn stack(type_name: &str, properties: &str, unique: &str) -> String {
    let mut text = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n".to_owned();
    let around = [
        ("vpc", "AWS::EC2::VPC", "CidrBlock: 10.0.0.0/16"),
        ("zone", "AWS::Route53::HostedZone", "Name: shop.example"),
    ];
    for (name, around_type, around_properties) in around {
        if properties.contains(&format!("${{{name}.")) {
            resource(&mut text, name, around_type, around_properties);
        }
    }
    for number in 0..OBJECTS {
        let properties = properties.replace("{}", &number.to_string()).replace("<unique>", unique);
        resource(&mut text, &format!("r{number}"), type_name, &properties);
    }
    text
}

fn resource(text: &mut String, name: &str, type_name: &str, properties: &str) {
    writeln!(text, "  {name}: {{ type: '{type_name}', properties: {{ {properties} }} }}").expect("a text");
}

/// The calls that a plan of that many existing objects makes, by operation; the one that asks who we are is left out.
fn calls_of_a_plan(type_name: &str, properties: &str) -> BTreeMap<String, usize> {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &stack(type_name, properties, &environment.unique));
    environment.run(&["apply", "--yes"]).expect(0);
    environment.proxy.reset();
    environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let mut calls = BTreeMap::new();
    for call in environment.proxy.calls().iter().filter(|call| !call.matches("sts:*")) {
        *calls.entry(call.to_string()).or_default() += 1;
    }
    calls
}

/// Appends a line to the file that `make bench` reads, where there is one.
pub fn write_down(what: &str, value: Value) {
    let Ok(path) = std::env::var("INFRA_BENCH_OUT") else { return };
    let mut file = OpenOptions::new().append(true).create(true).open(path).expect("the file of measurements");
    writeln!(file, "{}", json!({"what": what, "value": value})).expect("a line of measurements");
}

#[test]
fn a_plan_of_objects_that_aws_lists_together_makes_few_calls() {
    let mut too_many = Vec::new();
    for (type_name, properties) in BATCHED {
        let calls = calls_of_a_plan(type_name, properties);
        let total: usize = calls.values().sum();
        write_down("calls", json!({"type": type_name, "objects": OBJECTS, "calls": total, "by_operation": calls}));
        if total > OBJECTS / 50 + 5 {
            too_many.push(format!("{type_name}: {total} calls for {OBJECTS} objects, {calls:?}"));
        }
    }
    assert!(too_many.is_empty(), "{}", too_many.join("\n"));
}

#[test]
fn a_plan_of_objects_that_aws_gives_one_by_one_asks_only_for_what_is_written() {
    let mut too_many = Vec::new();
    for (type_name, properties, calls_each) in ONE_BY_ONE {
        let calls = calls_of_a_plan(type_name, properties);
        let total: usize = calls.values().sum();
        write_down("calls", json!({"type": type_name, "objects": OBJECTS, "calls": total, "by_operation": calls}));
        if total > OBJECTS * calls_each + OBJECTS / 50 + 5 {
            too_many.push(format!("{type_name}: {total} calls for {OBJECTS} objects, {calls:?}"));
        }
    }
    assert!(too_many.is_empty(), "{}", too_many.join("\n"));
}

/// Chains of queues, each a tag that names the one before.
fn chains(lengths: &[(&str, usize)]) -> String {
    let mut text = "project: shop\nregion: us-west-2\nephemeral: true\nresources:\n".to_owned();
    for (chain, length) in lengths {
        for link in 0..*length {
            let former =
                (link > 0).then(|| format!("Tags: [{{ Key: former, Value: '${{{chain}{}.Arn}}' }}]", link - 1));
            resource(&mut text, &format!("{chain}{link}"), "AWS::SQS::Queue", &former.unwrap_or_default());
        }
    }
    text
}

#[test]
fn what_is_slow_holds_up_only_what_depends_on_it() {
    let environment = TestEnvironment::new();
    environment.write("stacks/dev.yaml", &chains(&[("a", 4), ("b", 4), ("c", 4)]));
    let slow = environment.proxy.on("sqs:CreateQueue").nth(1).hold(Hold::BeforeAnswering);
    // The slow one and all eight of the two other chains.
    let last_of_the_others = environment.proxy.on("sqs:CreateQueue").nth(9).hold(Hold::BeforeSending);
    let running = environment.start(&["apply", "--yes"]);
    let (first, last) = (slow.reached(), last_of_the_others.reached());
    let chain = |call: &Call| call.parameter("QueueName").chars().nth("shop-dev-".len());
    assert_ne!(chain(&first), chain(&last));
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 9);
    last_of_the_others.release();
    slow.release();
    running.wait().expect(0);
    assert_eq!(environment.proxy.count("sqs:CreateQueue"), 12);
}

#[test]
#[ignore = "measures time, so `make bench` runs it"]
fn an_apply_takes_little_longer_than_its_longest_path() {
    let environment = TestEnvironment::new();
    // Whoever works in waves waits for the slowest of each.
    environment.write("stacks/dev.yaml", &chains(&[("a", 6), ("b", 3), ("c", 1)]));
    environment.proxy.on("sqs:CreateQueue").delay(Duration::from_millis(700));
    environment.run(&["apply", "--yes"]).expect(0);
    let calls = environment.proxy.matching("sqs:CreateQueue");
    let own_time = |call: &Call| call.ended.expect("an answer") - call.started;
    let longest: Duration = calls.iter().filter(|call| call.parameter("QueueName").contains("-a")).map(own_time).sum();
    let started = calls.iter().map(|call| call.started).min().expect("a first call");
    let ended = calls.iter().filter_map(|call| call.ended).max().expect("a last call");
    let ratio = (ended - started).as_secs_f64() / longest.as_secs_f64();
    write_down("apply", json!({"longest_path_seconds": longest.as_secs_f64(), "ratio": ratio}));
    assert!(ratio <= 1.10, "{ratio:.2} times the longest path of {longest:?}");
}
