use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use crate::plan::Step;
use crate::resources::Registry;
use crate::schema::{Catalog, PathSegment, PropertyPath};
use crate::state::{Fingerprint, FingerprintKey, ResourceState, Snapshot};

/// What a comparison with AWS does not look at.
#[derive(Debug, Default, Serialize)]
pub struct Unseen {
    /// True if what nobody wrote is not compared.
    pub unwritten: bool,
    /// Written, and AWS never gives it back: `db.MasterUserPassword`.
    pub write_only: Vec<String>,
    /// What AWS or a service moves by itself, where no file writes it: `api.DesiredCount`.
    pub moving: Vec<String>,
    /// Secrets of which nobody can tell whether they are still the same: `task.ContainerDefinitions[0].Environment[0].Value`.
    pub secrets: Vec<String>,
    /// By type, what belongs to its objects and is not read.
    pub unread: BTreeMap<String, Vec<&'static str>>,
}

impl Unseen {
    /// Of the objects that the steps are about. `whole`: what nobody wrote is compared as well.
    pub fn of<'a>(
        steps: impl IntoIterator<Item = &'a Step>,
        snapshot: &Snapshot,
        (registry, catalog): (&Registry, &Catalog),
        key: &FingerprintKey,
        whole: bool,
    ) -> Self {
        let mut unseen = Self { unwritten: !whole, ..Self::default() };
        for step in steps.into_iter().filter(|step| !step.work.left_out) {
            let state = snapshot.resources.get(step.moved_from.as_ref().unwrap_or(&step.address));
            let driver = registry.get(&step.type_name).filter(|driver| !driver.is_local());
            let (Some(state), Some(driver), Some(schema)) = (state, driver, catalog.get(&step.type_name)) else {
                continue;
            };
            let told = |path: &PropertyPath| format!("{}.{path}", step.address);
            let written = |path: &&PropertyPath| is_written(state, path);
            unseen.write_only.extend(schema.write_only().iter().filter(written).map(told));
            if whole {
                let moving = schema.moving().iter().filter(|path| !is_written(state, path));
                unseen.moving.extend(moving.map(told));
            }
            if !key.is_known() {
                let mut secrets = BTreeSet::new();
                for (name, value) in &state.properties {
                    find_secrets(&PropertyPath::root().key(name), value, &mut secrets);
                }
                let is_given_back = |path: &&PropertyPath| !schema.is_write_only(path);
                unseen.secrets.extend(secrets.iter().filter(is_given_back).map(told));
            }
            let unread = driver.unread();
            if !unread.is_empty() {
                unseen.unread.insert(step.type_name.clone(), unread.to_vec());
            }
        }
        unseen
    }
}

fn is_written(state: &ResourceState, path: &PropertyPath) -> bool {
    let Some((PathSegment::Key(name), rest)) = path.segments().split_first() else { return false };
    state.properties.get(name).is_some_and(|value| has(value, rest))
}

fn has(value: &Json, path: &[PathSegment]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match (first, value) {
        (PathSegment::Key(name), Json::Object(entries)) => entries.get(name).is_some_and(|value| has(value, rest)),
        (PathSegment::Any, Json::Array(items)) => items.iter().any(|item| has(item, rest)),
        (PathSegment::Any, Json::Object(entries)) => entries.values().any(|value| has(value, rest)),
        (PathSegment::Index(index), Json::Array(items)) => items.get(*index).is_some_and(|item| has(item, rest)),
        _ => false,
    }
}

fn find_secrets(path: &PropertyPath, value: &Json, found: &mut BTreeSet<PropertyPath>) {
    match value {
        _ if Fingerprint::of_json(value).is_some() => drop(found.insert(path.clone())),
        Json::Object(entries) => entries.iter().for_each(|(name, value)| find_secrets(&path.key(name), value, found)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| find_secrets(&path.index(index), item, found));
        }
        _ => {}
    }
}
