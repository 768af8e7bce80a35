use std::sync::Arc;

use serde_json::json;

use crate::stack::diagnostic::{Problems, Source};
use crate::stack::document::parse;

fn value(text: &str) -> serde_json::Value {
    let mut problems = Problems::new(Arc::new(Source::new("test.yaml", text)));
    let node = parse(&mut problems).expect("a document");
    problems.finish(node).expect("no problems").to_value().to_json().expect("known")
}

fn errors(text: &str) -> String {
    let mut problems = Problems::new(Arc::new(Source::new("test.yaml", text)));
    parse(&mut problems);
    problems.into_diagnostics().to_string()
}

#[test]
fn quoted_words_are_text_and_plain_ones_follow_the_core_schema() {
    let text = "a: no\nb: \"true\"\nc: true\nd: '5'\ne: 5\nf:\non: 1\ng: !!str 7\nh: |\n  x\n";
    let expected =
        json!({"a": "no", "b": "true", "c": true, "d": "5", "e": 5, "f": null, "on": 1, "g": "7", "h": "x\n"});
    assert_eq!(value(text), expected);
}

#[test]
fn anchors_and_aliases_share_values() {
    assert_eq!(value("a: &x {b: [1]}\nc: *x\n"), json!({"a": {"b": [1]}, "c": {"b": [1]}}));
}

#[test]
fn aliases_of_aliases_do_not_fill_the_memory() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let below = level - 1;
        let aliases = vec![format!("*a{below}"); 10].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    assert!(errors(&text).contains("more than a million values"));
}

#[test]
fn aliases_of_aliases_do_not_fill_the_stack() {
    let mut text = String::from("a0: &a0 x\n");
    for level in 1..60 {
        let (open, close, below) = ("[".repeat(40), "]".repeat(40), level - 1);
        text += &format!("a{level}: &a{level} {open}*a{below}{close}\n");
    }
    assert!(errors(&text).starts_with("error: the value of this alias is nested deeper than 64 levels here"));
}

#[test]
fn what_is_nested_too_deep_is_an_error_where_it_becomes_so() {
    let nested = |levels: usize| format!("a: {}x{}\nb: 1\n", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(value(&nested(63))["b"], 1);
    let shown = errors(&nested(64));
    assert!(shown.starts_with("error: this is nested deeper than 64 levels\n --> test.yaml:1:67\n"), "{shown}");
}

#[test]
fn a_key_written_twice_is_an_error_that_shows_both() {
    insta::assert_snapshot!(errors("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n"), @r"
    error: the key `c` is written twice
     --> test.yaml:4:3
      |
    4 |   c: 2
      |   ^
     ::: test.yaml:3:3
      |
    3 |   c: 1
      |   ^ here first

    error: the key `a` is written twice
     --> test.yaml:5:1
      |
    5 | a: 3
      | ^
     ::: test.yaml:1:1
      |
    1 | a: 1
      | ^ here first
    ");
}

#[test]
fn merge_keys_tags_and_odd_keys_are_errors() {
    insta::assert_snapshot!(errors("a: &x {b: 1}\nc:\n  <<: *x\nd: !Ref vpc\n[e]: 1\nf: .inf\n${g}: 1\n"), @r#"
    error: merge keys are not supported
     --> test.yaml:3:3
      |
    3 |   <<: *x
      |   ^^
      = YAML 1.2 has none; write the entries out, or share a whole value by an alias

    error: the tag `!Ref` has no meaning here
     --> test.yaml:4:4
      |
    4 | d: !Ref vpc
      |    ^^^^
      = write `${name.Attribute}` for a resource, `${config.name}` for a parameter

    error: a key must be text
     --> test.yaml:5:1
      |
    5 | [e]: 1
      | ^

    error: a number must be finite
     --> test.yaml:6:4
      |
    6 | f: .inf
      |    ^^^^
      = quote it if it is text: ".inf"

    error: expressions are not evaluated in keys
     --> test.yaml:7:1
      |
    7 | ${g}: 1
      | ^^^^
      = compute the whole map instead: "${{config.name: 'value'}}"
    "#);
}

#[test]
fn syntax_errors_say_where_and_what_to_do() {
    insta::assert_snapshot!(errors("a: {x: ${config.y}}\n"), @r#"
    error: this is not YAML: while parsing a flow mapping, did not find expected ',' or '}'
     --> test.yaml:1:9
      |
    1 | a: {x: ${config.y}}
      |         ^
      = inside `{…}` and `[…]` an expression must be quoted: "${…}"
    "#);
    insta::assert_snapshot!(errors("a:\n\tb: 1\n"), @r"
    error: this is not YAML: tabs disallowed within this context (block indentation)
     --> test.yaml:2:2
      |
    2 |  b: 1
      |  ^
      = indent with spaces
    ");
    insta::assert_snapshot!(errors("a: b: c\n"), @r"
    error: this is not YAML: mapping values are not allowed in this context
     --> test.yaml:1:5
      |
    1 | a: b: c
      |     ^
      = quote a value that has `: ` in it, or look at the indentation
    ");
    insta::assert_snapshot!(errors("a: *.example.com\n"), @r"
    error: this is not YAML: while parsing node, found unknown anchor
     --> test.yaml:1:4
      |
    1 | a: *.example.com
      |    ^
      = quote text that begins with `*`
    ");
    insta::assert_snapshot!(errors("a: 1\n---\nb: 1\n"), @r"
    error: a stack file holds one document, and a second begins here
     --> test.yaml:3:1
      |
    3 | b: 1
      | ^
    ");
}
