use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::stack::document::{Node, NodeKind};

/// The only key of a secret value's map.
pub(super) const SECRET: &str = "secret";
/// What stands there for a value that is never in the file.
const REQUIRED: &str = "required";

/// A value of `config` as the file has it: expressions are text, and secrets are encrypted.
#[derive(Debug, Clone, PartialEq)]
pub enum ConfigValue {
    Plain(Json),
    /// `{ secret: "age:…" }`: the ciphertext's text, unchecked.
    Secret(String),
    /// `{ secret: required }`: given for each run with `--set`.
    Required,
    /// Not empty.
    Map(IndexMap<String, ConfigValue>),
}

impl ConfigValue {
    pub(super) fn of(node: &Node) -> Self {
        let NodeKind::Map(entries) = &node.kind else { return Self::plain(node) };
        if let (1, Some(entry)) = (entries.len(), entries.get(SECRET))
            && let NodeKind::Text(text) = &entry.node.kind
        {
            return if text == REQUIRED { Self::Required } else { Self::Secret(text.clone()) };
        }
        if entries.is_empty() {
            return Self::plain(node);
        }
        Self::Map(entries.iter().map(|(key, entry)| (key.clone(), Self::of(&entry.node))).collect())
    }

    fn plain(node: &Node) -> Self {
        Self::Plain(node.to_value().to_json().unwrap_or_default())
    }

    /// The value of a dotted key, `database.size`.
    pub fn at(&self, key: &str) -> Option<&Self> {
        key.split('.').try_fold(self, |value, part| match value {
            Self::Map(entries) => entries.get(part),
            _ => None,
        })
    }

    /// All values that are not maps, with their paths.
    pub fn leaves(&self) -> Vec<(Vec<&str>, &Self)> {
        let mut leaves = Vec::new();
        self.collect(&mut Vec::new(), &mut leaves);
        leaves
    }

    fn collect<'a>(&'a self, path: &mut Vec<&'a str>, leaves: &mut Vec<(Vec<&'a str>, &'a Self)>) {
        let Self::Map(entries) = self else { return leaves.push((path.clone(), self)) };
        for (key, value) in entries {
            path.push(key);
            value.collect(path, leaves);
            path.pop();
        }
    }

    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_) | Self::Required)
    }
}
