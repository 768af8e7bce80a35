use std::sync::Arc;

use super::locate::locate;
use super::{Template, TemplateKind};
use crate::stack::diagnostic::{Problems, Source, Span};
use crate::stack::document::{Node, NodeKind, parse};

impl Template {
    /// The place of what is at a path inside a text that is a document itself, a policy as JSON: of the key where the name is
    /// meant, else of the value. `None` where nothing on the way is such a text.
    pub(in crate::stack) fn span_inside_text(&self, source: &Source, path: &[String], is_name: bool) -> Option<Span> {
        let (first, rest) = path.split_first()?;
        match &self.kind {
            TemplateKind::Map(entries) => entries.get(first)?.template.span_inside_text(source, rest, is_name),
            TemplateKind::List(items) => {
                items.get(first.parse::<usize>().ok()?)?.span_inside_text(source, rest, is_name)
            }
            TemplateKind::Text(text) => {
                // JSON is YAML, of which the places are known.
                let mut problems = Problems::new(Arc::new(Source::new("", text.as_str())));
                let inside = span_in(&parse(&mut problems)?, path, is_name)?;
                let range = inside.range();
                Some(locate(source, self.span, text, range.start, range.len()))
            }
            _ => None,
        }
    }
}

/// The nearest to a path that is written.
fn span_in(node: &Node, path: &[String], is_name: bool) -> Option<Span> {
    let (first, rest) = path.split_first()?;
    match &node.kind {
        NodeKind::Map(entries) => {
            let entry = entries.get(first)?;
            let is_scalar = !matches!(entry.node.kind, NodeKind::Map(_) | NodeKind::List(_));
            let own = if is_scalar && !(is_name && rest.is_empty()) { entry.node.span } else { entry.key };
            span_in(&entry.node, rest, is_name).or(Some(own))
        }
        NodeKind::List(items) => {
            let item = items.get(first.parse::<usize>().ok()?)?;
            span_in(item, rest, is_name).or(Some(item.span))
        }
        _ => None,
    }
}
