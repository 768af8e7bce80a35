use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use crate::plan::{Cause, Diff, Difference, Disclosure, Shown, attributes, differences};
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
fn a_secret_that_the_file_no_longer_says_goes_back_to_its_default_once() {
    let found = between("AWS::S3::Bucket", json!({"AccessControl": "PublicRead"}), json!({}), Value::from(json!({})));
    let [removed] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&removed.before, &removed.after, removed.cause), (&Shown::Secret, &Shown::Default, Cause::Removed));
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
    let attributes = attributes::of_new(&schema, &"database".into(), &desired);
    let secret = attributes.get("MasterUserSecret").unwrap();
    assert_eq!(secret.get("KmsKeyId"), Some(&Value::from(json!("alias/data"))));
    assert!(matches!(secret.get("SecretArn"), Some(Value::Unknown(_))));
    assert_eq!(attributes.get("MasterUserPassword"), None, "what AWS never gives back nobody can refer to");
    assert!(schema.is_write_only(&PropertyPath::root().key("MasterUserPassword")));
}
