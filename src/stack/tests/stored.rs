use serde_json::json;

use super::fixture::{errors, properties, stack};
use crate::stack::{NothingKnown, StoredValue};

const STACK: &str = r#"
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      KmsMasterKeyId: ${secret("shop/" + stack.name, "key")}
      Tags: [{ Key: token, Value: "${ssm('/shop/token')}" }]
"#;

fn parameter(name: &str) -> StoredValue {
    StoredValue::Parameter { name: name.to_owned() }
}

#[test]
fn what_is_read_by_each_run_is_wanted_then_known_and_a_secret() {
    let stack = stack(STACK);
    let secret = StoredValue::Secret { name: "shop/dev".to_owned(), key: Some("key".to_owned()) };
    assert_eq!(stack.stored_values().wanted(), [parameter("/shop/token"), secret.clone()]);
    stack.stored_values().put(parameter("/shop/token"), Ok("hunter2".to_owned()));
    stack.stored_values().put(secret, Ok("alias/shop".to_owned()));
    assert_eq!(stack.stored_values().wanted(), []);
    let jobs = properties(&stack, "jobs", &NothingKnown);
    assert_eq!(jobs, json!({"KmsMasterKeyId": "alias/shop", "Tags": [{"Key": "token", "Value": "hunter2"}]}));
    assert!(stack.secrets().has("hunter2") && stack.secrets().has("alias/shop"));
    let resource = stack.resources.values().next().expect("a resource");
    assert!(stack.is_made_of_secret(resource, &["KmsMasterKeyId"]));
}

#[test]
fn what_cannot_be_read_is_told_where_it_is_used() {
    let stack = stack(STACK);
    stack.stored_values().put(parameter("/shop/token"), Err("there is no such parameter".to_owned()));
    let told = stack.evaluate(&"jobs".into(), &NothingKnown).expect_err("an error").to_string();
    assert!(told.contains("`ssm`: there is no such parameter") && told.contains(":9:"), "{told}");
}

#[test]
fn what_decides_before_anything_is_read_cannot_use_it() {
    insta::assert_snapshot!(errors(
        r#"
config:
  token: ${ssm("/shop/token")}
resources:
  jobs:
    type: AWS::SQS::Queue
    when: ${ssm("/shop/on") == "yes"}
"#), @r#"
    error: `config` is known before anything is read from AWS
     --> stacks/dev.yaml:5:12
      |
    5 |   token: ${ssm("/shop/token")}
      |            ^^^^^^^^^^^^^^^^^^
      = write `ssm(…)` or `secret(…)` into the property that needs it

    error: `ssm` is read by each run, and `when` is decided before anything is created
     --> stacks/dev.yaml:9:13
      |
    9 |     when: ${ssm("/shop/on") == "yes"}
      |             ^^^
      = it can use `config` and `stack`
    "#);
}

#[test]
fn a_dynamic_reference_of_cloudformation_is_told_how_it_is_written_here() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      KmsMasterKeyId: "{{resolve:secretsmanager:shop/dev:SecretString:key}}"
      Tags: [{ Key: token, Value: "a-{{resolve:ssm-secure:/shop/token:1}}-${stack.name}" }]
"#), @r#"
    error: a dynamic reference of CloudFormation would be sent as it is
     --> stacks/dev.yaml:8:24
      |
    8 |       KmsMasterKeyId: "{{resolve:secretsmanager:shop/dev:SecretString:key}}"
      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = write `${secret("shop/dev", "key")}`

    error: `Tags[0].Value` must match ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$, got "a-{{resolve:ssm-secure:/shop/token:1}}-dev"
     --> stacks/dev.yaml:9:35
      |
    9 |       Tags: [{ Key: token, Value: "a-{{resolve:ssm-secure:/shop/token:1}}-${stack.name}" }]
      |                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: a dynamic reference of CloudFormation would be sent as it is
     --> stacks/dev.yaml:9:38
      |
    9 |       Tags: [{ Key: token, Value: "a-{{resolve:ssm-secure:/shop/token:1}}-${stack.name}" }]
      |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = write `${ssm("/shop/token:1")}`
    "#);
}
