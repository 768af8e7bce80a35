use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::plan::document::documents_equal;
use crate::plan::natural_key::NaturalKey;
use crate::resources::{Driver, Properties, tags};
use crate::schema::{Kind, PropertyPath, ResourceSchema};
use crate::state::Fingerprint;
use crate::value::Value;

/// What AWS puts its own tags under. Source: AWS General Reference, "Tagging your AWS resources".
const TAGS_OF_AWS: &str = "aws:";

/// What an object has that nobody wrote.
pub struct Unwritten<'a> {
    pub driver: &'a dyn Driver,
    pub schema: &'a ResourceSchema,
}

impl Unwritten<'_> {
    /// The parts of `live` that `written` does not have, by property, in the driver's spelling. Of lists whose items are
    /// written, a map of what the items have besides, each under its name or number; tags are a map as well. What AWS gives or
    /// moves by itself is left out, and so is what is empty, off, or AWS's published default. `written` is as state has it:
    /// secrets as fingerprints.
    pub fn of(&self, written: &Properties, live: &Properties) -> Properties {
        let mut live = live.clone();
        // Not aligned: that is made for what is written, and may take the rest away.
        self.driver.canonicalize(&mut live);
        let rest = |name: &str| {
            let (path, live) = (PropertyPath::root().key(name), live.get(name)?);
            match self.is_tags(&path) || is_pairs(live) {
                true => Some(foreign(written.get(name), live)).filter(|_| !self.is_left_out(&path)),
                false => self.told(&path, self.beside(&path, written.get(name), live)?),
            }
            .filter(|rest| !is_nothing(rest))
        };
        self.schema.writable().filter_map(|name| Some((name.to_owned(), rest(name)?))).collect()
    }

    /// True for a property that is never compared unless it is written: AWS gives it, never gives it back, moves it by itself,
    /// or takes it only when it makes the object.
    pub fn is_left_out(&self, path: &PropertyPath) -> bool {
        let schema = self.schema;
        schema.is_read_only(path) || schema.is_write_only(path) || schema.is_moving(path) || schema.is_create_only(path)
    }

    /// The parts of a baseline that are not written by now.
    pub fn still(&self, written: &Properties, baseline: &Properties) -> Properties {
        let rest = |(name, kept): (&String, &Json)| {
            let path = PropertyPath::root().key(name);
            let is_written = self.is_written_whole(name, written);
            Some((name.clone(), self.unwritten_part(&path, written.get(name), kept)?)).filter(|_| !is_written)
        };
        baseline.iter().filter_map(rest).collect()
    }

    fn unwritten_part(&self, path: &PropertyPath, written: Option<&Json>, kept: &Json) -> Option<Json> {
        match (written, kept) {
            (Some(Json::Object(written)), Json::Object(kept)) if !self.schema.is_document(path) => {
                let part = |(name, kept): (&String, &Json)| {
                    Some((name.clone(), self.unwritten_part(&path.key(name), written.get(name), kept)?))
                };
                Some(Json::Object(kept.iter().filter_map(part).collect()))
            }
            (Some(written @ Json::Array(_)), Json::Object(kept)) => {
                let written = tags::from_json(Some(written));
                let part = kept.iter().filter(|(key, _)| !written.contains_key(*key));
                Some(Json::Object(part.map(|(key, value)| (key.clone(), value.clone())).collect()))
            }
            (None | Some(Json::Array(_)), kept) => Some(kept.clone()),
            (Some(_), _) => None,
        }
    }

    /// True if AWS can have nothing beside what is written of a property.
    pub fn is_written_whole(&self, name: &str, written: &Properties) -> bool {
        let is_document = || self.schema.is_document(&PropertyPath::root().key(name));
        written.get(name).is_some_and(|written| match written {
            Json::Object(_) => Fingerprint::of_json(written).is_some() || is_document(),
            Json::Array(items) => !items.iter().any(Json::is_object),
            _ => true,
        })
    }

    /// A baseline after a change of these properties: null for each that AWS may have something new of, for whoever asks next.
    pub fn reopened(&self, baseline: &Properties, changed: &BTreeSet<String>, written: &Properties) -> Properties {
        let is_open = |name: &&String| {
            let path = PropertyPath::root().key(name);
            self.schema.writable().any(|known| known == *name)
                && !self.is_left_out(&path)
                && !self.is_written_whole(name, written)
        };
        let open = changed.iter().filter(is_open).map(|name| (name.clone(), Json::Null));
        baseline.clone().into_iter().chain(open).collect()
    }

    fn is_tags(&self, path: &PropertyPath) -> bool {
        self.schema.tag_property().is_some_and(|tags| *path == PropertyPath::root().key(&tags.name))
    }

    fn beside(&self, path: &PropertyPath, written: Option<&Json>, live: &Json) -> Option<Json> {
        let Some(written) = written else { return Some(live.clone()) };
        if Fingerprint::of_json(written).is_some() || self.schema.is_document(path) {
            return None;
        }
        match (written, live) {
            (Json::Object(written), Json::Object(live)) => {
                let rest = |(name, live): (&String, &Json)| {
                    Some((name.clone(), self.beside(&path.key(name), written.get(name), live)?))
                };
                Some(Json::Object(live.iter().filter_map(rest).collect()))
            }
            (Json::Array(written), Json::Array(live)) => Some(self.beside_items(path, written, live)),
            _ => None,
        }
    }

    fn beside_items(&self, path: &PropertyPath, written: &[Json], live: &[Json]) -> Json {
        let desired: Vec<Value> = written.iter().cloned().map(Value::from).collect();
        let (key, is_unordered) = (NaturalKey::of(&desired, live), self.schema.is_unordered(path));
        let rest = |(index, item): (usize, &Json)| {
            let name = key.and_then(|key| key.of_desired(&desired[index]));
            let partner = match &key {
                Some(key) => key.find(live, name.as_ref()),
                None if is_unordered => live.iter().find(|live| holds(live, item)),
                None => live.get(index),
            };
            Some((label(name.as_ref(), index), self.beside(&item_of(path), Some(item), partner?)?))
        };
        Json::Object(written.iter().enumerate().filter_map(rest).collect())
    }

    /// A value without what is left out and what says nothing; `None` if that is all of it.
    fn told(&self, path: &PropertyPath, value: Json) -> Option<Json> {
        if self.is_left_out(path) {
            return None;
        }
        let told = match value {
            Json::Object(entries) if !self.schema.is_document(path) => {
                let entry = |(name, value): (String, Json)| {
                    let told = self.told(&child_of(self.schema, path, &name), value)?;
                    Some((name, told))
                };
                Json::Object(entries.into_iter().filter_map(entry).collect())
            }
            Json::Array(items) => items.into_iter().map(|item| self.item(&item_of(path), item)).collect(),
            other => other,
        };
        (!self.is_usual(path, &told)).then_some(told)
    }

    /// An item of a list is shown whole, so that only what is never compared goes from it.
    fn item(&self, path: &PropertyPath, value: Json) -> Json {
        match value {
            Json::Object(entries) if !self.schema.is_document(path) => {
                let is_told = |name: &str, value: &Json| !value.is_null() && !self.is_left_out(&path.key(name));
                let told = entries.into_iter().filter(|(name, value)| is_told(name, value));
                let item = |(name, value): (String, Json)| {
                    let told = self.item(&path.key(&name), value);
                    (name, told)
                };
                Json::Object(told.map(item).collect())
            }
            Json::Array(items) => items.into_iter().map(|item| self.item(&item_of(path), item)).collect(),
            other => other,
        }
    }

    /// True for what an object is as long as nobody decides otherwise, as far as that is known without asking.
    fn is_usual(&self, path: &PropertyPath, value: &Json) -> bool {
        match value {
            value if is_nothing(value) => true,
            Json::String(text) if text.is_empty() => true,
            value => match self.schema.default(path) {
                Some(default) => documents_equal(default, value),
                None => *value == Json::Bool(false) || value.as_f64() == Some(0.0),
            },
        }
    }
}

/// Where the facts about every item of a list stand.
pub(super) fn item_of(path: &PropertyPath) -> PropertyPath {
    path.with(crate::schema::PathSegment::Any)
}

/// Where the facts about an entry stand: a list whose items have something besides is a map of them.
pub(super) fn child_of(schema: &ResourceSchema, path: &PropertyPath, name: &str) -> PropertyPath {
    if is_list_of_items(schema, path) { item_of(path) } else { path.key(name) }
}

/// True for a property that AWS has as a list.
pub(super) fn is_list_of_items(schema: &ResourceSchema, path: &PropertyPath) -> bool {
    schema.kinds(path).is_some_and(|kinds| kinds.contains(Kind::Array) && !kinds.contains(Kind::Object))
}

/// What an item of a list is called.
pub(super) fn label(name: Option<&Json>, index: usize) -> String {
    match name {
        Some(Json::String(name)) => name.clone(),
        Some(other) => other.to_string(),
        None => index.to_string(),
    }
}

/// True if an item of AWS has all that is written of one; nobody can tell for a secret.
fn holds(live: &Json, written: &Json) -> bool {
    match (written, live) {
        (written, _) if Fingerprint::of_json(written).is_some() => true,
        (Json::Object(written), Json::Object(live)) => {
            written.iter().all(|(name, value)| live.get(name).is_some_and(|live| holds(live, value)))
        }
        (written, live) => documents_equal(written, live),
    }
}

/// True for a list of settings by key: `[{Key, Value}]`.
fn is_pairs(live: &Json) -> bool {
    let is_pair = |item: &Json| item.get("Key").is_some_and(Json::is_string) && item.get("Value").is_some();
    live.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(is_pair))
}

/// Tags, or settings by key, that nobody wrote.
fn foreign(written: Option<&Json>, live: &Json) -> Json {
    let written = tags::from_json(written);
    let is_foreign = |key: &str| !written.contains_key(key) && !key.starts_with(TAGS_OF_AWS);
    let foreign = tags::from_json(Some(live)).into_iter().filter(|(key, _)| is_foreign(key));
    Json::Object(foreign.map(|(key, value)| (key, value.into())).collect())
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        _ => false,
    }
}
