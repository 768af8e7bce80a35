use super::fixture::errors;

#[test]
fn one_error_does_not_hide_another() {
    insta::assert_snapshot!(errors(
        r#"
config: { n: "${1 +}" }
tags: { c: "${jsn(1)}", d: [1], e: "${config.n}" }
resources:
  a: { type: AWS::SQS::Queue, when: "${confg.on}", timeout: soon, properties: { DelaySeconds: x } }
  b: { type: AWS::SQS::Queue, properties: { DelaySeconds: x, QueueName: "${jsn(1)}", KmsMasterKeyId: "${config.n}" } }
  c: { type: AWS::SQS::Queue, timeout: "${1 +}", properties: { DelaySeconds: "${1 +}", VisibilityTimeout: "${1 + 'x'}" } }
  d: { type: AWS::SQS::Queue, for_each: [1], when: "${each.value == 1}", properties: { QueueName: "${a.Arm}" } }
"#), @r#"
    error: this is not an expression: it ends too early
     --> stacks/dev.yaml:4:20
      |
    4 | config: { n: "${1 +}" }
      |                    ^

    error: there is no function `jsn`
     --> stacks/dev.yaml:5:15
      |
    5 | tags: { c: "${jsn(1)}", d: [1], e: "${config.n}" }
      |               ^^^
      = did you mean `json`?

    error: the value of the tag `d` must be a text
     --> stacks/dev.yaml:5:25
      |
    5 | tags: { c: "${jsn(1)}", d: [1], e: "${config.n}" }
      |                         ^

    error: `confg` is neither a resource of this stack nor `config`, `stack` or `each`
     --> stacks/dev.yaml:7:40
      |
    7 |   a: { type: AWS::SQS::Queue, when: "${confg.on}", timeout: soon, properties: { DelaySeconds: x } }
      |                                        ^^^^^
      = did you mean `config`?

    error: `soon` is no duration: expected number at 0
     --> stacks/dev.yaml:7:61
      |
    7 |   a: { type: AWS::SQS::Queue, when: "${confg.on}", timeout: soon, properties: { DelaySeconds: x } }
      |                                                             ^^^^
      = write `30m`

    error: `DelaySeconds` must be a whole number, got "x"
     --> stacks/dev.yaml:7:95
      |
    7 |   a: { type: AWS::SQS::Queue, when: "${confg.on}", timeout: soon, properties: { DelaySeconds: x } }
      |                                                                                               ^

    error: `DelaySeconds` must be a whole number, got "x"
     --> stacks/dev.yaml:8:59
      |
    8 |   b: { type: AWS::SQS::Queue, properties: { DelaySeconds: x, QueueName: "${jsn(1)}", KmsMasterKeyId: "${config.n}" } }
      |                                                           ^

    error: there is no function `jsn`
     --> stacks/dev.yaml:8:76
      |
    8 |   b: { type: AWS::SQS::Queue, properties: { DelaySeconds: x, QueueName: "${jsn(1)}", KmsMasterKeyId: "${config.n}" } }
      |                                                                            ^^^
      = did you mean `json`?

    error: this is not an expression: it ends too early
     --> stacks/dev.yaml:9:46
      |
    9 |   c: { type: AWS::SQS::Queue, timeout: "${1 +}", properties: { DelaySeconds: "${1 +}", VisibilityTimeout: "${1 + 'x'}" } }
      |                                              ^

    error: this is not an expression: it ends too early
     --> stacks/dev.yaml:9:84
      |
    9 |   c: { type: AWS::SQS::Queue, timeout: "${1 +}", properties: { DelaySeconds: "${1 +}", VisibilityTimeout: "${1 + 'x'}" } }
      |                                                                                    ^

    error: `+` is not possible between a whole number and a text
     --> stacks/dev.yaml:9:110
      |
    9 |   c: { type: AWS::SQS::Queue, timeout: "${1 +}", properties: { DelaySeconds: "${1 +}", VisibilityTimeout: "${1 + 'x'}" } }
      |                                                                                                              ^^^^^^^

    error: a list under `for_each` holds texts
      --> stacks/dev.yaml:10:42
       |
    10 |   d: { type: AWS::SQS::Queue, for_each: [1], when: "${each.value == 1}", properties: { QueueName: "${a.Arm}" } }
       |                                          ^
       = use a map of keys and values for others
    "#);
}
