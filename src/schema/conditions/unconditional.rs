use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, operators};

use crate::expression::{Access, Reference, ReferenceSegment};

/// What an expression reads whatever it comes to. Most conditions are about properties that are not written, and this
/// tells so without evaluating them. In a guard a `false` is as good as an error, so that both sides of `&&` count.
pub(super) fn unconditional(expression: &IdedExpr, is_guard: bool) -> Vec<Reference> {
    let mut found = Vec::new();
    visit(expression, is_guard, &mut found);
    found
}

fn visit(expression: &IdedExpr, is_guard: bool, found: &mut Vec<Reference>) {
    if let Some(reference) = path(expression) {
        found.push(reference);
        return;
    }
    match &expression.expr {
        Expr::Call(call) => visit_call(call, is_guard, found),
        Expr::Comprehension(comprehension) => visit(&comprehension.iter_range, false, found),
        Expr::Select(select) if !select.test => visit(&select.operand, false, found),
        _ => {}
    }
}

fn visit_call(call: &CallExpr, is_guard: bool, found: &mut Vec<Reference>) {
    match call.func_name.as_str() {
        operators::LOGICAL_AND if is_guard => call.args.iter().for_each(|side| visit(side, true, found)),
        operators::LOGICAL_AND | operators::LOGICAL_OR | operators::OPT_INDEX | operators::OPT_SELECT => {}
        operators::CONDITIONAL => call.args.iter().take(1).for_each(|test| visit(test, false, found)),
        _ => call.target.as_deref().into_iter().chain(&call.args).for_each(|part| visit(part, false, found)),
    }
}

/// `self.A.B`.
fn path(expression: &IdedExpr) -> Option<Reference> {
    let mut segments = Vec::new();
    let mut at = expression;
    loop {
        at = match &at.expr {
            Expr::Select(select) if !select.test => {
                segments.push(ReferenceSegment::Key(select.field.clone()));
                &select.operand
            }
            Expr::Ident(root) if !segments.is_empty() => {
                segments.reverse();
                return Some(Reference { root: root.clone(), segments, access: Access::Value, offset: 0 });
            }
            _ => return None,
        };
    }
}
