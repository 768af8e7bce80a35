use std::sync::Arc;

use crate::stack::diagnostic::{Diagnostic, Problems, Source, Span};
use crate::stack::document::{NodeKind, parse, resolve_plain};
use crate::value::Value;

/// One `--set key=value`.
#[derive(Debug)]
pub(super) struct Override {
    /// Dotted: `database.size`.
    pub key: String,
    /// As it was given.
    pub text: String,
    source: Arc<Source>,
}

impl Override {
    pub fn new(key: &str, text: &str) -> Self {
        let source = Arc::new(Source::new("--set", format!("{key}=…")));
        Self { key: key.to_owned(), text: text.to_owned(), source }
    }

    /// The value, of the type of what it replaces: in the place of a text it is the text that was typed. Else it is what YAML
    /// reads: `5` is a number, `no` is a text, `[a, b]` is a list, and nothing is an empty text.
    pub fn value(&self, replaced: &Value, problems: &mut Problems) -> Value {
        let Self { key, text, .. } = self;
        let mut found = Problems::new(Arc::new(Source::new(format!("--set {key}"), text)));
        let value = if text.is_empty() {
            Value::String(String::new())
        } else if text.starts_with(['"', '\'', '[', '{']) {
            parse(&mut found).map_or(Value::Null, |node| node.to_value())
        } else if matches!(replaced, Value::String(_)) {
            Value::String(text.clone())
        } else {
            resolve_plain(text).map(scalar).unwrap_or_else(|message| {
                found.error(Span::new(0, text.len()), message);
                Value::Null
            })
        };
        if found.count() > 0 {
            found.into_diagnostics().0.into_iter().for_each(|diagnostic| problems.push(diagnostic));
        }
        value
    }

    /// Key and value as they were given.
    pub fn written(&self) -> (String, String) {
        (self.key.clone(), self.text.clone())
    }

    /// What is wrong with its key.
    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        self.source.error(Span::new(0, self.key.len()), message)
    }
}

fn scalar(kind: NodeKind) -> Value {
    match kind {
        NodeKind::Bool(flag) => Value::Bool(flag),
        NodeKind::Number(number) => Value::Number(number),
        NodeKind::Text(text) => Value::String(text),
        NodeKind::Null | NodeKind::Broken | NodeKind::List(_) | NodeKind::Map(_) => Value::Null,
    }
}
