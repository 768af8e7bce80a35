use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, SelectExpr, SourceInfo, operators};

use super::{Access, Call, Reference, ReferenceSegment, is_namespace};

/// What a CEL expression touches, read off its syntax tree.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub references: Vec<Reference>,
    pub calls: Vec<Call>,
    /// The literal paths given to `file`, and the offset of each.
    pub files: Vec<(String, usize)>,
}

/// Collects references; knows which variables a comprehension binds, because those are no references.
pub(crate) struct Collector<'a> {
    source: &'a SourceInfo,
    bound: Vec<Bound<'a>>,
    is_following: bool,
    pub touched: Touched,
}

/// A variable of a comprehension, and what it runs over where that is a way into a root.
struct Bound<'a> {
    name: &'a str,
    range: Option<Reference>,
}

impl<'a> Collector<'a> {
    pub fn new(source: &'a SourceInfo) -> Self {
        Self { source, bound: Vec::new(), is_following: false, touched: Touched::default() }
    }

    /// One that also tells what is read of the items of lists: `self.Rules.all(r, r.Id > 1)` reads `self.Rules[*].Id`, and of
    /// `self.Rules` itself only how many there are. `document(self.Policy).Id` reads `self.Policy.Id`, `in` the
    /// keys, and `size` how many there are.
    pub fn following(source: &'a SourceInfo) -> Self {
        Self { is_following: true, ..Self::new(source) }
    }

    pub fn visit(&mut self, expression: &'a IdedExpr) {
        if self.path(expression, Access::Value) {
            return;
        }
        match &expression.expr {
            Expr::Call(call) => self.call(expression, call),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Select(select) => self.select(select),
            Expr::List(list) => list.elements.iter().for_each(|element| self.visit(element)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(structure) => structure.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
        }
    }

    fn entry(&mut self, entry: &'a EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.visit(&field.value),
            EntryExpr::MapEntry(entry) => {
                self.visit(&entry.key);
                self.visit(&entry.value);
            }
        }
    }

    /// `has(a.b)` asks for `b`; any other selection here is one on something computed.
    fn select(&mut self, select: &'a SelectExpr) {
        if !select.test {
            self.visit(&select.operand);
        } else if self.path(&select.operand, Access::Test) {
            if let Some(reference) = self.touched.references.last_mut() {
                reference.segments.push(ReferenceSegment::Key(select.field.clone()));
            }
        } else {
            self.visit(&select.operand);
        }
    }

    fn call(&mut self, expression: &'a IdedExpr, call: &'a CallExpr) {
        let offset = self.offset(expression.id).saturating_sub(call.func_name.len());
        let (name, arguments, on_value) = (call.func_name.clone(), call.args.len(), call.target.is_some());
        self.touched.calls.push(Call { name, offset, arguments, on_value });
        if call.func_name == "file" {
            self.file(call);
        }
        if self.is_following
            && let ("size", Some(measured)) = (call.func_name.as_str(), call.target.as_deref().or(call.args.first()))
            && self.path(measured, Access::Size)
        {
            return;
        }
        match &call.target {
            Some(target) if matches!(&target.expr, Expr::Ident(name) if is_namespace(name)) => {}
            Some(target) => self.visit(target),
            None => {}
        }
        match call.args.as_slice() {
            [key, within] if self.is_following && call.func_name == operators::IN => {
                self.visit(key);
                if !self.path(within, Access::Keys) {
                    self.visit(within);
                }
            }
            arguments => arguments.iter().for_each(|argument| self.visit(argument)),
        }
    }

    fn file(&mut self, call: &CallExpr) {
        let argument = call.target.as_deref().or(call.args.first());
        if let Some(IdedExpr { id, expr: Expr::Literal(LiteralValue::String(path)) }) = argument {
            self.touched.files.push((path.inner().to_owned(), self.offset(*id)));
        }
    }

    fn comprehension(&mut self, comprehension: &'a ComprehensionExpr) {
        let range = self.range(&comprehension.iter_range);
        if !self.path(&comprehension.iter_range, Access::Keys) {
            self.visit(&comprehension.iter_range);
        }
        self.visit(&comprehension.accu_init);
        let outer = self.bound.len();
        let item = range.filter(|_| self.is_following).map(|mut range| {
            range.segments.push(ReferenceSegment::Any);
            range
        });
        let second = comprehension.iter_var2.as_deref().map(|name| Bound { name, range: item.clone() });
        self.bound.push(Bound { name: &comprehension.iter_var, range: item });
        self.bound.push(Bound { name: &comprehension.accu_var, range: None });
        self.bound.extend(second);
        self.visit(&comprehension.loop_cond);
        self.visit(&comprehension.loop_step);
        self.visit(&comprehension.result);
        self.bound.truncate(outer);
    }

    /// The way into a root that a comprehension runs over, also by way of another comprehension's variable.
    fn range(&self, expression: &'a IdedExpr) -> Option<Reference> {
        let mut reference = self.unroll(expression, Access::Keys, &mut Vec::new())?;
        reference.segments.reverse();
        match self.bound(&reference.root) {
            Some(bound) => bound.range.as_ref().map(|range| range.then(&reference)),
            None => Some(reference),
        }
    }

    fn bound(&self, name: &str) -> Option<&Bound<'a>> {
        self.bound.iter().rev().find(|bound| bound.name == name)
    }

    /// Records `expression` if it is a way into a root. True if it was one, or one into a bound variable.
    fn path(&mut self, expression: &'a IdedExpr, access: Access) -> bool {
        let mut indexes = Vec::new();
        let Some(mut reference) = self.unroll(expression, access, &mut indexes) else { return false };
        reference.segments.reverse();
        let is_bound = self.bound(&reference.root).is_some() || reference.root.starts_with(['@', '#']);
        let of_item = self.bound(&reference.root).and_then(|bound| Some(bound.range.as_ref()?.then(&reference)));
        // The indexes go first: a caller that refines this reference looks at the last one.
        indexes.into_iter().for_each(|index| self.visit(index));
        match of_item {
            Some(of_item) => self.touched.references.push(of_item),
            None if !is_bound => self.touched.references.push(reference),
            None => return access != Access::Test,
        }
        true
    }

    /// The reference with its segments from the end to the root.
    fn unroll(&self, expression: &'a IdedExpr, access: Access, indexes: &mut Vec<&'a IdedExpr>) -> Option<Reference> {
        let mut at = expression;
        let mut segments = Vec::new();
        let mut access = access;
        loop {
            at = match &at.expr {
                Expr::Ident(root) => {
                    let offset = self.offset(at.id);
                    return Some(Reference { root: root.clone(), segments, access, offset });
                }
                Expr::Select(select) if !select.test => {
                    segments.push(ReferenceSegment::Key(select.field.clone()));
                    &select.operand
                }
                Expr::Call(call) if self.is_following && call.func_name == "document" => call.args.first()?,
                Expr::Call(call) => {
                    let (operand, index) = indexed(call)?;
                    // Who follows items reads what is there, too: an optional value is a value.
                    if call.func_name != operators::INDEX && !self.is_following {
                        access = Access::Test;
                    }
                    segments.push(self.segment(index, indexes));
                    operand
                }
                _ => return None,
            };
        }
    }

    fn segment(&self, index: &'a IdedExpr, indexes: &mut Vec<&'a IdedExpr>) -> ReferenceSegment {
        match &index.expr {
            Expr::Literal(LiteralValue::String(key)) => return ReferenceSegment::Key(key.inner().to_owned()),
            Expr::Literal(LiteralValue::Int(index)) => {
                return usize::try_from(*index.inner()).map_or(ReferenceSegment::Any, ReferenceSegment::Index);
            }
            _ => indexes.push(index),
        }
        match self.own_member(index) {
            Some("key") => ReferenceSegment::EachKey,
            Some("value") => ReferenceSegment::EachValue,
            _ => ReferenceSegment::Any,
        }
    }

    /// The field of `each` that an index is, if it is one and no variable hides `each`.
    fn own_member(&self, index: &'a IdedExpr) -> Option<&'a str> {
        let Expr::Select(select) = &index.expr else { return None };
        let is_each = matches!(&select.operand.expr, Expr::Ident(name) if name == "each");
        (is_each && !select.test && self.bound("each").is_none()).then_some(select.field.as_str())
    }

    fn offset(&self, id: u64) -> usize {
        self.source.offset_for(id).map_or(0, |(start, _)| start as usize)
    }
}

/// The operand and index of an indexing operation.
fn indexed(call: &CallExpr) -> Option<(&IdedExpr, &IdedExpr)> {
    let is_index = [operators::INDEX, operators::OPT_INDEX, operators::OPT_SELECT].contains(&call.func_name.as_str());
    match call.args.as_slice() {
        [operand, index] if is_index => Some((operand, index)),
        _ => None,
    }
}
