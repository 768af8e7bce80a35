use std::collections::BTreeMap;
use std::path::Path;

use infra::plan::ALL_CHECKS;
use infra::stack::{Diagnostics, LoadOptions, NothingKnown, Stack, StackInputs};
use infra::value::Value;

/// What expressions can name, of every kind of value.
const AROUND: &str = r#"project: shop
region: us-west-2
account: "123456789012"
config:
  text: "a ü b"
  number: 3
  fraction: 0.5
  flag: true
  list: [1, "two", { three: 3 }]
  map: { key: value, "other key": [] }
resources:
  jobs: { type: AWS::SQS::Queue }
  each: { type: AWS::SQS::Queue, for_each: "${config.map}" }
"#;

/// Loads any text as a stack file, as `infra validate` does.
///
/// # Panics
/// Where it is not refused with a place inside it, or what it says is not the same twice.
pub fn stack_file(text: &str) {
    let once = load(text);
    match (once, load(text)) {
        (Ok(stack), Ok(again)) => {
            assert_eq!(stack.digest, again.digest);
            evaluate(&stack);
        }
        (Err(once), Err(again)) => {
            assert_eq!(once.to_string(), again.to_string());
            every_place_is_in(text, &once);
        }
        _ => panic!("refused and not refused"),
    }
}

/// Evaluates any text as an expression of an output, amid values and resources of every kind.
///
/// # Panics
/// As `stack_file`.
pub fn expression(text: &str) {
    let written = Value::String(format!("${{{text}}}")).to_json().unwrap_or_default();
    stack_file(&format!("{AROUND}outputs:\n  it: {written}\n"));
}

fn load(text: &str) -> Result<Stack, Diagnostics> {
    let (text, files, overrides) = (text.to_owned(), BTreeMap::new(), Vec::new());
    let inputs = StackInputs { file: "dev.yaml".to_owned(), text, files, overrides };
    let options = LoadOptions { checks: ALL_CHECKS, ..LoadOptions::default() };
    Stack::from_inputs(Path::new("stacks"), "dev", &inputs, &options)
}

/// What is known of the properties and outputs is what state could keep: JSON that is read back as it was written.
fn evaluate(stack: &Stack) {
    let properties = stack.resources.keys().filter_map(|address| stack.evaluate(address, &NothingKnown).ok());
    let outputs = stack.evaluate_outputs(&NothingKnown).unwrap_or_default();
    for json in properties.chain(outputs.into_values()).filter_map(|value| value.to_json()) {
        let read: Result<serde_json::Value, _> = serde_json::from_str(&json.to_string());
        assert_eq!(read.ok(), Some(json));
    }
}

fn every_place_is_in(text: &str, wrong: &Diagnostics) {
    assert!(!wrong.is_empty());
    for diagnostic in &wrong.0 {
        let place = &diagnostic.location;
        let line = text.split('\n').nth(place.line - 1).map(|line| line.trim_end_matches('\r'));
        assert_eq!(line, Some(place.text.as_str()), "{diagnostic}");
        assert!(!diagnostic.message.is_empty() && place.column >= 1 && place.width >= 1, "{diagnostic}");
    }
}
