use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use crate::plan::{Cause, Diff, Difference, Disclosure, Reads, Shown, attributes, differences};
use crate::resources::Properties;
use crate::schema::{Catalog, PropertyPath};
use crate::secrets::Secrets;
use crate::state::FingerprintKey;
use crate::value::{Unknown, Value};

fn key() -> FingerprintKey {
    FingerprintKey::new("test")
}

fn object(json: Json) -> Properties {
    json.as_object().cloned().unwrap()
}

fn between(type_name: &str, before: Json, live: Json, desired: Value) -> Vec<Difference> {
    let (schema, key) = (Catalog::standard().get(type_name).unwrap(), key());
    let secrets = Secrets::default();
    let disclosure = Disclosure { schema: &schema, secrets: &secrets };
    let before = disclosure.redacted(&key, &object(before));
    differences(&Diff { disclosure, before: &before, live: &object(live), key: &key }, &desired)
}

#[test]
fn a_secret_inside_a_property_is_not_shown_with_it() {
    let action =
        json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientId": "shop", "ClientSecret": "hunter2"}});
    let desired = Value::from(json!({"DefaultActions": [action]}));
    let live = json!({"DefaultActions": [{"Type": "forward"}]});
    let found = between("AWS::ElasticLoadBalancingV2::Listener", json!({}), live, desired);
    let text = serde_json::to_string(&found).unwrap();
    assert!(text.contains("shop") && text.contains("(secret)") && !text.contains("hunter2"), "{text}");
}

#[test]
fn what_aws_never_gives_back_and_the_file_no_longer_says_goes_back_to_its_default_once() {
    let found = between("AWS::S3::Bucket", json!({"AccessControl": "PublicRead"}), json!({}), Value::from(json!({})));
    let [removed] = found.as_slice() else { panic!("{found:?}") };
    let before = Shown::Known(json!("PublicRead"));
    assert_eq!((&removed.before, &removed.after, removed.cause), (&before, &Shown::Default, Cause::Removed));
    let secret = json!({"TdeCredentialPassword": "hunter2"});
    let found = between("AWS::RDS::DBInstance", secret, json!({}), Value::from(json!({})));
    assert_eq!(found.iter().map(|removed| &removed.before).collect::<Vec<_>>(), [&Shown::Secret]);
    assert_eq!(between("AWS::S3::Bucket", json!({}), json!({}), Value::from(json!({}))), []);
}

#[test]
fn what_was_changed_behind_our_back_is_drift_also_where_the_new_value_is_not_known_yet() {
    let policy = |target: &str| json!({"RedrivePolicy": {"deadLetterTargetArn": target, "maxReceiveCount": 5}});
    let unknown = Value::Unknown(Unknown { expression: "${failed.Arn}".into(), waits_for: vec!["failed".into()] });
    let desired = || {
        let policy = IndexMap::from([
            ("deadLetterTargetArn".to_owned(), unknown.clone()),
            ("maxReceiveCount".to_owned(), Value::from(json!(5))),
        ]);
        Value::Map(IndexMap::from([("RedrivePolicy".to_owned(), Value::Map(policy))]))
    };
    let cause = |live: Json| between("AWS::SQS::Queue", policy("arn:old"), live, desired())[0].cause;
    assert_eq!(cause(policy("arn:old")), Cause::Changed);
    assert_eq!(cause(json!({})), Cause::Drift);
}

#[test]
fn a_create_only_property_changes_in_place_where_aws_does_so() {
    let tenancy = |from: &str, to: &str| {
        let (live, desired) = (json!({"InstanceTenancy": from}), Value::from(json!({"InstanceTenancy": to})));
        between("AWS::EC2::VPC", json!({}), live, desired)[0].replaces
    };
    assert!(tenancy("default", "dedicated"));
    assert!(!tenancy("dedicated", "default"));
    let launch = |live: Json| {
        between("AWS::ECS::Service", json!({}), live, Value::from(json!({"LaunchType": "EC2"})))[0].replaces
    };
    assert!(launch(json!({"LaunchType": "FARGATE"})));
    assert!(!launch(json!({})), "a service with a capacity provider strategy goes back to a launch type");
}

#[test]
fn outputs_inside_a_written_property_are_known_after_apply() {
    let schema = Catalog::standard().get("AWS::RDS::DBCluster").unwrap();
    let desired = Value::from(json!({"MasterUserSecret": {"KmsKeyId": "alias/data"}, "MasterUserPassword": "hunter2"}));
    let attributes = attributes::of_new(&schema, &"database".into(), &desired, &Reads::all());
    let secret = attributes.get("MasterUserSecret").unwrap();
    assert_eq!(secret.get("KmsKeyId"), Some(&Value::from(json!("alias/data"))));
    assert!(matches!(secret.get("SecretArn"), Some(Value::Unknown(_))));
    assert_eq!(attributes.get("MasterUserPassword"), None, "what AWS never gives back nobody can refer to");
    assert!(schema.is_write_only(&PropertyPath::root().key("MasterUserPassword")));
}

fn shown(found: &[Difference]) -> Vec<String> {
    found.iter().map(|one| format!("{}: {} → {}", one.path, one.before, one.after)).collect()
}

fn unknown(expression: &str) -> Value {
    Value::Unknown(Unknown { expression: expression.into(), waits_for: vec!["jobs".into()] })
}

/// The value with what stands for an expression unknown.
fn open(json: Json) -> Value {
    match Value::from(json) {
        Value::String(text) if text.starts_with("${") => unknown(&text),
        Value::List(items) => Value::List(items.into_iter().map(|item| open(item.to_json().unwrap())).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(name, value)| (name, open(value.to_json().unwrap()))).collect())
        }
        other => other,
    }
}

#[test]
fn items_with_names_are_compared_with_those_of_their_name() {
    let variables = |pairs: &[(&str, &str)]| -> Json {
        let pairs: Vec<Json> = pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        json!({"ContainerDefinitions": [
            {"Name": "api", "Image": "a", "Environment": pairs},
            {"Name": "proxy", "Image": "p"},
        ]})
    };
    let was = variables(&[("A", "1"), ("B", "2"), ("C", "3")]);
    let now = variables(&[("C", "3"), ("NEW", "x"), ("A", "${jobs.Arn}"), ("B", "4")]);
    let found = between("AWS::ECS::TaskDefinition", was.clone(), was, open(now));
    assert_eq!(
        shown(&found),
        [
            "ContainerDefinitions[0].Environment[2].Value: 1 → ${jobs.Arn}",
            "ContainerDefinitions[0].Environment[3].Value: 2 → 4",
            "ContainerDefinitions[0].Environment[1]: (none) → {\"Name\":\"NEW\",\"Value\":\"x\"}",
        ]
    );
}

#[test]
fn a_list_with_an_order_keeps_it_and_tells_what_came_between() {
    let stages = |names: &[&str]| json!({"Policies": names.iter().map(|name| json!({"PolicyName": name, "PolicyDocument": {"Statement": []}})).collect::<Vec<_>>()});
    let was = stages(&["a", "b"]);
    let found = between("AWS::IAM::Role", was.clone(), was, Value::from(stages(&["a", "x", "b"])));
    assert_eq!(shown(&found).len(), 1, "{found:?}");
    assert_eq!(found[0].path.to_string(), "Policies[1]");
}

#[test]
fn what_is_written_twice_is_there_once() {
    let groups = |ids: &[&str]| json!({"VpcSecurityGroupIds": ids});
    let found =
        between("AWS::RDS::DBCluster", groups(&["a", "b"]), groups(&["b", "a"]), groups(&["a", "b", "a"]).into());
    assert_eq!(found, []);
    let twice = groups(&["a", "a"]);
    assert_eq!(between("AWS::RDS::DBCluster", twice.clone(), twice.clone(), twice.into()), []);
}

#[test]
fn a_document_with_one_unknown_leaf_shows_its_structure() {
    let policy = |resource: &str, action: &str| json!({"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}});
    let was = policy("arn:old", "sts:AssumeRole");
    let found = between("AWS::IAM::Role", was.clone(), was, open(policy("${jobs.Arn}", "sts:AssumeRole")));
    let [one] = found.as_slice() else { panic!("{found:?}") };
    let Shown::Partly(after) = &one.after else { panic!("{one:?}") };
    assert_eq!(after["Statement"][0]["Resource"], "${jobs.Arn}");
    assert_eq!(after["Statement"][0]["Effect"], "Allow");
}

#[test]
fn what_a_file_leaves_out_and_aws_has_no_default_for_stays() {
    for (type_name, property, value) in [
        ("AWS::ECS::Service", "DesiredCount", json!(6)),
        ("AWS::RDS::DBInstance", "EngineVersion", json!("17.4")),
        ("AWS::RDS::DBCluster", "PreferredBackupWindow", json!("03:00-04:00")),
    ] {
        let written = json!({property: value});
        assert_eq!(between(type_name, written.clone(), written, json!({}).into()), [], "{type_name} {property}");
    }
    let delay = json!({"DelaySeconds": 5});
    assert_eq!(between("AWS::SQS::Queue", delay.clone(), delay, json!({}).into()).len(), 1);
}

#[test]
fn what_an_object_is_made_from_needs_another_object_and_is_no_secret() {
    let before = json!({"Engine": "postgres"});
    let desired = json!({"Engine": "postgres", "DBSnapshotIdentifier": "nightly"});
    let found = between("AWS::RDS::DBInstance", before.clone(), before, desired.clone().into());
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert!(one.replaces);
    assert_eq!(one.after, Shown::Known(json!("nightly")));
    // Of an imported one nobody knows what it was made from.
    let imported = between("AWS::RDS::DBInstance", json!({}), json!({"Engine": "postgres"}), desired.clone().into());
    assert!(imported.iter().all(|one| !one.replaces), "{imported:?}");
    let known = json!({"Engine": "postgres"});
    assert_eq!(between("AWS::RDS::DBInstance", desired.clone(), known, desired.into()), []);
}
