//! What other resources may know of a resource before it is applied.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{Difference, Reads, fingerprint};
use crate::address::Address;
use crate::resources::{Live, Properties};
use crate::schema::{Catalog, PathSegment, PropertyPath, ResourceSchema};
use crate::secrets::Sealed;
use crate::state::ResourceState;
use crate::value::{Unknown, Value};

/// What is read of an object that does not exist yet: what is written is known, AWS's answers are not.
pub fn of_new(schema: &ResourceSchema, address: &Address, desired: &Value, reads: &Reads) -> Value {
    if *reads == Reads::default() {
        return Value::Map(IndexMap::new());
    }
    let write_only = |name: &str| schema.is_write_only(&PropertyPath::root().key(name));
    let entry = |name: &str| {
        let written = desired.get(name).filter(|_| !schema.is_read_only(&PropertyPath::root().key(name)));
        let value = written.cloned().unwrap_or_else(|| unknown(address, name));
        (name.to_owned(), value)
    };
    let names = schema.attributes().filter(|name| reads.has(name) && !write_only(name));
    let mut attributes = Value::Map(names.map(entry).collect());
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

/// An object that is there, as expressions refer to it: what is written, over what AWS has, over what state remembers, which
/// is older than any read.
pub struct Existing<'a> {
    pub schema: &'a ResourceSchema,
    pub address: &'a Address,
    pub remembered: &'a Properties,
    pub live: Option<&'a Live>,
    pub reads: &'a Reads,
}

impl Existing<'_> {
    /// What is read of it, once `written` is brought about by changes of the `changed` properties, none of them where the object
    /// stays as it is. Outputs stay as they are through an update, save those that count versions or follow a property, and
    /// those that are not there yet: the update may bring them.
    pub fn attributes(&self, written: &Value, changed: &BTreeSet<String>) -> Value {
        let live = self.live.into_iter().flat_map(|live| &live.properties);
        let known = self.remembered.iter().chain(live).filter(|(name, _)| self.reads.has(name));
        let mut attributes: IndexMap<String, Value> =
            known.map(|(name, json)| (name.clone(), readable(self.address, name, json))).collect();
        if let Value::Map(written) = written {
            let shown = written.iter().filter(|(name, _)| self.reads.has(name) && !self.is_write_only(name));
            for (name, value) in shown {
                attributes.insert(name.clone(), overlay(attributes.get(name), value));
            }
        }
        let mut attributes = Value::Map(attributes);
        if !changed.is_empty() {
            self.bring(&mut attributes, changed);
        }
        attributes
    }

    /// What the update decides is not known before it is done.
    fn bring(&self, attributes: &mut Value, changed: &BTreeSet<String>) {
        let schema = self.schema;
        let follows = |properties: &[String]| properties.iter().any(|property| changed.contains(property));
        for (path, _) in schema.derived_outputs().iter().filter(|(_, properties)| follows(properties)) {
            remove(attributes, path.segments());
        }
        let moves_on = schema.attributes().filter(|name| schema.counts_versions(name));
        for name in moves_on {
            remove(attributes, &[PathSegment::Key(name.to_owned())]);
        }
        for name in schema.outputs().filter(|name| self.reads.has(name)) {
            add_output(attributes, &[PathSegment::Key(name.to_owned())], || unknown(self.address, name));
        }
        for path in schema.nested_outputs() {
            add_output(attributes, path.segments(), || unknown(self.address, &path.to_string()));
        }
    }

    fn is_write_only(&self, name: &str) -> bool {
        self.schema.is_write_only(&PropertyPath::root().key(name))
    }
}

/// As `decided`, of an object that no command is about.
pub fn known_whole(address: &Address, state: &ResourceState, live: Option<&Live>) -> Value {
    let known = known(address, state, live);
    let written = Value::from(Json::Object(state.properties.clone()));
    match Catalog::standard().get(&state.type_name) {
        Some(schema) => decided(&schema, &known, &written),
        None => known,
    }
}

/// What changes of ours decide about an object: what is written, and what AWS gave it for that. Sorted, since nobody chose an
/// order.
pub fn decided(schema: &ResourceSchema, attributes: &Value, written: &Value) -> Value {
    let Value::Map(entries) = attributes else { return attributes.clone() };
    let is_decided = |name: &str| written.get(name).is_some() || schema.is_output(name);
    let entry = |(name, value): (&String, &Value)| {
        let value = written.get(name).filter(|_| !schema.is_output(name)).unwrap_or(value);
        (name.clone(), value.clone().sorted())
    };
    let mut decided: IndexMap<String, Value> = entries.iter().filter(|(name, _)| is_decided(name)).map(entry).collect();
    decided.sort_unstable_keys();
    Value::Map(decided)
}

fn remove(value: &mut Value, path: &[PathSegment]) {
    let (Value::Map(entries), Some((PathSegment::Key(name), rest))) = (value, path.split_first()) else { return };
    match rest {
        [] => drop(entries.shift_remove(name)),
        rest => entries.get_mut(name).into_iter().for_each(|inner| remove(inner, rest)),
    }
}

/// The same of an object that no command is about, as state and a read know it.
pub fn known(address: &Address, state: &ResourceState, live: Option<&Live>) -> Value {
    let nothing = || Value::Map(IndexMap::new());
    let Some(schema) = Catalog::standard().get(&state.type_name) else { return nothing() };
    let live = live.filter(|live| Some(&live.id) == state.id());
    let reads = Reads::all();
    let existing = Existing { schema: &schema, address, remembered: &state.outputs, live, reads: &reads };
    let plain = existing.attributes(&nothing(), &BTreeSet::new());
    // Only AWS and the file know what stands behind a fingerprint.
    let written = state.properties.iter().map(|(name, json)| {
        let value = match fingerprint::is_in(json) {
            true => plain.get(name).cloned().unwrap_or_else(|| unknown(address, name)),
            false => Value::from(json.clone()),
        };
        (name.clone(), value)
    });
    existing.attributes(&Value::Map(written.collect()), &BTreeSet::new())
}

/// The properties that an update changes, save the tags, from which nothing follows.
pub fn changed_beside_tags(schema: &ResourceSchema, differences: &[Difference]) -> BTreeSet<String> {
    let tags = schema.tag_property().map(|tags| tags.name.as_str());
    let changed = differences.iter().filter_map(|difference| difference.path.top_level());
    changed.filter(|name| Some(*name) != tags).map(str::to_owned).collect()
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
