use cel::common::ast::SourceInfo;
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::parser::PrattParser;
use cel::{Context, IdedExpr};
use indexmap::IndexSet;

use super::functions::context;
use super::subject::Scope;
use super::unconditional::unconditional;
use crate::expression::{Access, Collector, Reference, ReferenceSegment};
use crate::value::Value;

/// An expression of a condition, with what it reads.
#[derive(Debug)]
pub(super) struct Program {
    expression: IdedExpr,
    references: Vec<Reference>,
    /// What they begin with, each once.
    roots: IndexSet<String>,
    /// What it reads in any case: without one of these it says nothing.
    needed: Vec<Reference>,
}

impl Program {
    /// `is_guard` for an expression of which only `true` matters.
    ///
    /// # Errors
    /// What is wrong with it, in the parser's words.
    pub fn compile(text: &str, is_guard: bool) -> Result<Self, String> {
        let parser = PrattParser::new().enable_optional_syntax(true);
        let expression = parser.parse(text).map_err(|errors| format!("{text}: {errors}"))?;
        let source = SourceInfo::default();
        let mut collector = Collector::following(&source);
        collector.visit(&expression);
        let references = collector.touched.references;
        let needed = unconditional(&expression, is_guard);
        let roots = references.iter().map(|reference| reference.root.clone()).collect();
        Ok(Self { expression, references, roots, needed })
    }

    /// True if it comes to this. It comes to nothing where it reads what is not written or not known yet.
    pub fn is(&self, wanted: bool, scope: &Scope<'_>) -> bool {
        matches!(self.value(scope), Some(cel::Value::Bool(flag)) if flag == wanted)
    }

    /// What it comes to; `None` where it reads what is not written or not known yet.
    pub fn value<'p>(&'p self, scope: &'p Scope<'_>) -> Option<cel::Value> {
        let is_there = |reference: &Reference| scope.value(&reference.root).is_some_and(|value| has(value, reference));
        if !self.needed.iter().all(is_there) || self.references.iter().any(|reference| waits(scope, reference)) {
            return None;
        }
        let readable = |root: &'p String| Some((root.as_str(), scope.readable(root)?));
        let names = Names(self.roots.iter().map(readable).collect::<Option<_>>()?);
        let around: &Context<'_, '_> = context();
        let mut context = around.new_inner_scope();
        context.set_variable_resolver(&names);
        cel::Value::resolve(&self.expression, &context).ok()
    }
}

/// What the names of an expression stand for, borrowed: a context of CEL would take a copy of each value.
struct Names<'a>(Vec<(&'a str, &'a dyn Val)>);

impl VariableResolver for Names<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        self.0.iter().find(|(name, _)| *name == variable).map(|(_, value)| CowVal::Borrowed(*value))
    }
}

fn has(value: &Value, reference: &Reference) -> bool {
    let mut value = value;
    for segment in &reference.segments {
        let next = match (value, segment) {
            (Value::Map(entries), ReferenceSegment::Key(key)) => entries.get(key),
            (Value::List(items), ReferenceSegment::Index(index)) => items.get(*index),
            _ => return true,
        };
        match next {
            Some(next) if *next != Value::Null => value = next,
            _ => return false,
        }
    }
    true
}

/// True if something that is read there is not known yet.
fn waits(scope: &Scope<'_>, reference: &Reference) -> bool {
    scope.value(&reference.root).is_some_and(|value| is_unknown(value, &reference.segments, reference.access))
}

fn is_unknown(value: &Value, segments: &[ReferenceSegment], access: Access) -> bool {
    let Some((segment, rest)) = segments.split_first() else {
        return match (access, value) {
            // That something is written is known before its value is.
            (Access::Test, _) => false,
            (Access::Keys, Value::List(items)) => items.iter().any(|item| matches!(item, Value::Unknown(_))),
            (Access::Keys | Access::Size, value) => matches!(value, Value::Unknown(_)),
            (Access::Value, value) => !value.is_known(),
        };
    };
    let within = |value: &Value| is_unknown(value, rest, access);
    match (value, segment) {
        (Value::Unknown(_), _) => true,
        (Value::Map(entries), ReferenceSegment::Key(key)) => entries.get(key).is_some_and(within),
        (Value::Map(entries), _) => entries.values().any(within),
        (Value::List(items), ReferenceSegment::Index(index)) => items.get(*index).is_some_and(within),
        (Value::List(items), _) => items.iter().any(within),
        _ => false,
    }
}
