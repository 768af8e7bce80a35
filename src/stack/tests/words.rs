//! What people paste from elsewhere, and what their editors make of it.

use super::fixture::{Folder, errors};

#[test]
fn words_of_other_tools_are_told_what_to_write() {
    insta::assert_snapshot!(errors("
Parameters: {}
resources:
  jobs:
    type: AWS::SQS::Queue
    DependsOn: [other]
    DeletionPolicy: Retain
    count: 2
    properties:
      QueueName: !Join ['-', [a, b]]
      KmsMasterKeyId: !Ref AWS::Region
      RedrivePolicy: { Ref: other }
      RedriveAllowPolicy: { 'Fn::GetAtt': [other, Arn] }
      Tags: [{ Key: a, Value: 'x-${AWS::StackName}' }]
"), @r#"
    error: unknown key `Parameters`
     --> stacks/dev.yaml:4:1
      |
    4 | Parameters: {}
      | ^^^^^^^^^^
      = write `config`, whose values `--set` replaces

    error: unknown key `DependsOn`
     --> stacks/dev.yaml:8:5
      |
    8 |     DependsOn: [other]
      |     ^^^^^^^^^
      = write `depends_on`

    error: unknown key `DeletionPolicy`
     --> stacks/dev.yaml:9:5
      |
    9 |     DeletionPolicy: Retain
      |     ^^^^^^^^^^^^^^
      = write `on_delete: retain`, `snapshot` or `delete`; `protect: true` refuses the deletion

    error: unknown key `count`
      --> stacks/dev.yaml:10:5
       |
    10 |     count: 2
       |     ^^^^^
       = write `for_each` with a list of keys, or `when` for one or none

    error: the tag `!Join` has no meaning here
      --> stacks/dev.yaml:12:18
       |
    12 |       QueueName: !Join ['-', [a, b]]
       |                  ^^^^^
       = write `${list.join("-")}`, or a text with `${…}` in it

    error: the tag `!Ref` has no meaning here
      --> stacks/dev.yaml:13:23
       |
    13 |       KmsMasterKeyId: !Ref AWS::Region
       |                       ^^^^
       = write `${stack.region}`

    error: the function `Ref` has no meaning here
      --> stacks/dev.yaml:14:24
       |
    14 |       RedrivePolicy: { Ref: other }
       |                        ^^^
       = write `${name.Attribute}` for a resource, `${config.name}` for a parameter

    error: the function `Fn::GetAtt` has no meaning here
      --> stacks/dev.yaml:15:29
       |
    15 |       RedriveAllowPolicy: { 'Fn::GetAtt': [other, Arn] }
       |                             ^^^^^^^^^^^^
       = write `${name.Attribute}`

    error: `AWS::StackName` is a word of CloudFormation, and no expression
      --> stacks/dev.yaml:16:36
       |
    16 |       Tags: [{ Key: a, Value: 'x-${AWS::StackName}' }]
       |                                    ^^^^^^^^^^^^^^
       = write `${stack.name}`
    "#);
}

#[test]
fn what_an_editor_makes_of_quotes_and_spaces_is_told() {
    insta::assert_snapshot!(errors("
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      DelaySeconds: “5”
      \u{a0}FifoQueue: true
"), @r#"
    error: these quotation marks are part of the text: YAML's are " and '
     --> stacks/dev.yaml:8:21
      |
    8 |       DelaySeconds: “5”
      |                     ^^^
      = write "5"

    error: the character U+00A0, which looks like a space, is part of this text
     --> stacks/dev.yaml:9:7
      |
    9 |        FifoQueue: true
      |       ^^^^^^^^^^
      = write an ordinary space, or quote the text if you mean it
    "#);
}

#[test]
fn a_file_that_is_not_utf_8_is_told() {
    let folder = Folder::new(&[]);
    let text: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("project: shop\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    std::fs::write(folder.path().join("dev.yaml"), text).expect("a file");
    let shown = folder.errors("dev", &[]);
    assert!(shown.contains("the stack file is in UTF-16") && shown.contains("save it as UTF-8"), "{shown}");
    std::fs::write(folder.path().join("dev.yaml"), b"project: sh\xe9p\n").expect("a file");
    let shown = folder.errors("dev", &[]);
    assert!(shown.contains("no text in UTF-8: a character of line 1 is none"), "{shown}");
}

#[test]
fn an_expression_that_nests_too_deep_is_told() {
    let shown =
        errors(&format!("outputs: {{ a: '${{{}1{}}}' }}\nresources: {{}}\n", "(".repeat(3000), ")".repeat(3000)));
    assert!(
        shown.contains("this expression is nested too deep to be read"),
        "{}",
        shown.lines().next().unwrap_or_default()
    );
}

/// How many errors there are, and all of them.
fn told(text: &str) -> (usize, String) {
    let shown = errors(text);
    (shown.matches("error: ").count(), shown)
}

#[test]
fn of_what_has_no_meaning_no_more_is_said() {
    for resource in [
        "type: AWS::SQS::Queue, properties: { RedrivePolicy: { deadLetterTargetArn: { Fn::GetAtt: [a, Arn] }, maxReceiveCount: 5 } }",
        "type: AWS::SQS::Queue, properties: { VisibilityTimeout: !Ref Timeout }",
        "type: AWS::SQS::Queue, properties: { VisibilityTimeout: !!binary aGk= }",
        "type: AWS::SQS::Queue, protect: !Ref Protect",
        "type: !Ref Type",
        "tpye: AWS::SQS::Queue",
        "type: AWS::IAM::ManagedPolicy, properties: { PolicyDocument: { Statement: { Effect: Allow, Action: '*', Resource: !Join ['', [a]] } } }",
        "type: AWS::IAM::ManagedPolicy, properties: { PolicyDocument: { Statements: { Effect: Allow, Action: '*', Resource: '*' } } }",
        "type: AWS::IAM::Role, properties: { AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { AWS: 012345678901 }, Action: 'sts:AssumeRole' } } }",
    ] {
        let (count, shown) = told(&format!("resources:\n  a: {{ {resource} }}\n"));
        assert_eq!(count, 1, "{shown}");
    }
    let queue = "{ type: AWS::SQS::Queue, properties: { QueueName: '${AWS::StackName}-q' } }";
    let (count, shown) = told(&format!("resources:\n  a: {queue}\n  b: {queue}\n"));
    assert_eq!(count, 2, "{shown}");
    let folder = super::fixture::Folder::new(&[("dev.yaml", "Project: shop\nregion: us-west-2\n")]);
    let shown = folder.errors("dev", &[]);
    assert_eq!(shown.matches("error: ").count(), 1, "{shown}");
}

#[test]
fn what_other_tools_and_versions_write_is_told_in_our_words() {
    for (resource, help) in [
        ("type: AWS::SQS::Queue, properties: { FifoQueue: yes }", "= write `true`"),
        ("type: AWS::SQS::Queue, properties: { QueueName: '${var.name}' }", "= write `${config.NAME}`"),
        ("type: AWS::SQS::Queue, properties: { QueueName: '${aws_sqs_queue.a.name}' }", "= write `${name.Attribute}`"),
        (
            "type: AWS::ECS::TaskDefinition, properties: { ContainerDefinitions: '[{\"name\": \"web\"}]' }",
            "= write it as YAML, and not as a text of JSON",
        ),
        (
            "type: AWS::ECS::TaskDefinition, properties: { ContainerDefinitions: [{ Name: a, Image: b, Environment: { A: b } }] }",
            "= write it as a list: [{Name: MODE, Value: web}]",
        ),
        ("type: AWS::SecretsManager::Secret, properties: { SecretString: { a: b } }", "= make text of it"),
        (
            "type: AWS::ECS::Service, properties: { TaskDefinition: a, NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: true } } }",
            "= write `ENABLED`",
        ),
        (
            "type: AWS::IAM::ManagedPolicy, properties: { PolicyDocument: { Version: 2024-10-17, Statement: { Effect: Allow, Action: '*', Resource: '*' } } }",
            "= did you mean `2012-10-17`?",
        ),
    ] {
        let (count, shown) = told(&format!("resources:\n  a: {{ {resource} }}\n"));
        assert!(shown.contains(help) && count == 1, "{shown}");
    }
    assert!(errors("Description: a stack\n").contains("= leave it out, or write it as a comment"));
}

#[test]
fn a_mistake_in_a_policy_that_is_a_text_is_told_where_it_stands() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  app:
    type: AWS::IAM::Role
    properties:
      AssumeRolePolicyDocument: |
        {
          "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
             "Actions": "sts:AssumeRole"}]
        }
  pasted:
    type: AWS::IAM::ManagedPolicy
    properties:
      PolicyDocument: '{"Statement": [{"Effect": "allow", "Action": ["s3:GetObject", "s3;x"], "Resource": "*"}]}'
"#), @r#"
    error: `Actions` is not a property of AssumeRolePolicyDocument.Statement[0]
      --> stacks/dev.yaml:11:14
       |
    11 |              "Actions": "sts:AssumeRole"}]
       |              ^^^^^^^^^
       = did you mean `Action`?

    error: `PolicyDocument.Statement[0].Effect` must be one of Allow, Deny, got "allow"
      --> stacks/dev.yaml:16:50
       |
    16 |       PolicyDocument: '{"Statement": [{"Effect": "allow", "Action": ["s3:GetObject", "s3;x"], "Resource": "*"}]}'
       |                                                  ^^^^^^^
       = did you mean `Allow`?

    error: `PolicyDocument.Statement[0].Action[1]` must match ^(\*|(\*|[a-zA-Z0-9-]+):[a-zA-Z0-9*?-]+)$, got "s3;x"
      --> stacks/dev.yaml:16:86
       |
    16 |       PolicyDocument: '{"Statement": [{"Effect": "allow", "Action": ["s3:GetObject", "s3;x"], "Resource": "*"}]}'
       |                                                                                      ^^^^^^
    "#);
}
