use indexmap::IndexMap;

use super::super::diagnostic::Span;
use crate::value::{Numeral, Unknown, Value};

/// A YAML value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Null,
    Bool(bool),
    Number(Numeral),
    Text(String),
    List(Vec<Node>),
    Map(IndexMap<String, Entry>),
    /// What has no meaning, and was told: no more is said of it.
    Broken,
}

/// A value under its key.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Where the key stands.
    pub key: Span,
    pub node: Node,
}

impl Node {
    /// What it is, for messages: "a list".
    pub fn describe(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Bool(_) => "true or false",
            NodeKind::Number(_) => "a number",
            NodeKind::Text(_) => "a text",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
            NodeKind::Broken => "a mistake",
        }
    }

    /// How many nodes it is made of, itself included.
    pub fn size(&self) -> usize {
        match &self.kind {
            NodeKind::List(items) => 1 + items.iter().map(Node::size).sum::<usize>(),
            NodeKind::Map(entries) => 1 + entries.values().map(|entry| entry.node.size()).sum::<usize>(),
            _ => 1,
        }
    }

    /// How many lists and maps stand inside each other in it, itself included.
    pub fn height(&self) -> usize {
        match &self.kind {
            NodeKind::List(items) => 1 + items.iter().map(Self::height).max().unwrap_or_default(),
            NodeKind::Map(entries) => 1 + entries.values().map(|entry| entry.node.height()).max().unwrap_or_default(),
            _ => 0,
        }
    }

    /// The value, as it is written: expressions stay text.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Broken => Value::Unknown(Unknown { expression: String::new(), waits_for: Vec::new() }),
            NodeKind::Bool(flag) => Value::Bool(*flag),
            NodeKind::Number(number) => Value::Number(number.clone()),
            NodeKind::Text(text) => Value::String(text.clone()),
            NodeKind::List(items) => Value::List(items.iter().map(Node::to_value).collect()),
            NodeKind::Map(entries) => {
                Value::Map(entries.iter().map(|(key, entry)| (key.clone(), entry.node.to_value())).collect())
            }
        }
    }
}
