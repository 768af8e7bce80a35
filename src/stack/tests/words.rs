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
    assert!(shown.contains("no text in UTF-8: its byte 11 is none"), "{shown}");
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
