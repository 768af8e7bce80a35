use indexmap::IndexMap;

use super::Declaration;
use crate::address::Address;
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::expression::{Each, Engine, Frame, Group};
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Template, TemplateKind};
use crate::value::Value;

/// The members of one declaration: none where it is absent, one without `each` where it has no `for_each`.
pub(super) type Members = Vec<(Address, Option<Each>)>;

/// Decides a declaration's `when` and `for_each`. Where `when` has errors the members are those that there may be, so that
/// they can be checked.
pub(super) fn expand(declaration: &Declaration, engine: &Engine, problems: &mut Problems) -> (Group, Members) {
    let by_member = declaration.decides_members();
    let wanted = if by_member { Some(true) } else { is_wanted(declaration, None, engine, problems) };
    if wanted == Some(false) {
        return (Group::Absent, Vec::new());
    }
    match all_members(declaration, engine, problems) {
        (Group::Members(_), members) if by_member => some_members(declaration, members, engine, problems),
        (_, members) if wanted.is_none() => (Group::Broken, members),
        decided => decided,
    }
}

fn all_members(declaration: &Declaration, engine: &Engine, problems: &mut Problems) -> (Group, Members) {
    let Some(for_each) = &declaration.for_each else {
        let address = Address::new(&declaration.name);
        return (Group::Single(address.clone()), vec![(address, None)]);
    };
    let Some(items) = items(for_each, engine, problems) else { return (Group::Broken, Vec::new()) };
    let members: Members = items
        .into_iter()
        .map(|(key, value)| (Address::member(&declaration.name, &key), Some(Each::new(&key, value))))
        .collect();
    (by_key(&members), members)
}

fn by_key(members: &Members) -> Group {
    let by_key = members.iter().filter_map(|(address, each)| Some((each.as_ref()?.key().to_owned(), address.clone())));
    Group::Members(by_key.collect())
}

/// The members of which a `when` that uses `each` is true.
fn some_members(
    declaration: &Declaration,
    members: Members,
    engine: &Engine,
    problems: &mut Problems,
) -> (Group, Members) {
    let decided: Vec<Option<bool>> =
        members.iter().map(|(_, each)| is_wanted(declaration, each.as_ref(), engine, problems)).collect();
    if decided.contains(&None) {
        return (Group::Broken, members);
    }
    let wanted: Members =
        members.into_iter().zip(decided).filter_map(|(member, wanted)| wanted?.then_some(member)).collect();
    (by_key(&wanted), wanted)
}

fn is_wanted(declaration: &Declaration, each: Option<&Each>, engine: &Engine, problems: &mut Problems) -> Option<bool> {
    let Some(when) = &declaration.when else { return Some(true) };
    match evaluate(when, each, engine, problems)? {
        Value::Bool(flag) => Some(flag),
        _ => {
            problems.error(when.span, "`when` must be true or false, or an expression that is");
            None
        }
    }
}

/// The keys and values of a `for_each`: of a list of texts, each is both.
fn items(for_each: &Template, engine: &Engine, problems: &mut Problems) -> Option<IndexMap<String, Value>> {
    let value = evaluate(for_each, None, engine, problems);
    if let Some(secret) = secret_item(for_each, value.as_ref(), engine, problems) {
        problems.error_with(secret, SECRET_KEY, Some(SECRET_KEY_HELP.to_owned()));
        return None;
    }
    match value? {
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
            problems.error(for_each.span, "`for_each` must be a list of texts or a map");
            None
        }
    }
}

const SECRET_KEY: &str = "a key of `for_each` is part of an address, which everybody sees, so it cannot hold a secret";
const SECRET_KEY_HELP: &str = "use a map: plain keys, and secrets only in its values";

/// Where a list takes a text from a secret; what a map's keys hold is looked at wherever a map is made.
fn secret_item(for_each: &Template, value: Option<&Value>, engine: &Engine, problems: &mut Problems) -> Option<Span> {
    let evaluation = Evaluation { engine, frame: Frame { each: None, scope: &NothingKnown, lenient: false }, problems };
    match &for_each.kind {
        TemplateKind::List(items) => items.iter().find(|item| evaluation.reads_secret(item)).map(|item| item.span),
        // What is not known yet may become a map.
        _ if matches!(value, Some(Value::Map(_)) | None) => None,
        _ => evaluation.reads_secret(for_each).then_some(for_each.span),
    }
}

/// The value; `None` where it has errors, which are reported.
fn evaluate(template: &Template, each: Option<&Each>, engine: &Engine, problems: &mut Problems) -> Option<Value> {
    if matches!(template.kind, TemplateKind::Null) {
        problems.error(template.span, "this option has no value");
        return None;
    }
    let before = problems.count();
    let frame = Frame { each, scope: &NothingKnown, lenient: false };
    let value = Evaluation { engine, frame, problems }.value(template);
    (problems.count() == before && value.is_known()).then_some(value)
}
