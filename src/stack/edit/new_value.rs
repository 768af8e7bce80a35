use std::sync::Arc;

use indexmap::IndexMap;

use super::config_value::SECRET;
use crate::encryption::Ciphertext;
use crate::stack::diagnostic::{Diagnostics, Problems, Source};
use crate::stack::document::parse;
use crate::stack::load::read_value;
use crate::value::Value;

/// A value to be written into a stack file.
#[derive(Debug, Clone)]
pub enum NewValue {
    /// Its YAML, on one line and fit for a flow map too, and what it means.
    Plain {
        yaml: String,
        value: Value,
    },
    Secret(Ciphertext),
}

impl NewValue {
    /// Reads the text as `--set` does: in the place of a text it is the text that was typed, else `5` is a number, `"5"` and
    /// `no` are text, `[a, b]` is a list. It is written as it was given where that means the same in a file, and else as JSON,
    /// which is YAML too.
    ///
    /// # Errors
    /// A text that is not YAML.
    pub fn plain(key: &str, text: &str, replaced: &Value) -> Result<Self, Diagnostics> {
        let value = read_value(key, text, replaced)?;
        let written = if means(text, &value) { text.to_owned() } else { json(&value) };
        Ok(Self::Plain { yaml: written, value })
    }

    pub(super) fn yaml(&self) -> String {
        match self {
            Self::Plain { yaml, .. } => yaml.clone(),
            Self::Secret(ciphertext) => format!("{{ {SECRET}: \"{ciphertext}\" }}"),
        }
    }

    pub(super) fn value(&self) -> Value {
        match self {
            Self::Plain { value, .. } => value.clone(),
            Self::Secret(ciphertext) => {
                Value::Map(IndexMap::from([(SECRET.to_owned(), Value::String(ciphertext.to_string()))]))
            }
        }
    }
}

/// True if the text means the value in a block and in a flow map.
fn means(text: &str, value: &Value) -> bool {
    let reads = |yaml: String| {
        let mut problems = Problems::new(Arc::new(Source::new("", yaml)));
        let node = parse(&mut problems);
        problems.count() == 0 && node.is_some_and(|node| node.to_value().get("key") == Some(value))
    };
    let is_one_line = !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r']);
    // An anchor or a comment would mean nothing by itself, and something beside what follows.
    is_one_line && !text.contains(" #") && !text.starts_with(['&', '!']) && {
        reads(format!("key: {text}\n")) && reads(format!("{{ key: {text}, other: 1 }}\n"))
    }
}

fn json(value: &Value) -> String {
    value.to_json().unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_as_it_was_given_where_that_is_safe() {
        for (given, written) in [
            ("5", "5"),
            ("no", "no"),
            ("\"5\"", "\"5\""),
            ("'a: b'", "'a: b'"),
            ("[a, b]", "[a, b]"),
            ("{max: 4}", "{max: 4}"),
            ("public.ecr.aws/nginx/nginx:1.29", "public.ecr.aws/nginx/nginx:1.29"),
            ("a: b", "\"a: b\""),
            ("a, b", "\"a, b\""),
            ("x # y", "\"x # y\""),
            ("*.example.com", "\"*.example.com\""),
            ("&anchor", "\"&anchor\""),
            ("!tag", "\"!tag\""),
            ("- item", "\"- item\""),
            ("${stack.name}", "\"${stack.name}\""),
            ("", "\"\""),
            (" padded ", "\" padded \""),
            ("two\nlines", "\"two\\nlines\""),
            ("say \"hi\"", "say \"hi\""),
        ] {
            let value =
                NewValue::plain("key", given, &Value::Null).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
            assert_eq!(value.yaml(), written, "{given}");
        }
        assert!(NewValue::plain("key", "[a", &Value::Null).is_err());
    }

    #[test]
    fn a_value_in_the_place_of_a_text_is_the_text_that_was_typed() {
        for (given, written) in [("0787849", "\"0787849\""), ("1e5", "\"1e5\""), ("null", "\"null\""), ("main", "main")]
        {
            let value = NewValue::plain("key", given, &Value::String("latest".to_owned()));
            assert_eq!(value.expect("a value").yaml(), written);
        }
    }
}
