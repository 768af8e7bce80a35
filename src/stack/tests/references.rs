use super::fixture::{errors, stack};
use crate::address::Address;

#[test]
fn references_and_depends_on_make_dependencies() {
    let stack = stack(
        r#"
resources:
  a: { type: AWS::SQS::Queue, depends_on: c }
  b:
    type: AWS::SQS::Queue
    depends_on: [c]
    properties: { RedrivePolicy: "${{'deadLetterTargetArn': a.Arn, 'maxReceiveCount': [1].map(x, x)[0]}}" }
  c: { type: AWS::SQS::Queue }
"#,
    );
    let needs =
        |name: &str| stack.resources[&Address::from(name)].depends_on.iter().map(Address::as_str).collect::<Vec<_>>();
    assert_eq!((needs("a"), needs("b"), needs("c")), (vec!["c"], vec!["a", "c"], vec![]));
}

#[test]
fn whatever_is_not_declared_is_an_error_with_the_nearest() {
    insta::assert_snapshot!(errors(
        r#"
config: { image: x, db: { size: 1 } }
resources:
  jobs_dlq: { type: AWS::SQS::Queue, depends_on: [jobs_dql, nothing] }
  jobs:
    type: AWS::SQS::Queue
    properties:
      RedrivePolicy: { deadLetterTargetArn: "${job_dlq.Arn}" }
      QueueName: "${confg.image}-${config.imgae}-${config.db.siez}-${HOME}"
      KmsMasterKeyId: "${jobs_dlq.Arm}"
      Tags: [{ Key: "a", Value: "${stack.regoin} ${each.key} ${input.x}" }]
"#), @r#"
    error: `jobs_dql` is no resource of this stack
     --> stacks/dev.yaml:6:51
      |
    6 |   jobs_dlq: { type: AWS::SQS::Queue, depends_on: [jobs_dql, nothing] }
      |                                                   ^^^^^^^^
      = did you mean `jobs_dlq`?

    error: `nothing` is no resource of this stack
     --> stacks/dev.yaml:6:61
      |
    6 |   jobs_dlq: { type: AWS::SQS::Queue, depends_on: [jobs_dql, nothing] }
      |                                                             ^^^^^^^

    error: `job_dlq` is neither a resource of this stack nor `config`, `stack` or `each`
      --> stacks/dev.yaml:10:48
       |
    10 |       RedrivePolicy: { deadLetterTargetArn: "${job_dlq.Arn}" }
       |                                                ^^^^^^^
       = did you mean `jobs_dlq`?

    error: `confg` is neither a resource of this stack nor `config`, `stack` or `each`
      --> stacks/dev.yaml:11:21
       |
    11 |       QueueName: "${confg.image}-${config.imgae}-${config.db.siez}-${HOME}"
       |                     ^^^^^
       = did you mean `config`?

    error: `config` has no `imgae`
      --> stacks/dev.yaml:11:36
       |
    11 |       QueueName: "${confg.image}-${config.imgae}-${config.db.siez}-${HOME}"
       |                                    ^^^^^^^^^^^^
       = did you mean `image`?

    error: `config` has no `siez`
      --> stacks/dev.yaml:11:52
       |
    11 |       QueueName: "${confg.image}-${config.imgae}-${config.db.siez}-${HOME}"
       |                                                    ^^^^^^^^^^^^^^
       = did you mean `size`?

    error: `HOME` is neither a resource of this stack nor `config`, `stack` or `each`
      --> stacks/dev.yaml:11:70
       |
    11 |       QueueName: "${confg.image}-${config.imgae}-${config.db.siez}-${HOME}"
       |                                                                      ^^^^
       = for the characters `${` write `$${`

    error: `Arm` is not an attribute of AWS::SQS::Queue
      --> stacks/dev.yaml:12:26
       |
    12 |       KmsMasterKeyId: "${jobs_dlq.Arm}"
       |                          ^^^^^^^^^^^^
       = did you mean `Arn`?

    error: `stack` has no `regoin`
      --> stacks/dev.yaml:13:36
       |
    13 |       Tags: [{ Key: "a", Value: "${stack.regoin} ${each.key} ${input.x}" }]
       |                                    ^^^^^^^^^^^^
       = did you mean `region`?

    error: `each` is only known under `for_each`
      --> stacks/dev.yaml:13:52
       |
    13 |       Tags: [{ Key: "a", Value: "${stack.regoin} ${each.key} ${input.x}" }]
       |                                                    ^^^^

    error: `input` is only known inside a component
      --> stacks/dev.yaml:13:64
       |
    13 |       Tags: [{ Key: "a", Value: "${stack.regoin} ${each.key} ${input.x}" }]
       |                                                                ^^^^^
    "#);
}

#[test]
fn what_is_decided_before_anything_exists_cannot_use_resources() {
    insta::assert_snapshot!(errors(
        r#"
config: { x: "${config.y}", y: 1 }
tags: { a: "${jobs.Arn}" }
resources:
  jobs: { type: AWS::SQS::Queue }
  a: { type: AWS::SQS::Queue, when: "${jobs.Arn == 'x'}" }
  b: { type: AWS::SQS::Queue, for_each: ["${jobs.Arn}"] }
  c: { type: AWS::SQS::Queue, import: "${jobs.QueueUrl}" }
  d: { type: AWS::SQS::Queue, when: "${each.key}" }
"#), @r#"
    error: the stack's tags are decided before anything is created
     --> stacks/dev.yaml:5:15
      |
    5 | tags: { a: "${jobs.Arn}" }
      |               ^^^^
      = it can use `config` and `stack`

    error: `when` is decided before anything is created
     --> stacks/dev.yaml:8:40
      |
    8 |   a: { type: AWS::SQS::Queue, when: "${jobs.Arn == 'x'}" }
      |                                        ^^^^
      = it can use `config` and `stack`

    error: `for_each` is decided before anything is created
     --> stacks/dev.yaml:9:45
      |
    9 |   b: { type: AWS::SQS::Queue, for_each: ["${jobs.Arn}"] }
      |                                             ^^^^
      = it can use `config` and `stack`

    error: `import` is decided before anything is created
      --> stacks/dev.yaml:10:42
       |
    10 |   c: { type: AWS::SQS::Queue, import: "${jobs.QueueUrl}" }
       |                                          ^^^^
       = it can use `config` and `stack`

    error: `each` is only known under `for_each`
      --> stacks/dev.yaml:11:40
       |
    11 |   d: { type: AWS::SQS::Queue, when: "${each.key}" }
       |                                        ^^^^
    "#);
}

#[test]
fn a_resource_whose_when_is_false_is_not_there() {
    let text = r#"
config: { on: false }
resources:
  jobs: { type: AWS::SQS::Queue, when: "${config.on}" }
  other: { type: AWS::SQS::Queue, depends_on: [jobs], when: "${!config.on}" }
"#;
    let stack = stack(text);
    assert_eq!(stack.resources.keys().map(Address::as_str).collect::<Vec<_>>(), ["other"]);
    assert!(stack.resources[&Address::from("other")].depends_on.is_empty());
    insta::assert_snapshot!(errors(&format!("{text}outputs: {{ it: \"${{jobs.Arn}}\" }}\n")), @r#"
    error: `jobs` is not in this stack: its `when` is false
     --> stacks/dev.yaml:8:19
      |
    8 | outputs: { it: "${jobs.Arn}" }
      |                   ^^^^
    "#);
}

#[test]
fn when_is_true_or_false() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  a: { type: AWS::SQS::Queue, when: "yes" }
  b: { type: AWS::SQS::Queue, when: }
  c: { type: AWS::SQS::Queue, when: "${1}" }
"#), @r#"
    error: `when` must be true or false, or an expression that is
     --> stacks/dev.yaml:5:37
      |
    5 |   a: { type: AWS::SQS::Queue, when: "yes" }
      |                                     ^^^^^

    error: this option has no value
     --> stacks/dev.yaml:6:35
      |
    6 |   b: { type: AWS::SQS::Queue, when: }
      |                                   ^

    error: `when` must be true or false, or an expression that is
     --> stacks/dev.yaml:7:37
      |
    7 |   c: { type: AWS::SQS::Queue, when: "${1}" }
      |                                     ^^^^^^
    "#);
}

#[test]
fn later_errors_find_their_place_in_the_file() {
    let stack = stack(
        r#"
resources:
  jobs:
    type: AWS::SQS::Queue
    import: x
    properties:
      RedrivePolicy:
        maxReceiveCount: 5
        deadLetterTargetArn: arn:aws:sqs:us-west-2:111122223333:dead
"#,
    );
    let jobs = Address::from("jobs");
    let place = |path: &[&str]| {
        let location = stack.diagnose(&jobs, path, "wrong", None).location;
        (location.line, location.column)
    };
    assert_eq!(place(&["RedrivePolicy", "maxReceiveCount"]), (10, 26));
    assert_eq!(place(&["RedrivePolicy", "other"]), (9, 7));
    assert_eq!(place(&["Other"]), (5, 3));
    assert_eq!(place(&["type"]), (6, 11));
    assert_eq!(place(&["import"]), (7, 13));
    assert_eq!(place(&[]), (5, 3));
}

#[test]
fn what_aws_never_gives_back_cannot_be_referred_to() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  db:
    type: AWS::RDS::DBCluster
    properties: { Engine: aurora-postgresql, MasterUsername: app, MasterUserPassword: not-a-real-one }
  jobs: { type: AWS::SQS::Queue, properties: { QueueName: "${db.MasterUserPassword}" } }
  job:
    type: AWS::Lambda::Function
    properties: { Role: "arn:aws:iam::123456789012:role/job", Code: { ZipFile: x } }
outputs: { code: "${json(job.Code.ZipFile)}" }
"#), @r#"
    error: `MasterUserPassword` of AWS::RDS::DBCluster cannot be referred to: AWS never gives it back
     --> stacks/dev.yaml:8:62
      |
    8 |   jobs: { type: AWS::SQS::Queue, properties: { QueueName: "${db.MasterUserPassword}" } }
      |                                                              ^^^^^^^^^^^^^^^^^^^^^
      = put the value into `config` and use it in both places, or let AWS manage it and use `db.MasterUserSecret.SecretArn`

    error: `Code.ZipFile` of AWS::Lambda::Function cannot be referred to: AWS never gives it back
      --> stacks/dev.yaml:12:26
       |
    12 | outputs: { code: "${json(job.Code.ZipFile)}" }
       |                          ^^^^^^^^^^^^^^^^
       = put the value into `config` and use it in both places
    "#);
}

#[test]
fn a_whole_resource_is_no_value() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  a: { type: AWS::SQS::Queue }
  g: { type: AWS::SQS::Queue, for_each: [x, y] }
  b:
    type: AWS::SQS::Queue
    for_each: [x]
    properties:
      QueueName: ${a}
      KmsMasterKeyId: "x-${g}"
      Tags: [{ Key: a, Value: "${g[each.key]}" }]
outputs:
  all: ${g}
  text: of ${a}
"#), @r#"
    error: `a` is a whole resource, and a value is one of its attributes
      --> stacks/dev.yaml:11:20
       |
    11 |       QueueName: ${a}
       |                    ^
       = write `a.Arn` or `a.QueueUrl`

    error: `g` is all members of a `for_each`, and a value is one of its attributes
      --> stacks/dev.yaml:12:28
       |
    12 |       KmsMasterKeyId: "x-${g}"
       |                            ^
       = write `g["x"].Arn` or `g["x"].QueueUrl`

    error: `g[each.key]` is a whole resource, and a value is one of its attributes
      --> stacks/dev.yaml:13:34
       |
    13 |       Tags: [{ Key: a, Value: "${g[each.key]}" }]
       |                                  ^^^^^^^^^^^
       = write `g[each.key].Arn` or `g[each.key].QueueUrl`

    error: `a` is a whole resource, and a value is one of its attributes
      --> stacks/dev.yaml:16:14
       |
    16 |   text: of ${a}
       |              ^
       = write `a.Arn` or `a.QueueUrl`
    "#);
}

#[test]
fn a_resource_without_for_each_has_no_members() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  a: { type: AWS::SQS::Queue }
  b: { type: AWS::SQS::Queue, for_each: [x], properties: { QueueName: "${a[each.key].QueueName}-b" } }
outputs:
  all: "${a.map(k, a[k].Arn)}"
  zones: "${azs(2).map(az, a[az].Arn)}"
  first: ${a[0].Arn}
"#), @r#"
    error: `a` has no `for_each`, so it has no members
     --> stacks/dev.yaml:6:74
      |
    6 |   b: { type: AWS::SQS::Queue, for_each: [x], properties: { QueueName: "${a[each.key].QueueName}-b" } }
      |                                                                          ^
      = write `a.QueueName`

    error: `a` has no `for_each`, so it has no members
     --> stacks/dev.yaml:8:11
      |
    8 |   all: "${a.map(k, a[k].Arn)}"
      |           ^
      = write `a.Arn` or `a.QueueUrl`

    error: `a` has no `for_each`, so it has no members
     --> stacks/dev.yaml:9:28
      |
    9 |   zones: "${azs(2).map(az, a[az].Arn)}"
      |                            ^
      = write `a.Arn`

    error: `a` has no `for_each`, so it has no members
      --> stacks/dev.yaml:10:12
       |
    10 |   first: ${a[0].Arn}
       |            ^
       = write `a.Arn` or `a.QueueUrl`
    "#);
}
