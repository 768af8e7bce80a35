use std::str::FromStr;

use yaml_edit::{Document, Mapping};

use super::NewValue;
use crate::stack::document::{Entry, Node, NodeKind};

/// The header's keys that always have a value on their own line; `config` goes below the last of them.
const ABOVE_CONFIG: [&str; 4] = ["project", "region", "account", "state"];
pub(super) const CONFIG: &str = "config";

/// A stack file's text and tree, to make another text of.
pub(super) struct TextEdit<'a> {
    pub text: &'a str,
    pub document: &'a Node,
}

impl TextEdit<'_> {
    /// The text with a value of `config` set; `None` where the file has a form that cannot be edited.
    pub fn set(&self, path: &[&str], value: &NewValue) -> Option<String> {
        let (first, below) = path.split_first()?;
        let line = format!("  {first}: {}", wrapped(below, value));
        match self.entry(CONFIG) {
            None if !self.is_flow() => {
                let above =
                    ABOVE_CONFIG.iter().filter_map(|key| self.entry(key)).map(|entry| entry.node.span.end).max();
                Some(self.insert_below(above? as usize, &["config:", &line]))
            }
            Some(entry) if self.is_bare(entry) => Some(self.insert_below(entry.key.end as usize, &[&line])),
            _ => self.edited(|root| set_in(root, path, value)),
        }
    }

    /// The text without a value of `config`.
    pub fn remove(&self, path: &[&str]) -> Option<String> {
        let (last, above) = path.split_last()?;
        self.edited(|root| {
            let config = root.get_mapping(CONFIG)?;
            let holder = above.iter().try_fold(config, |map, part| map.get_mapping(*part))?;
            holder.remove(*last).map(|_| ())
        })
    }

    /// The text after a change of its syntax tree.
    fn edited(&self, change: impl FnOnce(&Mapping) -> Option<()>) -> Option<String> {
        let document = Document::from_str(self.text).ok()?;
        if document.to_string() != self.text {
            return None;
        }
        change(&document.as_mapping()?)?;
        Some(document.to_string())
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.document.kind {
            NodeKind::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    fn is_flow(&self) -> bool {
        self.text.get(self.document.span.range()).is_some_and(|text| text.starts_with('{'))
    }

    /// True for a key with nothing behind it but a comment.
    fn is_bare(&self, entry: &Entry) -> bool {
        let rest = self.text.get(entry.key.end as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let behind = rest.trim_start().strip_prefix(':').map(str::trim_start);
        let is_null = matches!(entry.node.kind, NodeKind::Null);
        !self.is_flow() && is_null && behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('#'))
    }

    /// New lines below the line that has the offset, with the file's line ends.
    fn insert_below(&self, offset: usize, lines: &[&str]) -> String {
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let (above, below) = match self.text.get(offset..).and_then(|rest| rest.find('\n')) {
            Some(length) => self.text.split_at(offset + length + 1),
            None => (self.text, ""),
        };
        let lines = lines.join(end);
        if above.ends_with('\n') { format!("{above}{lines}{end}{below}") } else { format!("{above}{end}{lines}") }
    }
}

/// Sets the value in the deepest map of its path that exists.
fn set_in(root: &Mapping, path: &[&str], value: &NewValue) -> Option<()> {
    let (mut holder, mut key, mut below) = (root.clone(), CONFIG, path);
    while let (Some(inner), Some((next, rest))) = (holder.get_mapping(key), below.split_first()) {
        (holder, key, below) = (inner, next, rest);
    }
    let parsed = Document::from_str(&format!("value: {}\n", wrapped(below, value))).ok()?;
    holder.set(key, parsed.as_mapping()?.get("value")?);
    Some(())
}

/// The value's YAML as a flow map of the keys that are above it.
fn wrapped(keys: &[&str], value: &NewValue) -> String {
    keys.iter().rev().fold(value.yaml(), |yaml, key| format!("{{ {key}: {yaml} }}"))
}
