use std::fmt::Write as _;

use super::fixture::errors;

#[test]
fn config_that_repeats_itself_does_not_fill_the_memory() {
    let mut text = String::from("config:\n  a0: xxxxxxxxxxxxxxxx\n");
    (1..40).for_each(|level| _ = writeln!(text, "  a{level}: ${{config.a{0}}}${{config.a{0}}}", level - 1));
    assert!(errors(&text).contains("this is larger than 6 MiB"));
    let mut text = String::from("config:\n  a0: [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let below = vec![format!("\"${{config.a{}}}\"", level - 1); 10].join(", ");
        _ = writeln!(text, "  a{level}: [{below}]");
    }
    assert!(errors(&text).contains("this is larger than 6 MiB"));
}

#[test]
fn config_that_wraps_itself_does_not_fill_the_stack() {
    let mut text = String::from("config:\n  a0: []\n");
    for level in 1..60 {
        let (open, close, below) = ("[".repeat(40), "]".repeat(40), level - 1);
        _ = writeln!(text, "  a{level}: {open}\"${{config.a{below}}}\"{close}");
    }
    assert!(errors(&text).contains("the value of this expression is nested deeper than 48 levels"));
}

#[test]
fn aliases_of_what_is_wrong_do_not_fill_the_memory() {
    let tags = format!("[&tag {{ Bad: 1 }}{}]", ", *tag".repeat(20_000));
    let text = format!("resources:\n  q:\n    type: AWS::SQS::Queue\n    properties: {{ Tags: {tags} }}\n");
    let errors = errors(&text);
    let last = errors.rsplit("error: ").next().unwrap_or_default();
    assert!(last.contains(" more errors are not shown: mend these first"), "{last}");
}
