//! Values as the YAML of a stack file, in blocks: two spaces a level, the items of a list one level below its key.

use super::yaml_scalar::{literal_block, scalar};
use crate::value::Value;

/// What stands under each key of a map.
const STEP: usize = 2;

/// The entries of a map, each line with that many spaces before it. The loader reads the same values back: texts are literal,
/// whatever they look like, and what is unknown is written as its expression.
pub fn yaml_block<'a>(entries: impl IntoIterator<Item = (&'a String, &'a Value)>, indentation: usize) -> String {
    let mut text = String::new();
    for (key, value) in entries {
        text += &format!("{:indentation$}{}:{}\n", "", scalar(key), after(value, indentation));
    }
    text
}

/// What follows a key or the dash of an item: a scalar on the same line, or a block below.
fn after(value: &Value, indentation: usize) -> String {
    let below = indentation + STEP;
    match value {
        Value::Map(entries) if !entries.is_empty() => {
            format!("\n{}", yaml_block(entries, below).trim_end_matches('\n'))
        }
        Value::List(items) if !items.is_empty() => {
            let items = items.iter().map(|item| format!("{:below$}-{}", "", after_dash(item, below)));
            format!("\n{}", items.collect::<Vec<_>>().join("\n"))
        }
        Value::String(text) => {
            let text = literal(text);
            let block = literal_block(&text, below);
            format!(" {}", block.unwrap_or_else(|| scalar(&text)))
        }
        other => format!(" {}", flat(other)),
    }
}

/// The first entry of a map stands beside the dash, the others below it.
fn after_dash(item: &Value, indentation: usize) -> String {
    let Value::Map(entries) = item else { return after(item, indentation) };
    if entries.is_empty() {
        return after(item, indentation);
    }
    let block = yaml_block(entries, indentation + STEP);
    format!(" {}", block.trim_start_matches(' ').trim_end_matches('\n'))
}

fn flat(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => scalar(&literal(text)),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
        Value::Unknown(unknown) => scalar(&unknown.expression),
    }
}

/// A text as a template without expressions that gives it.
pub fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::stack::diagnostic::{Problems, Source};
    use crate::stack::document::parse;
    use crate::value::Unknown;

    fn block(json: serde_json::Value, indentation: usize) -> String {
        let Value::Map(entries) = Value::from(json) else { panic!("a map") };
        yaml_block(&entries, indentation)
    }

    fn read(text: &str) -> serde_json::Value {
        let mut problems = Problems::new(Arc::new(Source::new("", text.to_owned())));
        let node = parse(&mut problems).expect("a node").to_value().to_json().expect("JSON");
        assert_eq!(problems.count(), 0, "{text}");
        node
    }

    #[test]
    fn a_block_is_indented_as_a_stack_file_is() {
        let json = json!({"jobs": {
            "type": "AWS::SQS::Queue",
            "properties": {
                "Rules": [{"Id": "old", "Days": 30, "Tags": [{"Key": "a", "Value": "1"}]}, {"Id": "none", "Of": {}}],
                "Names": ["a", "b: c", []],
                "Script": "#!/bin/sh\necho ${HOME}\n",
                "On": false,
            },
        }});
        assert_eq!(
            block(json, 2),
            r##"  jobs:
    type: AWS::SQS::Queue
    properties:
      Rules:
        - Id: old
          Days: 30
          Tags:
            - Key: a
              Value: "1"
        - Id: none
          Of: {}
      Names:
        - a
        - "b: c"
        - []
      Script: |
        #!/bin/sh
        echo $${HOME}
      "On": false
"##
        );
    }

    #[test]
    fn an_expression_is_written_as_it_is() {
        let unknown =
            |expression: &str| Value::Unknown(Unknown { expression: expression.to_owned(), waits_for: Vec::new() });
        let entries = [
            ("VpcId".to_owned(), unknown("${vpc.VpcId}")),
            ("SubnetIds".to_owned(), Value::List(vec![unknown(r#"${subnet["us-west-2a"].SubnetId}"#)])),
        ];
        let text = yaml_block(entries.iter().map(|(key, value)| (key, value)), 0);
        assert_eq!(text, "VpcId: ${vpc.VpcId}\nSubnetIds:\n  - ${subnet[\"us-west-2a\"].SubnetId}\n");
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let text = prop_oneof![
            any::<String>(),
            "[-?:,\\[\\]{}#&*!|>'\"%@` \t\n$=~<a0.]{0,8}",
            "(no|yes|on|off|null|~|true|1e3|0x1f|010|1_000|12:30|2012-10-17|=|<<|-|---|\\.\\.\\.)",
            "[ab \n]{0,12}",
        ];
        let scalar = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e9..1e9).prop_map(|number: f64| number.into()),
            text.clone().prop_map(Into::into),
        ];
        scalar.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    /// What a stack file refuses in keys, whatever the value.
    fn is_refused(value: &serde_json::Value) -> bool {
        let blank = |letter: char| ['\u{a0}', '\u{2007}', '\u{200b}', '\u{202f}', '\u{feff}'].contains(&letter);
        match value {
            serde_json::Value::Array(items) => items.iter().any(is_refused),
            serde_json::Value::Object(entries) => entries.iter().any(|(key, value)| {
                let is_function = entries.len() == 1 && (key.starts_with("Fn::") || key == "Ref");
                is_function || key.contains("${") || key.starts_with(blank) || key.ends_with(blank) || is_refused(value)
            }),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn every_value_reads_back_as_it_was(value in value(), indentation in 0_usize..5) {
            prop_assume!(!is_refused(&value));
            let text = block(json!({"it": value}), indentation);
            // What the template does to `$${`.
            let read = serde_json::to_string(&read(&text)["it"]).unwrap().replace("$${", "${");
            prop_assert_eq!(read, serde_json::to_string(&value).unwrap(), "{}", text);
        }
    }
}
