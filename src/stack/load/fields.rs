use indexmap::IndexMap;

use super::names::Complaint;
use crate::stack::diagnostic::{Problems, Span, nearest};
use crate::stack::document::{Entry, Node, NodeKind};
use crate::stack::foreign_words::{self, ForeignWords};

/// The entries of a map whose keys are known beforehand, taken out one by one.
pub(super) struct Fields {
    entries: IndexMap<String, Entry>,
    /// Keys that are written, rightly or nearly so.
    meant: Vec<String>,
}

impl Fields {
    /// The node's entries without those that nobody knows, which are errors. `what` is what the map is: "a resource", and
    /// `foreign` what other tools call its keys.
    pub fn read(node: Node, what: &str, known: &[&str], foreign: &ForeignWords, problems: &mut Problems) -> Self {
        let mut entries = map(node, what, problems);
        let mut meant: Vec<String> = entries.keys().cloned().collect();
        entries.retain(|key, entry| {
            let is_known = known.contains(&key.as_str());
            if !is_known {
                let near = nearest(key, known.iter().copied());
                meant.extend(near.map(str::to_owned));
                let suggestion = foreign_words::find(foreign, key)
                    .map(str::to_owned)
                    .or_else(|| near.map(|near| format!("did you mean `{near}`?")))
                    .or_else(|| Some(format!("{what} takes {}", known.join(", "))));
                problems.error_with(entry.key, format!("unknown key `{key}`"), suggestion);
            }
            is_known
        });
        Self { entries, meant }
    }

    /// True if a key was written, or one was that is meant to be it.
    pub fn is_meant(&self, key: &str) -> bool {
        self.meant.iter().any(|meant| meant == key)
    }

    pub fn take(&mut self, key: &str) -> Option<Entry> {
        self.entries.shift_remove(key)
    }

    /// A field that is text.
    pub fn text(&mut self, key: &str, problems: &mut Problems) -> Option<(String, Span)> {
        let Entry { key: at, node } = self.take(key)?;
        match node.kind {
            NodeKind::Text(text) => Some((text, node.span)),
            NodeKind::Broken => None,
            NodeKind::Null => {
                problems.error(at, format!("`{key}` has no value"));
                None
            }
            _ => {
                let written = problems.source.slice(node.span).to_owned();
                let is_scalar = matches!(node.kind, NodeKind::Number(_) | NodeKind::Bool(_));
                let suggestion = is_scalar.then(|| format!("quote it: \"{written}\""));
                problems.error_with(
                    node.span,
                    format!("`{key}` must be a text, and this is {}", node.describe()),
                    suggestion,
                );
                None
            }
        }
    }

    /// A field that is text of a certain form.
    pub fn checked_text(
        &mut self,
        key: &str,
        check: impl Fn(&str) -> Result<(), Complaint>,
        problems: &mut Problems,
    ) -> Option<String> {
        let (text, span) = self.text(key, problems)?;
        match check(&text) {
            Ok(()) => Some(text),
            Err((message, suggestion)) => {
                problems.error_with(span, message, suggestion);
                None
            }
        }
    }

    pub fn flag(&mut self, key: &str, problems: &mut Problems) -> Option<bool> {
        let node = self.take(key)?.node;
        match node.kind {
            NodeKind::Bool(flag) => Some(flag),
            NodeKind::Broken => None,
            _ => {
                let suggestion = meant_flag(&node.kind).map(|flag| format!("write `{flag}`"));
                let message = format!("`{key}` must be true or false, and this is {}", node.describe());
                problems.error_with(node.span, message, suggestion);
                None
            }
        }
    }

    /// The entries of a field that is a map of any keys; none where it is not written or has nothing in it.
    pub fn map(&mut self, key: &str, problems: &mut Problems) -> IndexMap<String, Entry> {
        match self.take(key) {
            None => IndexMap::new(),
            Some(Entry { node: Node { kind: NodeKind::Null, .. }, .. }) => IndexMap::new(),
            Some(Entry { node, .. }) => map(node, &format!("`{key}`"), problems),
        }
    }
}

/// What a word that other versions of YAML take for a flag stands for.
fn meant_flag(kind: &NodeKind) -> Option<bool> {
    let NodeKind::Text(text) = kind else { return None };
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some(true),
        "false" | "no" | "off" | "n" => Some(false),
        _ => None,
    }
}

fn map(node: Node, what: &str, problems: &mut Problems) -> IndexMap<String, Entry> {
    let found = node.describe();
    match node.kind {
        NodeKind::Map(entries) => entries,
        NodeKind::Broken => IndexMap::new(),
        _ => {
            problems.error(node.span, format!("{what} must be a map, and this is {found}"));
            IndexMap::new()
        }
    }
}
