//! Scalars are what is written, until a type asks for more.

use serde_json::json;

use super::fixture::{Folder, errors, properties, stack};
use crate::stack::NothingKnown;

fn property(config: &str, set: &[(&str, &str)], type_name: &str, written: &str) -> serde_json::Value {
    let head = "project: shop\nregion: us-west-2\n";
    let text =
        format!("{head}config: {config}\nresources:\n  it: {{ type: '{type_name}', properties: {{ {written} }} }}\n");
    let folder = Folder::new(&[("dev.yaml", &text)]);
    let stack = folder.load("dev", set).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    properties(&stack, "it", &NothingKnown)
}

#[test]
fn what_is_given_in_the_place_of_a_text_is_the_text_that_was_typed() {
    let image = "{ tag: latest }";
    for typed in ["0787849", "1234e56", "0x1f2b3", "null", "true", "1.10", "no"] {
        let name = "LogGroupName: 'r-${config.tag}'";
        assert_eq!(
            property(image, &[("tag", typed)], "AWS::Logs::LogGroup", name)["LogGroupName"],
            json!(format!("r-{typed}"))
        );
    }
    let count =
        property("{ seconds: 5 }", &[("seconds", "010")], "AWS::SQS::Queue", "DelaySeconds: '${config.seconds}'");
    assert_eq!(count["DelaySeconds"], json!(10), "in the place of a number it is one");
}

#[test]
fn a_plain_scalar_is_its_own_text_where_a_text_is_wanted() {
    let tags = property(
        "{ build: 00420 }",
        &[],
        "AWS::SQS::Queue",
        "Tags: [{ Key: a, Value: 1.10 }, { Key: b, Value: '${config.build}' }]",
    );
    assert_eq!(tags["Tags"], json!([{"Key": "a", "Value": "1.10"}, {"Key": "b", "Value": "00420"}]));
    let engine = property(
        "{ version: 16.10 }",
        &[],
        "AWS::RDS::DBCluster",
        "Engine: aurora-postgresql, EngineVersion: '${config.version}'",
    );
    assert_eq!(engine["EngineVersion"], json!("16.10"));
}

#[test]
fn a_quoted_number_or_flag_is_taken_where_one_is_wanted() {
    let queue = property("{}", &[], "AWS::SQS::Queue", "DelaySeconds: '5', SqsManagedSseEnabled: 'true'");
    assert_eq!(queue, json!({"DelaySeconds": 5, "SqsManagedSseEnabled": true}));
}

#[test]
fn a_number_in_a_document_that_yaml_would_change_is_an_error() {
    insta::assert_snapshot!(errors("
resources:
  role:
    type: AWS::IAM::Role
    properties:
      AssumeRolePolicyDocument:
        Statement:
          - { Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': 012345678901 } } }
"), @r#"
    error: `AssumeRolePolicyDocument.Statement[0].Condition.StringEquals.aws:SourceAccount` would be sent as 12345678901: YAML reads it as a number
      --> stacks/dev.yaml:10:131
       |
    10 |           - { Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': 012345678901 } } }
       |                                                                                                                                   ^^^^^^^^^^^^
       = write it in quotes: "012345678901"
    "#);
}

#[test]
fn config_is_made_of_config_in_whatever_order() {
    let text = "
config:
  url: 'https://${config.host}/'
  host: '${config.name}.shop.example'
  name: dev
resources: {}
outputs: { url: '${config.url}' }
";
    let outputs = stack(text).known_outputs(&NothingKnown).expect("outputs");
    assert_eq!(outputs["url"], json!("https://dev.shop.example/"));
    let folder = Folder::new(&[("dev.yaml", &format!("project: shop\nregion: us-west-2\n{text}"))]);
    let given =
        |set: &[(&str, &str)]| folder.load("dev", set).expect("a stack").known_outputs(&NothingKnown).expect("outputs");
    assert_eq!(given(&[("name", "pr-1")])["url"], json!("https://pr-1.shop.example/"));
    assert_eq!(given(&[("host", "localhost")])["url"], json!("https://localhost/"));
}

#[test]
fn config_that_is_made_of_itself_or_of_nothing_is_an_error() {
    insta::assert_snapshot!(errors("
config: { a: '${config.b}', b: '${config.a}', c: '${config.d}', e: '${jobs.Arn}' }
resources: {}
"), @r"
    error: these values of `config` are made of each other: `a`, `b`
     --> stacks/dev.yaml:4:14
      |
    4 | config: { a: '${config.b}', b: '${config.a}', c: '${config.d}', e: '${jobs.Arn}' }
      |              ^^^^^^^^^^^^^

    error: `config` has no `d`
     --> stacks/dev.yaml:4:53
      |
    4 | config: { a: '${config.b}', b: '${config.a}', c: '${config.d}', e: '${jobs.Arn}' }
      |                                                     ^^^^^^

    error: a value of `config` can only use `stack` and other values of `config`
     --> stacks/dev.yaml:4:71
      |
    4 | config: { a: '${config.b}', b: '${config.a}', c: '${config.d}', e: '${jobs.Arn}' }
      |                                                                       ^^^^
    ");
}

#[test]
fn what_config_makes_of_a_secret_is_one() {
    let text = "config:\n  url: 'postgres://app:${config.password}@db'\n  password: { secret: required }\n";
    let resource = "resources:\n  it: { type: 'AWS::SQS::Queue', properties: { KmsMasterKeyId: '${config.url}' } }\n";
    let folder = Folder::new(&[("dev.yaml", &format!("project: shop\nregion: us-west-2\n{text}{resource}"))]);
    let stack = folder.load("dev", &[("password", "hunter2")]).expect("a stack");
    assert!(stack.secrets().has("postgres://app:hunter2@db"));
    let stack = folder.load("dev", &[]).expect("a stack whose secret is not known");
    let resource = stack.resources.values().next().expect("a resource");
    assert!(stack.is_made_of_secret(resource, &["KmsMasterKeyId"]));
}

#[test]
fn tags_beside_properties_take_the_form_of_the_type() {
    let text = "
resources:
  jobs: { type: 'AWS::SQS::Queue', tags: { team: web, build: 00420 }, properties: { Tags: [{ Key: a, Value: b }] } }
  api: { type: 'AWS::SSM::Parameter', tags: { team: web }, properties: { Type: String, Value: x } }
";
    let stack = stack(text);
    let pair = |key: &str, value: &str| json!({"Key": key, "Value": value});
    assert_eq!(
        properties(&stack, "jobs", &NothingKnown)["Tags"],
        json!([pair("a", "b"), pair("team", "web"), pair("build", "00420")])
    );
    assert_eq!(properties(&stack, "api", &NothingKnown)["Tags"], json!({"team": "web"}));
    insta::assert_snapshot!(errors("
resources:
  jobs: { type: 'AWS::SQS::Queue', tags: { team: web }, properties: { Tags: [{ Key: team, Value: b }] } }
  route: { type: 'AWS::EC2::Route', tags: { team: web }, properties: { RouteTableId: rtb-1, GatewayId: igw-1, DestinationCidrBlock: 0.0.0.0/0 } }
"), @r"
    error: `Tags[1]` has the tag `team` a second time
     --> stacks/dev.yaml:5:50
      |
    5 |   jobs: { type: 'AWS::SQS::Queue', tags: { team: web }, properties: { Tags: [{ Key: team, Value: b }] } }
      |                                                  ^^^
      = keep one of the two

    error: AWS::EC2::Route takes no tags
     --> stacks/dev.yaml:6:37
      |
    6 |   route: { type: 'AWS::EC2::Route', tags: { team: web }, properties: { RouteTableId: rtb-1, GatewayId: igw-1, DestinationCidrBlock: 0.0.0.0/0 } }
      |                                     ^^^^
    ");
}
