use super::fixture::{Folder, stack};
use crate::graph::Graph;

fn cycle(text: &str) -> String {
    let folder = Folder::new(&[("dev.yaml", &format!("project: shop\nregion: us-west-2\n{text}"))]);
    let stack = folder.load("dev", &[]).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    folder.shown(&Graph::of_stack(&stack).expect_err("a cycle").0)
}

#[test]
fn the_graph_of_a_stack_is_its_references() {
    let stack = stack(
        r#"
resources:
  b: { type: AWS::SQS::Queue, properties: { QueueName: "${a.QueueName}-b" } }
  c: { type: AWS::SQS::Queue, depends_on: [b] }
  a: { type: AWS::SQS::Queue }
"#,
    );
    let waves = Graph::of_stack(&stack).expect("no cycle").waves();
    let names: Vec<Vec<&str>> =
        waves.iter().map(|wave| wave.iter().map(|address| address.as_str()).collect()).collect();
    assert_eq!(names, [["a"], ["b"], ["c"]]);
}

#[test]
fn a_cycle_shows_the_line_of_each_reference() {
    insta::assert_snapshot!(cycle(
        r#"
resources:
  a: { type: AWS::SQS::Queue, properties: { QueueName: "x-${b.QueueName}" } }
  b:
    type: AWS::SQS::Queue
    properties:
      QueueName: "${c.QueueName}-${c.Arn}"
  c: { type: AWS::SQS::Queue, depends_on: [a] }
"#), @r#"
    error: these resources depend on each other in a circle: a -> b -> c -> a
      --> stacks/dev.yaml:5:61
       |
     5 |   a: { type: AWS::SQS::Queue, properties: { QueueName: "x-${b.QueueName}" } }
       |                                                             ^
      ::: stacks/dev.yaml:9:21
       |
     9 |       QueueName: "${c.QueueName}-${c.Arn}"
       |                     ^ `b` needs `c`
      ::: stacks/dev.yaml:10:44
       |
    10 |   c: { type: AWS::SQS::Queue, depends_on: [a] }
       |                                            ^ `c` needs `a`
       = give one of them its value another way, or split it into two resources
    "#);
}

#[test]
fn a_resource_that_needs_itself_is_a_cycle() {
    insta::assert_snapshot!(cycle("resources:\n  a: { type: AWS::SQS::Queue, properties: { QueueName: \"${a.Arn}\" } }\n"), @r#"
    error: `a` depends on itself
     --> stacks/dev.yaml:4:59
      |
    4 |   a: { type: AWS::SQS::Queue, properties: { QueueName: "${a.Arn}" } }
      |                                                           ^
      = a resource can only read what others give
    "#);
    insta::assert_snapshot!(cycle("resources:\n  a: { type: AWS::SQS::Queue, for_each: [x], properties: { QueueName: \"${a.x.Arn}\" } }\n"), @r#"
    error: `a["x"]` depends on itself
     --> stacks/dev.yaml:4:74
      |
    4 |   a: { type: AWS::SQS::Queue, for_each: [x], properties: { QueueName: "${a.x.Arn}" } }
      |                                                                          ^
      = a resource can only read what others give
    "#);
}
