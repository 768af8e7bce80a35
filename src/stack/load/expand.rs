use indexmap::IndexMap;

use super::Declaration;
use crate::address::Address;
use crate::stack::diagnostic::Problems;
use crate::stack::expression::{Each, Engine, Frame, Group};
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateKind};
use crate::value::Value;

/// The members of one declaration: none where it is absent, one without `each` where it has no `for_each`.
pub(super) type Members = Vec<(Address, Option<Each>)>;

/// Decides a declaration's `when` and `for_each`.
pub(super) fn expand(declaration: &Declaration, engine: &Engine, problems: &mut Problems) -> (Group, Members) {
    match is_wanted(declaration, engine, problems) {
        None => return (Group::Broken, Vec::new()),
        Some(false) => return (Group::Absent, Vec::new()),
        Some(true) => {}
    }
    let Some(for_each) = &declaration.for_each else {
        let address = Address::new(&declaration.name);
        return (Group::Single(address.clone()), vec![(address, None)]);
    };
    let Some(items) = items(for_each, engine, problems) else { return (Group::Broken, Vec::new()) };
    let members: Members = items
        .into_iter()
        .map(|(key, value)| (Address::member(&declaration.name, &key), Some(Each::new(&key, value))))
        .collect();
    let by_key = members.iter().filter_map(|(address, each)| Some((each.as_ref()?.key().to_owned(), address.clone())));
    (Group::Members(by_key.collect()), members)
}

fn is_wanted(declaration: &Declaration, engine: &Engine, problems: &mut Problems) -> Option<bool> {
    let Some(when) = &declaration.when else { return Some(true) };
    match evaluate(when, engine, problems)? {
        Value::Bool(flag) => Some(flag),
        _ => {
            problems.error(when.span, "`when` is true or false, or an expression that is");
            None
        }
    }
}

/// The keys and values of a `for_each`: of a list of texts, each is both.
fn items(for_each: &Template, engine: &Engine, problems: &mut Problems) -> Option<IndexMap<String, Value>> {
    match evaluate(for_each, engine, problems)? {
        Value::Map(entries) => Some(entries),
        Value::List(values) => {
            let mut items = IndexMap::with_capacity(values.len());
            for (index, value) in values.into_iter().enumerate() {
                let span = for_each.span_at(&[index.to_string()]).unwrap_or(for_each.span);
                let Value::String(key) = &value else {
                    problems.error_with(
                        span,
                        "a list under `for_each` holds texts",
                        Some("use a map of keys and values for others".to_owned()),
                    );
                    return None;
                };
                let key = key.clone();
                if items.insert(key.clone(), value).is_some() {
                    problems.error(span, format!("\"{key}\" is twice in this list, and each member needs its own key"));
                    return None;
                }
            }
            Some(items)
        }
        _ => {
            problems.error(for_each.span, "`for_each` is a list of texts or a map");
            None
        }
    }
}

fn evaluate(template: &Template, engine: &Engine, problems: &mut Problems) -> Option<Value> {
    if matches!(template.kind, TemplateKind::Null) {
        problems.error(template.span, "this option has no value");
        return None;
    }
    let before = problems.count();
    let frame = Frame { each: None, scope: &NothingKnown, lenient: false };
    let value = Evaluation { engine, frame, problems }.value(template);
    (problems.count() == before).then_some(value)
}
