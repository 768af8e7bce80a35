use cel::IdedExpr;
use cel::common::ast::{CallExpr, EntryExpr, Expr};

/// The function that `order_comprehensions` puts in: a map's keys in order, a list as it is.
pub(super) const ORDERED: &str = "@ordered";

/// Makes `map`, `filter` and the like run over a map in the order of its keys. CEL leaves that order open and the
/// interpreter's differs from run to run, which would show as changes that nobody made.
pub(super) fn order_comprehensions(expression: &mut IdedExpr) {
    let order_entry = |entry: &mut EntryExpr| match entry {
        EntryExpr::StructField(field) => order_comprehensions(&mut field.value),
        EntryExpr::MapEntry(entry) => {
            order_comprehensions(&mut entry.key);
            order_comprehensions(&mut entry.value);
        }
    };
    match &mut expression.expr {
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| order_comprehensions(target));
            call.args.iter_mut().for_each(order_comprehensions);
        }
        Expr::Comprehension(comprehension) => {
            let parts = [
                &mut comprehension.iter_range,
                &mut comprehension.accu_init,
                &mut comprehension.loop_cond,
                &mut comprehension.loop_step,
                &mut comprehension.result,
            ];
            parts.into_iter().for_each(order_comprehensions);
            wrap(&mut comprehension.iter_range);
        }
        Expr::Select(select) => order_comprehensions(&mut select.operand),
        Expr::List(list) => list.elements.iter_mut().for_each(order_comprehensions),
        Expr::Map(map) => map.entries.iter_mut().for_each(|entry| order_entry(&mut entry.expr)),
        Expr::Struct(structure) => structure.entries.iter_mut().for_each(|entry| order_entry(&mut entry.expr)),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

fn wrap(range: &mut IdedExpr) {
    if matches!(range.expr, Expr::List(_)) {
        return;
    }
    let id = range.id;
    let call = CallExpr { func_name: ORDERED.to_owned(), target: None, args: vec![std::mem::take(range)] };
    *range = IdedExpr { id, expr: Expr::Call(call) };
}
