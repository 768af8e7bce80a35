use crate::schema::{PathSegment, PropertyPath};
use crate::value::Value;

/// Visits the values that are written at a path, each with its own path; `*` is every item of a list.
pub(super) fn items<'a>(
    value: &'a Value,
    rest: &[PathSegment],
    path: &mut PropertyPath,
    visit: &mut dyn FnMut(&PropertyPath, &'a Value),
) {
    let Some((segment, rest)) = rest.split_first() else {
        visit(path, value);
        return;
    };
    match (value, segment) {
        (Value::Map(entries), PathSegment::Key(key)) => {
            if let Some(entry) = entries.get(key).filter(|entry| **entry != Value::Null) {
                items(entry, rest, &mut path.key(key), visit);
            }
        }
        (Value::List(list), PathSegment::Any) => {
            for (index, item) in list.iter().enumerate() {
                items(item, rest, &mut path.index(index), visit);
            }
        }
        _ => {}
    }
}
