use serde_json::json;

use super::fixture::{Folder, errors, stack};

#[test]
fn unknown_keys_and_wrong_types_are_all_reported_at_once() {
    insta::assert_snapshot!(errors(
        r#"
acount: "123456789012"
state: 5
ephemeral: "yes"
resources:
  jobs:
    type: AWS::SQS::Queue
    propertys: { FifoQueue: true }
    dependson: []
    properties:
  other:
    properties: {}
  third: text
  fourth:
    type: 5
"#), @r#"
    error: unknown key `acount`
     --> stacks/dev.yaml:4:1
      |
    4 | acount: "123456789012"
      | ^^^^^^
      = did you mean `account`?

    error: `state` must be a text, and this is a number
     --> stacks/dev.yaml:5:8
      |
    5 | state: 5
      |        ^
      = quote it: "5"

    error: `ephemeral` must be true or false, and this is a text
     --> stacks/dev.yaml:6:12
      |
    6 | ephemeral: "yes"
      |            ^^^^^
      = write `true`

    error: unknown key `propertys`
      --> stacks/dev.yaml:10:5
       |
    10 |     propertys: { FifoQueue: true }
       |     ^^^^^^^^^
       = did you mean `properties`?

    error: unknown key `dependson`
      --> stacks/dev.yaml:11:5
       |
    11 |     dependson: []
       |     ^^^^^^^^^
       = did you mean `depends_on`?

    error: `other` has no `type`
      --> stacks/dev.yaml:13:3
       |
    13 |   other:
       |   ^^^^^
       = add `type: AWS::SQS::Queue`, or what it is

    error: a resource must be a map, and this is a text
      --> stacks/dev.yaml:15:10
       |
    15 |   third: text
       |          ^^^^

    error: `type` must be a text, and this is a number
      --> stacks/dev.yaml:17:11
       |
    17 |     type: 5
       |           ^
       = quote it: "5"
    "#);
}

#[test]
fn an_empty_file_and_a_list_are_no_stacks() {
    insta::assert_snapshot!(Folder::new(&[("dev.yaml", "# nothing\n")]).errors("dev", &[]), @r"
    error: the stack file is empty
     --> stacks/dev.yaml:1:1
      |
    1 | # nothing
      | ^
    ");
    insta::assert_snapshot!(Folder::new(&[("dev.yaml", "- a\n")]).errors("dev", &[]), @r"
    error: a stack file must be a map, and this is a list
     --> stacks/dev.yaml:1:1
      |
    1 | - a
      | ^^^
    ");
}

#[test]
fn a_resources_name_is_a_word_of_the_expression_language() {
    insta::assert_snapshot!(errors(
        r"
resources:
  jobs-dlq: { type: AWS::SQS::Queue }
  config: { type: AWS::SQS::Queue }
  1st: { type: AWS::SQS::Queue }
  in: { type: AWS::SQS::Queue }
"), @r"
    error: `jobs-dlq` cannot be the name of a resource: it takes letters, digits and `_`, no digit first
     --> stacks/dev.yaml:5:3
      |
    5 |   jobs-dlq: { type: AWS::SQS::Queue }
      |   ^^^^^^^^
      = write `jobs_dlq`

    error: a resource cannot be named `config`: the word has a meaning in expressions
     --> stacks/dev.yaml:6:3
      |
    6 |   config: { type: AWS::SQS::Queue }
      |   ^^^^^^
      = write `config_1`, or say what it is for

    error: `1st` cannot be the name of a resource: it takes letters, digits and `_`, no digit first
     --> stacks/dev.yaml:7:3
      |
    7 |   1st: { type: AWS::SQS::Queue }
      |   ^^^

    error: a resource cannot be named `in`: the word has a meaning in expressions
     --> stacks/dev.yaml:8:3
      |
    8 |   in: { type: AWS::SQS::Queue }
      |   ^^
      = write `in_1`, or say what it is for
    ");
}

#[test]
fn types_and_properties_are_checked_against_awss_facts() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  jobs:
    type: AWS::SQS::Queu
  dlq:
    type: AWS::SQS::Queue
    properties:
      FifoQueu: true
      VisibilityTimeout: soon
      Tags:
        - { Key: team, Value: web }
        - { Key: team, Vaule: web }
  role:
    type: AWS::IAM::Role
    properties:
      Path: /x/
"#), @r#"
    error: there is no resource type `AWS::SQS::Queu`
     --> stacks/dev.yaml:6:11
      |
    6 |     type: AWS::SQS::Queu
      |           ^^^^^^^^^^^^^^
      = did you mean `AWS::SQS::Queue`?

    error: `FifoQueu` is not a property of AWS::SQS::Queue
      --> stacks/dev.yaml:10:7
       |
    10 |       FifoQueu: true
       |       ^^^^^^^^
       = did you mean `FifoQueue`?

    error: `VisibilityTimeout` must be a whole number, got "soon"
      --> stacks/dev.yaml:11:26
       |
    11 |       VisibilityTimeout: soon
       |                          ^^^^

    error: `Tags[1]` has the tag `team` a second time
      --> stacks/dev.yaml:14:11
       |
    14 |         - { Key: team, Vaule: web }
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^
       = keep one of the two

    error: `Vaule` is not a property of Tags[1]
      --> stacks/dev.yaml:14:24
       |
    14 |         - { Key: team, Vaule: web }
       |                        ^^^^^
       = did you mean `Value`?

    error: `AssumeRolePolicyDocument` is required
      --> stacks/dev.yaml:16:11
       |
    16 |     type: AWS::IAM::Role
       |           ^^^^^^^^^^^^^^
    "#);
}

#[test]
fn null_properties_are_not_written() {
    let stack = stack(
        r#"
config: { size: 0 }
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      QueueName:
      DelaySeconds: "${config.size > 0 ? config.size : null}"
      FifoQueue: true
"#,
    );
    let properties = super::fixture::properties(&stack, "jobs", &crate::stack::NothingKnown);
    assert_eq!(properties, json!({"FifoQueue": true}));
}

#[test]
fn diagnostics_serialize_for_machines() {
    let folder = Folder::new(&[("dev.yaml", "project: shop\nregion: us-west-2\nacount: x\n")]);
    let diagnostics = folder.load("dev", &[]).err().expect("errors");
    let json = serde_json::to_value(&diagnostics).expect("JSON");
    assert_eq!(json[0]["message"], "unknown key `acount`");
    assert_eq!((&json[0]["location"]["line"], &json[0]["location"]["column"]), (&json!(3), &json!(1)));
    assert_eq!(json[0]["suggestion"], "did you mean `account`?");
}

#[test]
fn a_number_is_shown_as_it_is_written() {
    insta::assert_snapshot!(errors(
        "resources: { a: { type: AWS::Logs::LogGroup, properties: { RetentionInDays: 010, LogGroupName: 0x10 } } }\n"
    ), @r#"
    error: `RetentionInDays` must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 and 10 more, got 010
     --> stacks/dev.yaml:3:77
      |
    3 | resources: { a: { type: AWS::Logs::LogGroup, properties: { RetentionInDays: 010, LogGroupName: 0x10 } } }
      |                                                                             ^^^
    "#);
}
