use std::sync::Arc;

use cel::Env;

use super::{Dynamic, Member, Part, Template, TemplateKind};
use crate::stack::diagnostic::Problems;
use crate::stack::document::{Node, NodeKind};
use crate::stack::dynamic_reference::dynamic_reference;
use crate::stack::expression::{Compiler, Failure, Piece, split};

/// Compiles nodes to templates.
pub(in crate::stack) struct TemplateCompiler {
    expressions: Compiler,
}

impl TemplateCompiler {
    pub fn new(environment: Arc<Env>) -> Self {
        Self { expressions: Compiler::new(environment) }
    }

    /// The node's template. What is wrong with its expressions goes to `problems`.
    pub fn template(&mut self, node: Node, problems: &mut Problems) -> Template {
        if let NodeKind::Text(text) = &node.kind
            && let Some(failure) = dynamic_reference(text)
        {
            let whole = Dynamic { text: text.clone(), parts: Vec::new() };
            let template = Template { span: node.span, kind: TemplateKind::Dynamic(whole) };
            problems.push(template.diagnose(&problems.source, 0, &failure));
        }
        let kind = match node.kind {
            NodeKind::Null => TemplateKind::Null,
            NodeKind::Broken => TemplateKind::Dynamic(Dynamic { text: String::new(), parts: vec![Part::Broken] }),
            NodeKind::Bool(flag) => TemplateKind::Bool(flag),
            NodeKind::Number(number) => TemplateKind::Number(number),
            NodeKind::Text(text) if text.contains("${") => return self.dynamic(node.span, text, problems),
            NodeKind::Text(text) => TemplateKind::Text(text),
            NodeKind::List(items) => {
                TemplateKind::List(items.into_iter().map(|item| self.template(item, problems)).collect())
            }
            NodeKind::Map(entries) => {
                let entries = entries.into_iter().map(|(key, entry)| {
                    let template = self.template(entry.node, problems);
                    (key, Member { key: entry.key, template })
                });
                TemplateKind::Map(entries.collect())
            }
        };
        Template { span: node.span, kind }
    }

    fn dynamic(&mut self, span: crate::stack::diagnostic::Span, text: String, problems: &mut Problems) -> Template {
        let mut failures = Vec::new();
        let parts = self.parts(&text, &mut failures);
        let kind = match parts.as_slice() {
            [Part::Text(literal)] => TemplateKind::Text(literal.clone()),
            _ => TemplateKind::Dynamic(Dynamic { text: text.clone(), parts }),
        };
        let template = Template { span, kind };
        // A text with errors may have no expression left; it is diagnosed as the text it is.
        let whole = Template { span, kind: TemplateKind::Dynamic(Dynamic { text, parts: Vec::new() }) };
        for failure in failures {
            let diagnostic = whole.diagnose(&problems.source, 0, &failure);
            problems.push(diagnostic);
        }
        template
    }

    fn parts(&mut self, text: &str, failures: &mut Vec<Failure>) -> Vec<Part> {
        let pieces = split(text).unwrap_or_else(|failure| {
            failures.push(failure);
            Vec::new()
        });
        if pieces.is_empty() {
            return vec![Part::Broken];
        }
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Text(literal) => parts.push(Part::Text(literal)),
                Piece::Expression { start, end } => match self.expressions.compile(&text[start..end]) {
                    Ok(expression) => parts.push(Part::Expression { offset: start, expression }),
                    Err(mut failure) => {
                        failure.offset += start;
                        failures.push(failure);
                        parts.push(Part::Broken);
                    }
                },
            }
        }
        parts
    }
}
