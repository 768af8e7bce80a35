use std::sync::Arc;

use indexmap::IndexMap;

use super::locate::locate;
use crate::stack::diagnostic::{Diagnostic, Source, Span};
use crate::stack::expression::{Expression, Failure};
use crate::value::Numeral;

/// A value as the stack file gives it: JSON with expressions in its texts, each part with its place in the file.
#[derive(Debug)]
pub struct Template {
    pub(in crate::stack) span: Span,
    pub(in crate::stack) kind: TemplateKind,
}

#[derive(Debug)]
pub(in crate::stack) enum TemplateKind {
    Null,
    Bool(bool),
    Number(Numeral),
    Text(String),
    Dynamic(Dynamic),
    List(Vec<Template>),
    Map(IndexMap<String, Member>),
}

/// A text with expressions in it.
#[derive(Debug)]
pub(in crate::stack) struct Dynamic {
    /// The whole text, as YAML gives it.
    pub text: String,
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub(in crate::stack) enum Part {
    Text(String),
    /// An expression, and where it begins in the text.
    Expression {
        offset: usize,
        expression: Arc<Expression>,
    },
    /// An expression that cannot be read, which is reported already.
    Broken,
}

/// A value under its key.
#[derive(Debug)]
pub(in crate::stack) struct Member {
    /// Where the key stands.
    pub key: Span,
    pub template: Template,
}

impl Template {
    pub(in crate::stack) fn empty_map(span: Span) -> Self {
        Self { span, kind: TemplateKind::Map(IndexMap::new()) }
    }

    /// True for a single value that the file gives as it is.
    pub(in crate::stack) fn is_literal(&self) -> bool {
        !matches!(self.kind, TemplateKind::Map(_) | TemplateKind::List(_) | TemplateKind::Dynamic(_))
    }

    /// True for a text that is nothing but one expression, whose value keeps its type.
    pub(in crate::stack) fn is_one_expression(&self) -> bool {
        matches!(&self.kind, TemplateKind::Dynamic(dynamic) if dynamic.parts.len() == 1)
    }

    /// Every expression in it, with the text that holds it and where it begins there.
    pub(in crate::stack) fn expressions<'a>(&'a self, found: &mut Vec<(&'a Template, usize, &'a Arc<Expression>)>) {
        match &self.kind {
            TemplateKind::Dynamic(dynamic) => found.extend(dynamic.parts.iter().filter_map(|part| match part {
                Part::Expression { offset, expression } => Some((self, *offset, expression)),
                Part::Text(_) | Part::Broken => None,
            })),
            TemplateKind::List(items) => items.iter().for_each(|item| item.expressions(found)),
            TemplateKind::Map(entries) => entries.values().for_each(|entry| entry.template.expressions(found)),
            TemplateKind::Null | TemplateKind::Bool(_) | TemplateKind::Number(_) | TemplateKind::Text(_) => {}
        }
    }

    /// True if an expression in it refers to the root: `each`.
    pub(in crate::stack) fn refers_to(&self, root: &str) -> bool {
        let mut expressions = Vec::new();
        self.expressions(&mut expressions);
        expressions.iter().any(|(.., expression)| expression.references.iter().any(|reference| reference.root == root))
    }

    /// True if there is a value at the path; `*` stands for any item or key.
    pub(in crate::stack) fn has(&self, path: &[&str]) -> bool {
        let Some((first, rest)) = path.split_first() else { return !matches!(self.kind, TemplateKind::Null) };
        match &self.kind {
            TemplateKind::Map(entries) if *first == "*" => entries.values().any(|entry| entry.template.has(rest)),
            TemplateKind::Map(entries) => entries.get(*first).is_some_and(|entry| entry.template.has(rest)),
            TemplateKind::List(items) if *first == "*" => items.iter().any(|item| item.has(rest)),
            TemplateKind::List(items) => {
                first.parse::<usize>().ok().and_then(|index| items.get(index)).is_some_and(|item| item.has(rest))
            }
            _ => false,
        }
    }

    /// What is written at a path; an expression that gives all of what is around it.
    pub(in crate::stack) fn at(&self, path: &[impl AsRef<str>]) -> Option<&Template> {
        match (&self.kind, path.split_first()) {
            (TemplateKind::Dynamic(_), _) | (_, None) => Some(self),
            (TemplateKind::Map(entries), Some((first, rest))) => entries.get(first.as_ref())?.template.at(rest),
            (TemplateKind::List(items), Some((first, rest))) => {
                items.get(first.as_ref().parse::<usize>().ok()?)?.at(rest)
            }
            _ => None,
        }
    }

    /// The place of the value at a path, or of its nearest ancestor that is written. Of a map's entry it is the key's,
    /// unless the value is a scalar.
    pub(in crate::stack) fn span_at(&self, path: &[impl AsRef<str>]) -> Option<Span> {
        let (first, rest) = path.split_first()?;
        let first = first.as_ref();
        match &self.kind {
            TemplateKind::Map(entries) => {
                let entry = entries.get(first)?;
                Some(entry.template.span_at(rest).unwrap_or_else(|| entry.own_span()))
            }
            TemplateKind::List(items) => {
                let item = items.get(first.parse::<usize>().ok()?)?;
                Some(item.span_at(rest).unwrap_or(item.span))
            }
            _ => None,
        }
    }

    /// Where the key of a map's entry stands.
    pub(in crate::stack) fn key_span_at(&self, path: &[impl AsRef<str>]) -> Option<Span> {
        let (first, rest) = path.split_first()?;
        match &self.kind {
            TemplateKind::Map(entries) => {
                let entry = entries.get(first.as_ref())?;
                if rest.is_empty() { Some(entry.key) } else { entry.template.key_span_at(rest) }
            }
            TemplateKind::List(items) => items.get(first.as_ref().parse::<usize>().ok()?)?.key_span_at(rest),
            _ => None,
        }
    }

    /// A failure at `offset` of this text, as a diagnostic.
    pub(in crate::stack) fn diagnose(&self, source: &Source, offset: usize, failure: &Failure) -> Diagnostic {
        let text = match &self.kind {
            TemplateKind::Dynamic(dynamic) => dynamic.text.as_str(),
            _ => "",
        };
        let span = locate(source, self.span, text, offset + failure.offset, failure.length);
        source.error(span, &failure.message).suggest(failure.suggestion.clone())
    }
}

impl Member {
    fn own_span(&self) -> Span {
        match self.template.kind {
            TemplateKind::List(_) | TemplateKind::Map(_) | TemplateKind::Null => self.key,
            _ => self.template.span,
        }
    }
}
