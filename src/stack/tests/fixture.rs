use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use serde_json::json;

use crate::address::Address;
use crate::stack::{Diagnostics, LoadOptions, NothingKnown, Scope, Stack};
use crate::value::{Unknown, Value};

/// A folder of stack files that lives as long as a test.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a written file");
        }
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn load(&self, name: &str, set: &[(&str, &str)]) -> Result<Stack, Diagnostics> {
        let set: Vec<_> = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Stack::load(self.path(), name, &LoadOptions { overrides: &set, ..LoadOptions::default() })
    }

    /// What is wrong with a stack, with the folder called `stacks`.
    pub fn errors(&self, name: &str, set: &[(&str, &str)]) -> String {
        let diagnostics = self.load(name, set).err().expect("the stack has errors");
        self.shown(&diagnostics)
    }

    pub fn shown(&self, diagnostics: &Diagnostics) -> String {
        diagnostics.to_string().replace(&self.path().display().to_string(), "stacks")
    }
}

const HEAD: &str = "project: shop\nregion: us-west-2\n";

fn dev(text: &str) -> Folder {
    Folder::new(&[("dev.yaml", &format!("{HEAD}{text}"))])
}

/// The stack `dev` of a file that begins with project and region.
pub(super) fn stack(text: &str) -> Stack {
    let folder = dev(text);
    folder.load("dev", &[]).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

pub(super) fn errors(text: &str) -> String {
    dev(text).errors("dev", &[])
}

/// What an expression in an output comes to, given a config and no resources.
pub(super) fn output(config: &str, expression: &str) -> serde_json::Value {
    let text = format!("config: {config}\noutputs:\n  it: {}\n", serde_json::Value::from(expression));
    let outputs = stack(&text).known_outputs(&NothingKnown);
    outputs.unwrap_or_else(|diagnostics| panic!("{diagnostics}")).remove("it").expect("a known output")
}

/// What is wrong with an expression in an output.
pub(super) fn output_errors(config: &str, expression: &str) -> String {
    errors(&format!("config: {config}\noutputs:\n  it: {}\n", serde_json::Value::from(expression)))
}

/// Attributes of resources; those that are not given are unknown.
#[derive(Default)]
pub(super) struct Known(HashMap<Address, Value>);

impl Known {
    /// `"?"` stands for a value that is not known.
    pub fn with(mut self, address: &str, attributes: serde_json::Value) -> Self {
        self.0.insert(Address::from(address), unknown_marks(Value::from(attributes)));
        self
    }
}

fn unknown_marks(value: Value) -> Value {
    match value {
        Value::String(text) if text == "?" => {
            Value::Unknown(Unknown { expression: "?".to_owned(), waits_for: Vec::new() })
        }
        Value::List(items) => Value::List(items.into_iter().map(unknown_marks).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, unknown_marks(value))).collect())
        }
        other => other,
    }
}

impl Scope for Known {
    fn attributes<'a>(&'a self, address: &Address) -> Cow<'a, Value> {
        match self.0.get(address) {
            Some(attributes) => Cow::Borrowed(attributes),
            None => Cow::Owned(NothingKnown.attributes(address).into_owned()),
        }
    }
}

/// A resource's properties; an unknown value shows as `{"?": its expression, "for": what it waits for}`.
pub(super) fn properties(stack: &Stack, address: &str, scope: &dyn Scope) -> serde_json::Value {
    let properties = stack.evaluate(&Address::from(address), scope);
    shown(&properties.unwrap_or_else(|diagnostics| panic!("{diagnostics}")))
}

pub(super) fn shown(value: &Value) -> serde_json::Value {
    match value {
        Value::Unknown(unknown) => json!({"?": unknown.expression, "for": unknown.waits_for}),
        Value::List(items) => items.iter().map(shown).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), shown(value))).collect(),
        other => other.to_json().unwrap_or_default(),
    }
}
