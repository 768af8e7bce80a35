use super::fixture::{errors, stack};
use crate::address::Address;

#[test]
fn a_moved_from_names_an_object_that_nothing_else_names() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  a: { type: AWS::SQS::Queue, moved_from: [old, older] }
  b: { type: AWS::SQS::Queue, moved_from: old }
  c: { type: AWS::SQS::Queue, moved_from: c }
  d: { type: AWS::SQS::Queue, moved_from: a }
  e: { type: AWS::SQS::Queue, for_each: [x, y], moved_from: "was_${each.key.substring(0, 0)}" }
"#), @r#"
    error: `a` and `b` are both moved from `old`, which is one object
     --> stacks/dev.yaml:6:43
      |
    6 |   b: { type: AWS::SQS::Queue, moved_from: old }
      |                                           ^^^
     ::: stacks/dev.yaml:5:43
      |
    5 |   a: { type: AWS::SQS::Queue, moved_from: [old, older] }
      |                                           ^^^^^^^^^^^^ `a` is moved from it here

    error: `c` cannot be moved from itself
     --> stacks/dev.yaml:7:43
      |
    7 |   c: { type: AWS::SQS::Queue, moved_from: c }
      |                                           ^
      = remove it

    error: `a` is still in the file
     --> stacks/dev.yaml:8:43
      |
    8 |   d: { type: AWS::SQS::Queue, moved_from: a }
      |                                           ^
      = `moved_from` is for a resource that has another name now: rename that one, or remove this

    error: `e["x"]` and `e["y"]` are both moved from `was_`, which is one object
     --> stacks/dev.yaml:9:61
      |
    9 |   e: { type: AWS::SQS::Queue, for_each: [x, y], moved_from: "was_${each.key.substring(0, 0)}" }
      |                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     ::: stacks/dev.yaml:9:61
      |
    9 |   e: { type: AWS::SQS::Queue, for_each: [x, y], moved_from: "was_${each.key.substring(0, 0)}" }
      |                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `e["x"]` is moved from it here
    "#);
}

#[test]
fn a_name_that_is_free_can_be_moved_from() {
    let stack = stack(
        r#"
resources:
  a: { type: AWS::SQS::Queue, moved_from: [old, old] }
  b: { type: AWS::SQS::Queue, for_each: [x, y], moved_from: old }
  gone: { type: AWS::SQS::Queue, when: false }
  c: { type: AWS::SQS::Queue, moved_from: gone }
"#,
    );
    assert_eq!(stack.resources[&Address::from("c")].moved_from, [Address::from("gone")]);
}
