//! What other resources may know of a resource before it is applied.

use indexmap::IndexMap;

use crate::address::Address;
use serde_json::Value as Json;

use super::fingerprint;
use crate::resources::{Live, Properties};
use crate::schema::{Catalog, PathSegment, PropertyPath, ResourceSchema};
use crate::secrets::Sealed;
use crate::state::ResourceState;
use crate::value::{Unknown, Value};

/// Every attribute of an object that does not exist yet: what is written is known, AWS's answers are not.
pub fn of_new(schema: &ResourceSchema, address: &Address, desired: &Value) -> Value {
    let names = schema.attributes().map(str::to_owned);
    let write_only = |name: &str| schema.is_write_only(&PropertyPath::root().key(name));
    let entry = |name: String| {
        let written = desired.get(&name).filter(|_| !schema.is_read_only(&PropertyPath::root().key(&name)));
        let value = written.cloned().unwrap_or_else(|| unknown(address, &name));
        (name, value)
    };
    let mut attributes = Value::Map(names.filter(|name| !write_only(name)).map(entry).collect());
    for path in schema.nested_outputs() {
        add_output(&mut attributes, path.segments(), || unknown(address, &path.to_string()));
    }
    attributes
}

/// Puts an output beside the written parts of a property.
fn add_output(value: &mut Value, path: &[PathSegment], output: impl FnOnce() -> Value) {
    let (Value::Map(entries), Some((PathSegment::Key(name), rest))) = (value, path.split_first()) else { return };
    match (entries.get_mut(name), rest) {
        (None, []) => drop(entries.insert(name.clone(), output())),
        (Some(inner), rest) => add_output(inner, rest, output),
        (None, _) => {}
    }
}

/// What state and a read of the object know of it, as expressions refer to it: what AWS gave, and what is written over it.
pub fn known(address: &Address, state: &ResourceState, live: Option<&Live>) -> Value {
    let live = live.filter(|live| Some(&live.id) == state.id());
    let from_aws = |name: &str| live.and_then(|live| live.properties.get(name));
    let readable_there = |(name, json): &(&String, &Json)| !fingerprint::is_in(json) || from_aws(name).is_none();
    let outputs = state.outputs.iter().filter(readable_there);
    let given = live.into_iter().flat_map(|live| &live.properties).chain(outputs);
    let mut attributes: IndexMap<String, Value> =
        given.map(|(name, json)| (name.clone(), readable(address, name, json))).collect();
    let schema = Catalog::standard().get(&state.type_name);
    let is_secret =
        |name: &str| schema.as_ref().is_some_and(|schema| schema.is_write_only(&PropertyPath::root().key(name)));
    for (name, json) in state.properties.iter().filter(|(name, _)| !is_secret(name)) {
        // Only AWS and the file know what stands behind a fingerprint.
        let value = match (fingerprint::is_in(json), attributes.get(name)) {
            (true, Some(live)) => live.clone(),
            (true, None) => unknown(address, name),
            (false, live) => overlay(live, &Value::from(json.clone())),
        };
        attributes.insert(name.clone(), value);
    }
    Value::Map(attributes)
}

/// Every attribute of an object that stays: live values, overridden by what is written. Outputs stay as they are through
/// an update, save those that count versions.
pub fn of_existing(
    schema: &ResourceSchema,
    address: &Address,
    state: &Properties,
    live: Option<&Live>,
    desired: &Value,
    updates: bool,
) -> Value {
    let mut attributes: IndexMap<String, Value> = IndexMap::new();
    for (name, value) in state.iter().chain(live.into_iter().flat_map(|live| &live.properties)) {
        attributes.insert(name.clone(), readable(address, name, value));
    }
    for name in schema.attributes().filter(|name| updates && schema.counts_versions(name)) {
        attributes.insert(name.to_owned(), unknown(address, name));
    }
    let Value::Map(written) = desired else { return Value::Map(attributes) };
    for (name, value) in written {
        if !schema.is_write_only(&PropertyPath::root().key(name)) {
            attributes.insert(name.clone(), overlay(attributes.get(name), value));
        }
    }
    Value::Map(attributes)
}

/// What state knows of an object, without asking AWS.
pub fn of_state(state: &ResourceState) -> Properties {
    let mut attributes = state.properties.clone();
    attributes.extend(state.outputs.clone());
    attributes
}

/// A value from state or AWS; a secret that was not decrypted is not known.
fn readable(address: &Address, name: &str, json: &Json) -> Value {
    match Sealed::all_in(json).is_empty() && !fingerprint::is_in(json) {
        true => Value::from(json.clone()),
        false => unknown(address, name),
    }
}

/// Written values win; live parts that nobody wrote (a port that AWS chose) stay visible beside them.
fn overlay(live: Option<&Value>, written: &Value) -> Value {
    match (live, written) {
        (Some(Value::Map(live)), Value::Map(written)) => {
            let mut merged = live.clone();
            for (name, value) in written {
                merged.insert(name.clone(), overlay(live.get(name), value));
            }
            Value::Map(merged)
        }
        _ => written.clone(),
    }
}

fn unknown(address: &Address, attribute: &str) -> Value {
    let expression = format!("${{{address}.{attribute}}}");
    Value::Unknown(Unknown { expression, waits_for: vec![address.clone()] })
}
