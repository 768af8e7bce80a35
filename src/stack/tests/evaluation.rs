use serde_json::json;

use super::fixture::{Folder, Known, errors, output, output_errors, properties, stack};
use crate::address::Address;
use crate::stack::{LoadOptions, NothingKnown, Stack};

#[test]
fn a_text_that_is_one_expression_keeps_the_values_type() {
    let config = "{ n: 5, f: 1.5, on: true, list: [1, a], map: { b: 1, a: 2 }, nothing: null }";
    assert_eq!(output(config, "${config.n}"), json!(5));
    assert_eq!(output(config, "${config.f}"), json!(1.5));
    assert_eq!(output(config, "${config.on}"), json!(true));
    assert_eq!(output(config, "${config.list}"), json!([1, "a"]));
    assert_eq!(output(config, "${config.map}").to_string(), r#"{"b":1,"a":2}"#);
    assert_eq!(output(config, "${config.nothing}"), json!(null));
    assert_eq!(output(config, "${config.list[1]}"), json!("a"));
    assert_eq!(output(config, "${config.map['a']}"), json!(2));
}

#[test]
fn values_inside_a_text_are_rendered_and_escapes_are_literal() {
    let config = "{ n: 5, f: 1.5, on: true, s: x }";
    assert_eq!(output(config, "a-${config.n}-${config.f}-${config.on}-${config.s}"), json!("a-5-1.5-true-x"));
    assert_eq!(output(config, "$${config.n} costs 5$"), json!("${config.n} costs 5$"));
    assert_eq!(output(config, "$${aws:username}"), json!("${aws:username}"));
    assert_eq!(output(config, "${'}'}${\"{\"}"), json!("}{"));
}

#[test]
fn whole_numbers_divide_as_whole_numbers() {
    assert_eq!(output("{ n: 5 }", "${config.n / 2}"), json!(2));
    assert_eq!(output("{ n: 5 }", "${config.n % 2 + size('ab') - -1}"), json!(4));
    assert_eq!(output("{ f: 5.0 }", "${config.f / 2.0}"), json!(2.5));
}

#[test]
fn variables_of_comprehensions_are_no_references() {
    let config = "{ ports: [80, 443], hosts: { b: 2, a: 1 } }";
    assert_eq!(output(config, "${config.ports.map(port, port + 1)}"), json!([81, 444]));
    assert_eq!(output(config, "${config.ports.filter(p, p > 80)}"), json!([443]));
    assert_eq!(output(config, "${config.ports.exists(p, p == 80) && config.ports.all(p, p > 1)}"), json!(true));
    assert_eq!(
        output(config, "${config.ports.map(p, {'FromPort': p, 'ToPort': p})[0]}"),
        json!({"FromPort": 80, "ToPort": 80})
    );
    assert!(output_errors(config, "${config.ports.map(p, q)}").contains("`q` is neither a resource"));
    assert!(output_errors(config, "${config.ports.map(p, p) + [p]}").contains("`p` is neither a resource"));
}

#[test]
fn maps_are_walked_in_the_order_of_their_keys() {
    let config = "{ m: { z: 1, y: 2, x: 3, w: 4, v: 5, u: 6 } }";
    assert_eq!(output(config, "${config.m.map(k, k)}"), json!(["u", "v", "w", "x", "y", "z"]));
    assert_eq!(output(config, "${{'z': 1, 'b': 2, 'm': 3, 'a': 4}.map(k, k)}"), json!(["a", "b", "m", "z"]));
    assert_eq!(output(config, "${{'z': 1, 'b': 2, 'm': 3, 'a': 4}}").to_string(), r#"{"a":4,"b":2,"m":3,"z":1}"#);
    assert_eq!(output(config, "${config.m.filter(k, config.m[k] > 4)}"), json!(["u", "v"]));
}

#[test]
fn our_functions_do_what_they_say() {
    assert_eq!(output("{}", "${cidr_subnet('10.0.0.0/16', 8, 2)}"), json!("10.0.2.0/24"));
    assert_eq!(output("{}", "${json({'b': [1, true], 'a': null})}"), json!(r#"{"a":null,"b":[1,true]}"#));
    assert_eq!(output("{}", "${base64('héllo')}"), json!("aMOpbGxv"));
    let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!(output("{}", "${sha256('hello')}"), json!(sha256));
    assert_eq!(output("{}", "${azs(2)}"), json!(["us-west-2a", "us-west-2b"]));
    assert_eq!(output("{}", "${azs()}"), json!(["us-west-2a", "us-west-2b", "us-west-2c"]));
    assert_eq!(output("{}", "${azs(2).map(az, az.upperAscii()).join(',')}"), json!("US-WEST-2A,US-WEST-2B"));
    assert_eq!(output("{}", "${math.greatest(1, 3, 2)}"), json!(3));
    assert_eq!(output("{}", "${lists.range(3)}"), json!([0, 1, 2]));
}

#[test]
fn files_are_read_beside_the_stack_file() {
    let text = "project: shop\nregion: us-west-2\noutputs:\n  it: \"${file('policy.json')}\"\n";
    let folder = Folder::new(&[("dev.yaml", text), ("policy.json", "{}\n")]);
    let outputs = folder.load("dev", &[]).expect("a stack").known_outputs(&NothingKnown).expect("outputs");
    assert_eq!(outputs["it"], "{}\n");
    let folder = Folder::new(&[("dev.yaml", text)]);
    insta::assert_snapshot!(folder.errors("dev", &[]), @r#"
    error: there is no file stacks/policy.json
     --> stacks/dev.yaml:4:15
      |
    4 |   it: "${file('policy.json')}"
      |               ^^^^^^^^^^^^^
    "#);
}

#[test]
fn the_stacks_own_facts_are_known() {
    let stack = stack(
        "ephemeral: false\nconfig: { domain: \"${stack.name}.example.com\" }\noutputs: { it: \"${stack.project}/${stack.name}/${stack.region}/${stack.ephemeral}/${config.domain}\" }\n",
    );
    let outputs = stack.known_outputs(&NothingKnown).expect("outputs");
    assert_eq!(outputs["it"], "shop/dev/us-west-2/false/dev.example.com");
}

#[test]
fn the_account_comes_from_the_caller_or_the_file_and_is_an_error_without_both() {
    let text = "project: shop\nregion: us-west-2\noutputs: { it: \"${stack.account}\" }\n";
    let outputs = |text: &str, account: Option<&str>| {
        let folder = Folder::new(&[("dev.yaml", text)]);
        let stack =
            Stack::load(folder.path(), "dev", &LoadOptions { account, ..LoadOptions::default() }).expect("a stack");
        stack.known_outputs(&NothingKnown).map_err(|diagnostics| folder.shown(&diagnostics))
    };
    assert_eq!(outputs(text, Some("111111111111")).expect("outputs")["it"], "111111111111");
    let written = format!("{text}account: \"222222222222\"\n");
    assert_eq!(outputs(&written, None).expect("outputs")["it"], "222222222222");
    insta::assert_snapshot!(outputs(text, None).expect_err("no account"), @r#"
    error: the account is not known without AWS
     --> stacks/dev.yaml:3:19
      |
    3 | outputs: { it: "${stack.account}" }
      |                   ^^^^^^^^^^^^^
      = write `account:` in the stack file
    "#);
}

#[test]
fn errors_of_evaluation_point_at_the_expression() {
    insta::assert_snapshot!(errors(
        r#"
config: { n: 5, list: [1], map: { a: 1 } }
outputs:
  a: "${config.n + 'x'}"
  b: "in ${config.list} text"
  c: "${config.map} text"
  d: "x-${config.n / 0}"
  e: "${config.list[7]}"
  f: "${cidr_subnet('10.0.0.0/16', 2, 9)}"
  g: "${[1, 2][5]}"
  h: "${'x'.startsWith(1)}"
  i: "${azs(9)}"
  j: "${sha256([1])}"
"#), @r#"
    error: `+` is not possible between a whole number and a text
     --> stacks/dev.yaml:6:9
      |
    6 |   a: "${config.n + 'x'}"
      |         ^^^^^^^^^^^^^^

    error: a list has no form in the middle of a text: join it, `list.join(",")`
     --> stacks/dev.yaml:7:12
      |
    7 |   b: "in ${config.list} text"
      |            ^^^^^^^^^^^

    error: a map has no form in the middle of a text: `json(…)` makes text of it
     --> stacks/dev.yaml:8:9
      |
    8 |   c: "${config.map} text"
      |         ^^^^^^^^^^

    error: this divides by zero
     --> stacks/dev.yaml:9:11
      |
    9 |   d: "x-${config.n / 0}"
      |           ^^^^^^^^^^^^

    error: there is no `7` in this value
      --> stacks/dev.yaml:10:9
       |
    10 |   e: "${config.list[7]}"
       |         ^^^^^^^^^^^

    error: `cidr_subnet`: 2 more bits make 4 networks, and 9 is beyond
      --> stacks/dev.yaml:11:9
       |
    11 |   f: "${cidr_subnet('10.0.0.0/16', 2, 9)}"
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: the list has no element 5
      --> stacks/dev.yaml:12:9
       |
    12 |   g: "${[1, 2][5]}"
       |         ^^^^^^^^^

    error: `startsWith` does not take (string, int)
      --> stacks/dev.yaml:13:9
       |
    13 |   h: "${'x'.startsWith(1)}"
       |         ^^^^^^^^^^^^^^^^^

    error: `azs`: a number of zones is from 1 to 6 in us-west-2, and not 9
      --> stacks/dev.yaml:14:9
       |
    14 |   i: "${azs(9)}"
       |         ^^^^^^

    error: `sha256`: it takes a text, and not a list
      --> stacks/dev.yaml:15:9
       |
    15 |   j: "${sha256([1])}"
       |         ^^^^^^^^^^^
    "#);
}

#[test]
fn errors_of_syntax_point_into_the_expression() {
    insta::assert_snapshot!(errors(
        r#"
outputs:
  a: "${1 +}"
  b: 'it''s ${}'
  c: "${jobs.Arn"
  d: "arn:${aws:username}"
  e: >-
    folded
    ${config.n +* 2}
  f: "${jsonencode({})} ${siz('a')}"
"#), @r#"
    error: this is not an expression: it ends too early
     --> stacks/dev.yaml:5:12
      |
    5 |   a: "${1 +}"
      |            ^

    error: this expression is empty
     --> stacks/dev.yaml:6:13
      |
    6 |   b: 'it''s ${}'
      |             ^^^

    error: this expression has no end
     --> stacks/dev.yaml:7:7
      |
    7 |   c: "${jobs.Arn"
      |       ^^^^^^^^^^
      = close it with `}`, or write `$${` for the characters `${`

    error: this is not an expression: unexpected ':'
     --> stacks/dev.yaml:8:16
      |
    8 |   d: "arn:${aws:username}"
      |                ^
      = write `$${aws:username}` for a policy variable of IAM

    error: this is not an expression: unexpected '*'
      --> stacks/dev.yaml:11:17
       |
    11 |     ${config.n +* 2}
       |                 ^

    error: there is no function `jsonencode`
      --> stacks/dev.yaml:12:9
       |
    12 |   f: "${jsonencode({})} ${siz('a')}"
       |         ^^^^^^^^^^
       = it is called `json` here

    error: there is no function `siz`
      --> stacks/dev.yaml:12:27
       |
    12 |   f: "${jsonencode({})} ${siz('a')}"
       |                           ^^^
       = did you mean `size`?
    "#);
}

const PIPELINE: &str = r#"
resources:
  jobs:
    type: AWS::SQS::Queue
    properties:
      QueueName: jobs-${stack.name}
      RedrivePolicy: { deadLetterTargetArn: "${dlq.Arn}", maxReceiveCount: 5 }
      Tags: [{ Key: dlq, Value: "of ${dlq.QueueName} at ${dlq.Arn}" }]
  dlq:
    type: AWS::SQS::Queue
outputs:
  url: ${jobs.QueueUrl}
  name: ${jobs.QueueName}
"#;

#[test]
fn values_that_are_not_known_yet_say_what_they_wait_for() {
    let stack = stack(PIPELINE);
    let expected = json!({
        "QueueName": "jobs-dev",
        "RedrivePolicy": {"deadLetterTargetArn": {"?": "${dlq.Arn}", "for": ["dlq"]}, "maxReceiveCount": 5},
        "Tags": [{"Key": "dlq", "Value": {"?": "of ${dlq.QueueName} at ${dlq.Arn}", "for": ["dlq"]}}],
    });
    assert_eq!(properties(&stack, "jobs", &NothingKnown), expected);
    let scope = Known::default().with("dlq", json!({"Arn": "?", "QueueName": "d"}));
    assert_eq!(properties(&stack, "jobs", &scope), expected);
}

#[test]
fn values_that_are_known_are_filled_in() {
    let stack = stack(PIPELINE);
    let scope = Known::default()
        .with("dlq", json!({"Arn": "arn:d", "QueueName": "d", "QueueUrl": "?"}))
        .with("jobs", json!({"QueueUrl": "?", "QueueName": "j"}));
    let jobs = properties(&stack, "jobs", &scope);
    assert_eq!(jobs["RedrivePolicy"]["deadLetterTargetArn"], "arn:d");
    assert_eq!(jobs["Tags"][0]["Value"], "of d at arn:d");
    assert_eq!(serde_json::Value::from(stack.known_outputs(&scope).expect("outputs")), json!({"name": "j"}));
}

#[test]
fn an_attribute_without_a_value_is_an_error_at_its_expression() {
    let stack = stack(PIPELINE);
    let scope = Known::default().with("dlq", json!({"QueueName": "d"}));
    let diagnostics = stack.evaluate(&Address::from("jobs"), &scope).expect_err("no Arn");
    assert_eq!(diagnostics.0.len(), 2);
    let first = &diagnostics.0[0];
    assert_eq!(
        (first.message.as_str(), first.location.line, first.location.column),
        ("`dlq` has no value for `Arn`", 9, 48)
    );
}

#[test]
fn only_the_touched_part_of_a_resource_must_be_known() {
    let stack = stack(
        r#"
resources:
  job:
    type: AWS::Lambda::Function
    properties: { Role: "arn:aws:iam::123456789012:role/job", Code: { ZipFile: x } }
outputs:
  a: "${job.Environment.Variables.key}"
  b: "${job.Environment.Variables['key'] + '!'}"
  c: "${json(job.Environment)}"
  d: "${has(job.Description) ? 'yes' : 'no'}"
  e: "${job.Environment.Variables[job.FunctionName]}"
"#,
    );
    let attributes =
        json!({"Environment": {"Variables": {"key": "1", "other": "?"}}, "Arn": "?", "FunctionName": "key"});
    let scope = Known::default().with("job", attributes);
    let known = stack.known_outputs(&scope).expect("outputs");
    assert_eq!(serde_json::Value::from(known), json!({"a": "1", "b": "1!", "d": "no"}));
}

#[test]
fn numbers_that_do_not_mix_and_wrong_calls_say_what_to_write() {
    insta::assert_snapshot!(errors(
        r#"
config: { n: 3 }
outputs:
  a: "${2 * 1.5}"
  b: "${config.n / 1.5}"
  c: "${sha256('a', 'b')}"
  d: "${'a'.json()}"
  e: "${cidr_subnet('10.0.0.0/16')} ${azs(1, 2)}"
"#), @r#"
    error: `*` is not possible between a whole number and a number with a fraction
     --> stacks/dev.yaml:6:9
      |
    6 |   a: "${2 * 1.5}"
      |         ^^^^^^^
      = write `2.0`

    error: `/` is not possible between a whole number and a number with a fraction
     --> stacks/dev.yaml:7:9
      |
    7 |   b: "${config.n / 1.5}"
      |         ^^^^^^^^^^^^^^
      = write `double(…)` around what is a whole number

    error: `sha256` takes 1 argument, and is given 2
     --> stacks/dev.yaml:8:9
      |
    8 |   c: "${sha256('a', 'b')}"
      |         ^^^^^^

    error: `json` is not called on a value: write `json(…)`
     --> stacks/dev.yaml:9:13
      |
    9 |   d: "${'a'.json()}"
      |             ^^^^

    error: `cidr_subnet` takes 3 arguments, and is given 1
      --> stacks/dev.yaml:10:9
       |
    10 |   e: "${cidr_subnet('10.0.0.0/16')} ${azs(1, 2)}"
       |         ^^^^^^^^^^^

    error: `azs` takes 0 or 1 arguments, and is given 2
      --> stacks/dev.yaml:10:39
       |
    10 |   e: "${cidr_subnet('10.0.0.0/16')} ${azs(1, 2)}"
       |                                       ^^^
    "#);
}
