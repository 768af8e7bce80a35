//! Files of every format that was ever written, as they were written: each is read for ever, and what is written today is
//! what today's version says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::state::document::{Layout, Trust, VERSION, decode, encode};
use crate::state::store::{LocalStore, Store};
use crate::state::testing::identity;
use crate::state::{JournalSegment, LockRecord, Recovery, Session, Snapshot};

fn folder(version: u64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/state-format/v{version}"))
}

/// Those of one kind: `state.json`, `state-moved.json`.
fn files(version: u64, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(version)).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(kind)).collect()
}

fn journal(version: u64) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(version).join("journal")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Every identifier of an object in a file, wherever it stands.
fn ids(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(entries) => {
            let own = entries.get("token").and(entries.get("id")).and_then(Value::as_str).map(str::to_owned);
            entries.values().flat_map(ids).chain(own).collect()
        }
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        _ => BTreeSet::new(),
    }
}

/// The file's content without what says who wrote it.
fn content(bytes: &[u8]) -> Value {
    let mut file: Value = serde_json::from_slice(bytes).unwrap();
    for name in ["written_by", "checksum"] {
        file.as_object_mut().unwrap().shift_remove(name);
    }
    file
}

/// Reads a file, loses no id of it, and where it is of today's version, would write it just so.
fn reads<T: Serialize + DeserializeOwned>(version: u64, path: &Path) {
    let bytes = fs::read(path).unwrap();
    let place = path.display().to_string();
    let read: T = decode(&place, &bytes, Trust::Checked).unwrap();
    let written = encode(&read, Layout::Indented).unwrap();
    assert_eq!(ids(&content(&written)), ids(&content(&bytes)), "{place}");
    if version == VERSION {
        assert_eq!(
            content(&written),
            content(&bytes),
            "{place}: the format has changed; raise VERSION in document.rs, add a migration, and keep files of the new \
             version beside those of the old one"
        );
    }
}

#[test]
fn files_of_every_version_are_read_and_lose_no_object() {
    for version in 1..=VERSION {
        files(version, "state").iter().for_each(|path| reads::<Snapshot>(version, path));
        reads::<Recovery>(version, &folder(version).join("recovery.json"));
        let segments = journal(version);
        assert!(!segments.is_empty());
        segments.iter().for_each(|path| reads::<JournalSegment>(version, path));
    }
}

#[test]
fn every_part_of_the_format_is_in_its_files() {
    let all: Vec<String> = files(VERSION, "state")
        .into_iter()
        .chain(journal(VERSION))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let all = all.concat();
    for part in [
        "creating",
        "incomplete",
        "ready",
        "updating",
        "deleting",
        "created",
        "imported",
        "lookup",
        "delete",
        "retain",
        "snapshot",
        "put",
        "remove",
        "move",
        "outputs",
        "infra:fingerprint",
        "superseded",
        "duration_seconds",
        "ephemeral",
        "infra:ciphertext",
        "intended",
        "intended_as",
        "last_snapshot",
        "moved",
        "sealed",
        "taken_over",
        "timeout_seconds",
        "baseline",
        "baselines",
    ] {
        assert!(all.contains(&format!("\"{part}\"")), "{part}");
    }
    assert!(all.contains("\"fence\": true"));
}

#[test]
fn the_lock_of_its_version_is_read_and_written_just_so() {
    for path in files(1, "lock") {
        let bytes = fs::read(path).unwrap();
        let record: LockRecord = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json::to_value(record).unwrap(), serde_json::from_slice::<Value>(&bytes).unwrap());
    }
}

#[tokio::test]
async fn the_files_together_are_a_state() {
    for version in 1..=VERSION {
        let root = tempfile::tempdir().unwrap();
        let stack = root.path().join("shop/dev");
        fs::create_dir_all(stack.join("journal")).unwrap();
        fs::copy(folder(version).join("state.json"), stack.join("state.json")).unwrap();
        for path in journal(version) {
            fs::copy(&path, stack.join("journal").join(path.file_name().unwrap())).unwrap();
        }
        let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(LocalStore::new(root.path()));
        let state = Session::read(&store, &identity("dev")).await.unwrap().snapshot;
        assert_eq!(state.serial, 44);
        assert!(state.resources.contains_key(&"dead".into()) && !state.resources.contains_key(&"certificate".into()));
        assert_eq!(state.ids().count(), 8);
        assert!(state.resources[&"dead".into()].baseline.is_some());
    }
}
