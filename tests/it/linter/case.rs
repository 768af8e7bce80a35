use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Json;

/// Resources that are right, or that have one mistake.
pub(super) struct Case {
    /// `network: a ping`.
    pub name: String,
    /// Options by name, as a stack file has them.
    pub resources: Json,
    /// Where the mistake is, `jobs.RedrivePolicy`; `None` where there is none.
    pub mistake: Option<String>,
}

/// A right stack, changes that leave it right, and changes that are mistakes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    resources: Json,
    right: Vec<Change>,
    wrong: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    case: String,
    /// Values by their places; null takes one away.
    set: IndexMap<String, Json>,
    /// Where the mistake shows, if not at the first of them.
    at: Option<String>,
}

/// All cases of all files.
pub(super) fn all() -> Vec<Case> {
    let entries = fs::read_dir(folder()).expect("the cases").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = entries.filter(|path| *path != differences()).collect();
    files.sort();
    files.iter().flat_map(|path| of_file(path)).collect()
}

pub(super) fn differences() -> PathBuf {
    folder().join("differences.yaml")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/linter")
}

fn of_file(path: &Path) -> Vec<Case> {
    let topic = path.file_stem().expect("a file's name").to_string_lossy();
    let text = fs::read_to_string(path).expect("a file of cases");
    let file: CaseFile = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let base = Case { name: topic.to_string(), resources: file.resources.clone(), mistake: None };
    let changed = |change: &Change, is_right: bool| Case {
        name: format!("{topic}: {}", change.case),
        resources: change.apply(file.resources.clone()),
        mistake: (!is_right).then(|| change.place()),
    };
    let right = file.right.iter().map(|change| changed(change, true));
    let wrong = file.wrong.iter().map(|change| changed(change, false));
    std::iter::once(base).chain(right).chain(wrong).collect()
}

impl Change {
    fn apply(&self, mut resources: Json) -> Json {
        for (place, value) in &self.set {
            set(&mut resources, place, value);
        }
        resources
    }

    fn place(&self) -> String {
        self.at.clone().or_else(|| self.set.keys().next().cloned()).expect("a mistake is somewhere")
    }
}

/// Writes a value at `resource.Property.0.Key`, or takes it away.
fn set(resources: &mut Json, place: &str, value: &Json) {
    let pointer = match place.split_once('.') {
        Some((resource, path)) => format!("/{resource}/properties/{}", path.replace('.', "/")),
        None => format!("/{place}"),
    };
    let (around, last) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    match resources.pointer_mut(around).unwrap_or_else(|| panic!("nothing is at {place}")) {
        Json::Object(entries) if value.is_null() => {
            entries.shift_remove(last).unwrap_or_else(|| panic!("nothing is at {place}"));
        }
        Json::Object(entries) => {
            entries.insert(last.to_owned(), value.clone());
        }
        Json::Array(items) => {
            let index: usize = last.parse().expect("an index");
            items.splice(index..items.len().min(index + 1), [value.clone()]);
        }
        other => panic!("{place} is in {other}"),
    }
}
