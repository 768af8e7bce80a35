//! What AWS answers does not always fit its own schema: two names for one thing, and values that it would not take.

use serde_json::Value as Json;

use super::same::compared;
use crate::resources::{Driver, Properties};
use crate::schema::{PropertyPath, ResourceSchema, Violation};
use crate::value::Value;

/// More than any object has that would be refused.
const MOST_REMOVALS: usize = 200;

/// What would be refused of the properties.
pub fn violations(schema: &ResourceSchema, properties: &Properties) -> Vec<Violation> {
    schema.validate(&Value::from(Json::Object(properties.clone())))
}

/// Takes out what would be refused, and what a plan would show as a change all the same: of names that exclude each other all
/// but the first. Gives what was left out for another reason, and what is missing, for people.
pub fn made_fit(
    driver: &dyn Driver,
    schema: &ResourceSchema,
    properties: &mut Properties,
    live: &Properties,
) -> Vec<String> {
    let mut notes = Vec::new();
    for _ in 0..MOST_REMOVALS {
        let found = violations(schema, properties);
        let Some((paths, note)) = found.iter().find_map(removal) else { break };
        paths.iter().for_each(|path| remove(properties, path));
        notes.extend(note);
    }
    for difference in compared(driver, schema, properties, live) {
        let Some(name) = difference.path.top_level() else { continue };
        if properties.shift_remove(name).is_some() {
            notes.push(format!("{name} is left out: what AWS answers for {} would show as a change", difference.path));
        }
    }
    notes.extend(violations(schema, properties).into_iter().map(|missing| format!("Fill in: {}", missing.message)));
    notes
}

/// What has to go for the sake of a violation, and what to say about it; `None` where something is missing.
fn removal(violation: &Violation) -> Option<(Vec<PropertyPath>, Option<String>)> {
    if let [_, others @ ..] = violation.exclusive.as_slice()
        && !others.is_empty()
    {
        return Some((others.iter().map(|name| violation.path.key(name)).collect(), None));
    }
    if violation.path.is_root() {
        return None;
    }
    let note = format!("{} is left out: {}", violation.path, violation.message);
    Some((vec![violation.path.clone()], Some(note)))
}

fn remove(properties: &mut Properties, path: &PropertyPath) {
    let pointer = path.in_properties();
    let (around, last) = pointer.rsplit_once('/').unwrap_or(("", &pointer));
    if around.is_empty() {
        properties.shift_remove(&last.replace("~1", "/").replace("~0", "~"));
        return;
    }
    let Some(name) = path.top_level() else { return };
    let inner =
        around.trim_start_matches('/').split_once('/').map(|(_, inner)| format!("/{inner}")).unwrap_or_default();
    match properties.get_mut(name).and_then(|value| value.pointer_mut(&inner)) {
        Some(Json::Object(entries)) => drop(entries.shift_remove(&last.replace("~1", "/").replace("~0", "~"))),
        Some(Json::Array(items)) => {
            if let Some(index) = last.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}
