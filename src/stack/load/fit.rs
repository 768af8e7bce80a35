//! Whether values that AWS gives only later can be what properties want.

use super::check::Checker;
use crate::schema::{Kind, Kinds, PropertyPath, ResourceSchema};
use crate::stack::diagnostic::Problems;
use crate::stack::expression::{Expression, Failure};
use crate::stack::template::{Part, Template, TemplateKind};

/// How the names of attributes end that are texts and hold numbers: `Endpoint.Port`.
const NUMBERS: &[&str] = &["Port", "Number", "Count", "Size"];

/// Checks references to attributes by type, where the types of both sides are published.
pub(super) struct Fit<'a> {
    pub checker: &'a Checker<'a>,
    /// The schema of the type whose properties are checked.
    pub schema: &'a ResourceSchema,
}

impl Fit<'_> {
    pub fn check(&self, template: &Template, path: &PropertyPath, problems: &mut Problems) {
        match &template.kind {
            TemplateKind::Map(entries) => {
                let open = entries.iter().filter(|(_, entry)| !entry.template.is_literal());
                open.for_each(|(key, entry)| self.check(&entry.template, &path.key(key), problems));
            }
            TemplateKind::List(items) => {
                let open = items.iter().enumerate().filter(|(_, item)| !item.is_literal());
                open.for_each(|(index, item)| self.check(item, &path.index(index), problems));
            }
            TemplateKind::Dynamic(dynamic) => {
                for part in &dynamic.parts {
                    let Part::Expression { offset, expression } = part else { continue };
                    let failure = match template.is_one_expression() {
                        true => self.misfit(expression, path),
                        false => self.without_text(expression),
                    };
                    if let Some(failure) = failure {
                        problems.push(template.diagnose(&problems.source, *offset, &failure));
                    }
                }
            }
            _ => {}
        }
    }

    /// What is wrong with an attribute as the whole value of a property.
    fn misfit(&self, expression: &Expression, path: &PropertyPath) -> Option<Failure> {
        self.wrong_kind(expression, path).or_else(|| self.wrong_format(expression, path))
    }

    /// An id of another kind of object, a network where an id is wanted: by the formats of both sides.
    fn wrong_format(&self, expression: &Expression, path: &PropertyPath) -> Option<Failure> {
        let (schema, attribute) = self.checker.attribute_of(expression.path()?)?;
        let (given, wanted) = (schema.formats(&attribute), self.schema.formats(path));
        if given.is_empty() || wanted.is_empty() || given.iter().any(|format| wanted.contains(format)) {
            return None;
        }
        let written = written(expression);
        let message = format!("`{path}` must be {}, and `{written}` is {}", wanted.join(" or "), given.join(" or "));
        Some(Failure::new(offset(expression), written.len(), message))
    }

    fn wrong_kind(&self, expression: &Expression, path: &PropertyPath) -> Option<Failure> {
        let (given, wanted) = (self.attribute_kinds(expression)?, self.schema.kinds(path)?);
        if self.schema.is_document(path) || given.may_be(wanted) || is_read_as(written(expression), given, wanted) {
            return None;
        }
        let written = written(expression);
        let message = format!("`{path}` must be {}, and `{written}` is {}", wanted.described(), given.described());
        let failure = Failure::new(offset(expression), written.len(), message);
        let is_item = || self.schema.kinds(&path.index(0)).is_some_and(|item| given.may_be(item));
        let as_list = wanted.contains(Kind::Array) && is_item();
        Some(failure.suggest(as_list.then(|| format!("write it as a list: [\"${{{written}}}\"]"))))
    }

    /// What is wrong with an attribute inside a longer text.
    fn without_text(&self, expression: &Expression) -> Option<Failure> {
        let kinds = self.attribute_kinds(expression)?;
        let has_text = [Kind::String, Kind::Integer, Kind::Number, Kind::Boolean].into_iter();
        let written = written(expression);
        let message = format!("`{written}` is {}, which has no form in the middle of a text", kinds.described());
        (!kinds.is_empty() && !has_text.into_iter().any(|kind| kinds.contains(kind)))
            .then(|| Failure::new(offset(expression), written.len(), message).help("`json(…)` makes text of it"))
    }

    /// The types of the attribute that an expression names, where it does nothing else; none for documents, which come
    /// as maps or as texts.
    fn attribute_kinds(&self, expression: &Expression) -> Option<Kinds> {
        let (schema, path) = self.checker.attribute_of(expression.path()?)?;
        schema.kinds(&path).filter(|_| !schema.is_document(&path))
    }
}

fn written(expression: &Expression) -> &str {
    expression.text.trim()
}

/// True where a scalar is taken for one of another type: a number or a flag for its text, and a text for a number where its
/// name says that it holds one.
fn is_read_as(name: &str, given: Kinds, wanted: Kinds) -> bool {
    let is_number = |kinds: Kinds| kinds.contains(Kind::Integer) || kinds.contains(Kind::Number);
    let has_text = wanted.contains(Kind::String) && (is_number(given) || given.contains(Kind::Boolean));
    has_text || given.contains(Kind::String) && is_number(wanted) && NUMBERS.iter().any(|end| name.ends_with(end))
}

fn offset(expression: &Expression) -> usize {
    expression.text.len() - expression.text.trim_start().len()
}
