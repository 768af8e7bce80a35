use serde_json::{Value as Json, json};

use super::deviations::Deviations;
use super::{Deviation, Unwritten, baseline};
use crate::plan::{Disclosure, Shown};
use crate::resources::{Properties, Registry};
use crate::schema::Catalog;
use crate::secrets::Secrets;
use crate::state::FingerprintKey;

fn properties(json: Json) -> Properties {
    json.as_object().cloned().unwrap()
}

fn unwritten(type_name: &str, written: Json, live: Json) -> Json {
    let (registry, schema) = (Registry::standard(), Catalog::standard().get(type_name).unwrap());
    let unwritten = Unwritten { driver: registry.get(type_name).unwrap(), schema: &schema };
    Json::Object(unwritten.of(&properties(written), &properties(live)))
}

fn deviations(type_name: &str, secrets: &Secrets, (written, before, now): (Json, Json, Json)) -> Vec<Deviation> {
    let (registry, schema) = (Registry::standard(), Catalog::standard().get(type_name).unwrap());
    let (driver, key, written) = (registry.get(type_name).unwrap(), FingerprintKey::new("key"), properties(written));
    let (before, now) = (properties(before), properties(now));
    let disclosure = Disclosure { schema: &schema, secrets };
    let kept = baseline(driver, &disclosure, &key, &written, &before);
    let found = Unwritten { driver, schema: &schema }.of(&written, &now);
    Deviations { disclosure, key: &key, live: &now }.between(&kept, &found)
}

fn told(type_name: &str, sides: (Json, Json, Json)) -> Vec<String> {
    let found = deviations(type_name, &Secrets::default(), sides);
    found.iter().map(|one| format!("{}: {} → {}", one.path, one.baseline, one.live)).collect()
}

#[test]
fn what_aws_gives_and_what_is_off_says_nothing() {
    let live = json!({
        "QueueName": "q", "Arn": "arn:aws:sqs:us-west-2:1:q", "DelaySeconds": 0, "FifoQueue": false, "VisibilityTimeout": 30,
        "ApproximateNumberOfMessages": 7, "Policy": {"Statement": []}, "SqsManagedSseEnabled": true,
        "Tags": [{"Key": "team", "Value": ""}, {"Key": "aws:cloudformation:stack-name", "Value": "x"}],
    });
    assert_eq!(
        unwritten("AWS::SQS::Queue", json!({"QueueName": "q"}), live),
        json!({"VisibilityTimeout": 30, "SqsManagedSseEnabled": true, "Tags": {"team": ""}})
    );
    let role = json!({"RoleName": "r", "Path": "/", "MaxSessionDuration": 3600, "RoleId": "AROA"});
    assert_eq!(unwritten("AWS::IAM::Role", json!({"RoleName": "r"}), role), json!({}));
}

#[test]
fn parts_beside_what_is_written_are_told_by_the_name_of_their_item() {
    let written =
        json!({"LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": 9}]}});
    let live = json!({"LifecycleConfiguration": {"Rules": [
        {"Id": "new", "Status": "Enabled", "ExpirationInDays": 1},
        {"Id": "old", "Status": "Enabled", "ExpirationInDays": 9, "Prefix": "logs/"},
    ]}});
    // The rule that nobody wrote is drift of what is written.
    assert_eq!(
        unwritten("AWS::S3::Bucket", written.clone(), live.clone()),
        json!({"LifecycleConfiguration": {"Rules": {"old": {"Prefix": "logs/"}}}})
    );
    let before =
        json!({"LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": 9}]}});
    assert_eq!(
        told("AWS::S3::Bucket", (written, before, live)),
        ["LifecycleConfiguration.Rules.old.Prefix: (none) → logs/"]
    );
}

#[test]
fn a_list_in_another_order_is_the_same_and_its_items_come_and_go_one_by_one() {
    let rule = |cidr: &str| json!({"IpProtocol": "-1", "CidrIp": cidr});
    let group =
        |rules: &[&str]| json!({"SecurityGroupEgress": rules.iter().map(|cidr| rule(cidr)).collect::<Vec<_>>()});
    let told = |before: &[&str], now: &[&str]| {
        let mut told = told("AWS::EC2::SecurityGroup", (json!({}), group(before), group(now)));
        told.sort();
        told
    };
    assert!(told(&["10.0.0.0/8", "0.0.0.0/0"], &["0.0.0.0/0", "10.0.0.0/8"]).is_empty());
    assert_eq!(
        told(&["0.0.0.0/0"], &["0.0.0.0/0", "10.0.0.0/8"]),
        [r#"SecurityGroupEgress[1]: (none) → {"IpProtocol":"-1","CidrIp":"10.0.0.0/8"}"#]
    );
    assert_eq!(
        told(&["0.0.0.0/0"], &[]),
        [r#"SecurityGroupEgress[0]: {"IpProtocol":"-1","CidrIp":"0.0.0.0/0"} → (none)"#]
    );
}

#[test]
fn policies_are_compared_by_name_and_by_meaning() {
    let role = |names: &[&str], action: Json| {
        let policy = |name: &&str| {
            let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
            json!({"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}})
        };
        json!({"Policies": names.iter().map(policy).collect::<Vec<_>>()})
    };
    let told = |before: Json, now: Json| told("AWS::IAM::Role", (json!({}), before, now));
    assert!(told(role(&["a", "b"], json!("s3:Get*")), role(&["b", "a"], json!(["s3:get*"]))).is_empty());
    let added = told(json!({}), role(&["backdoor"], json!("*")));
    assert!(added.len() == 1 && added[0].starts_with("Policies.backdoor: (none) → {"), "{added:?}");
    let changed = told(role(&["a"], json!("s3:Get*")), role(&["a"], json!("*")));
    assert!(changed.len() == 1 && changed[0].starts_with("Policies.a.PolicyDocument: {"), "{changed:?}");
}

#[test]
fn a_switch_that_is_turned_shows_what_it_is_now() {
    let group = |value: bool| json!({"EnableDnsSupport": value});
    assert_eq!(told("AWS::EC2::VPC", (json!({}), group(true), group(false))), ["EnableDnsSupport: true → false"]);
    assert_eq!(told("AWS::EC2::VPC", (json!({}), group(false), group(true))), ["EnableDnsSupport: (none) → true"]);
}

#[test]
fn what_moves_by_itself_is_compared_only_where_it_is_written() {
    let service = |count: u32, command: bool| json!({"DesiredCount": count, "EnableExecuteCommand": command});
    assert_eq!(
        told("AWS::ECS::Service", (json!({}), service(1, false), service(7, true))),
        ["EnableExecuteCommand: (none) → true"]
    );
}

#[test]
fn secrets_are_kept_as_fingerprints_and_never_shown() {
    let secrets = Secrets::default();
    secrets.add("hunter2");
    let tag = |value: &str| json!({"Tags": [{"Key": "token", "Value": value}]});
    let same = deviations("AWS::SQS::Queue", &secrets, (json!({}), tag("hunter2"), tag("hunter2")));
    assert!(same.is_empty());
    let changed = deviations("AWS::SQS::Queue", &secrets, (json!({}), tag("hunter2"), tag("hunter3")));
    assert_eq!((changed.len(), &changed[0].baseline, &changed[0].live), (1, &Shown::Secret, &Shown::Secret));
    let (registry, schema) = (Registry::standard(), Catalog::standard().get("AWS::SQS::Queue").unwrap());
    let (driver, disclosure) =
        (registry.get("AWS::SQS::Queue").unwrap(), Disclosure { schema: &schema, secrets: &secrets });
    let kept =
        baseline(driver, &disclosure, &FingerprintKey::new("key"), &properties(json!({})), &properties(tag("hunter2")));
    assert!(!Json::Object(kept).to_string().contains("hunter2"));
}

#[test]
fn settings_by_key_are_compared_by_key_and_new_ones_of_aws_are_nobodys() {
    let attribute = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let balancer = |attributes: &[Json]| json!({"LoadBalancerAttributes": attributes});
    let written = balancer(&[attribute("idle_timeout.timeout_seconds", "90")]);
    let before = [attribute("idle_timeout.timeout_seconds", "90"), attribute("routing.http2.enabled", "true")];
    let now = [
        attribute("routing.http2.enabled", "false"),
        attribute("idle_timeout.timeout_seconds", "90"),
        attribute("new.in.aws", "on"),
    ];
    assert_eq!(
        told("AWS::ElasticLoadBalancingV2::LoadBalancer", (written, balancer(&before), balancer(&now))),
        [r#"LoadBalancerAttributes["routing.http2.enabled"]: true → false"#]
    );
}

#[test]
fn a_baseline_forgets_what_is_written_by_now_and_asks_again_for_what_was_changed() {
    let (registry, schema) = (Registry::standard(), Catalog::standard().get("AWS::S3::Bucket").unwrap());
    let unwritten = Unwritten { driver: registry.get("AWS::S3::Bucket").unwrap(), schema: &schema };
    let block = "PublicAccessBlockConfiguration";
    let written = properties(json!({
        "BucketName": "b", block: {"BlockPublicAcls": true}, "Tags": [{"Key": "team", "Value": "web"}],
    }));
    let kept = properties(json!({
        "BucketName": "b", block: {"BlockPublicAcls": false, "IgnorePublicAcls": true}, "Tags": {"team": "shop", "owner": "ada"},
        "VersioningConfiguration": {"Status": "Enabled"},
    }));
    let still = json!({
        block: {"IgnorePublicAcls": true}, "Tags": {"owner": "ada"}, "VersioningConfiguration": {"Status": "Enabled"},
    });
    assert_eq!(Json::Object(unwritten.still(&written, &kept)), still);
    let changed = ["BucketName", "VersioningConfiguration", block].map(str::to_owned).into_iter().collect();
    let reopened = unwritten.reopened(&unwritten.still(&written, &kept), &changed, &written);
    let expected = json!({block: null, "Tags": {"owner": "ada"}, "VersioningConfiguration": null});
    assert_eq!(Json::Object(reopened), expected);
}
