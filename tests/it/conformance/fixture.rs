use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use infra::resources::Properties;
use serde::Deserialize;

use super::gaps::{Gap, Step};
use crate::emulators::Backend;

/// What `tests/fixtures/README.md` describes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    #[serde(rename = "type")]
    pub type_name: String,
    #[serde(default)]
    pub needs: IndexMap<String, Need>,
    pub create: Properties,
    #[serde(default)]
    pub updates: Vec<Properties>,
    pub drift: Option<Properties>,
    pub replace: Option<Properties>,
    pub replace_with: Option<Properties>,
    #[serde(default)]
    pub resolve: Vec<String>,
    pub missing: String,
    #[serde(default)]
    pub force: bool,
    #[serde(default)]
    pub route: BTreeMap<String, Backend>,
    /// Reads that the emulator does not know, `logs:DescribeIndexPolicies`.
    #[serde(default)]
    pub nothing: Vec<String>,
    #[serde(default = "yes")]
    pub find: bool,
    #[serde(default)]
    pub gaps: Vec<Gap>,
}

/// An object that has to be there first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    #[serde(rename = "type")]
    pub type_name: String,
    pub properties: Properties,
}

impl Fixture {
    /// True if an object of the fixture is made with the property, or a row says why not.
    pub fn writes(&self, property: &str) -> bool {
        let whole = [Some(&self.create), self.replace.as_ref(), self.replace_with.as_ref()];
        whole.into_iter().flatten().any(|properties| properties.contains_key(property))
            || self.gaps.iter().any(|gap| gap.is_about(Step::Create, property))
    }

    /// True if a row changes the property in place, or says why not.
    pub fn changes(&self, property: &str) -> bool {
        self.updates.iter().any(|row| row.contains_key(property))
            || self.gaps.iter().any(|gap| gap.is_about(Step::Update, property) || gap.is_about(Step::Create, property))
    }

    /// Reads `sqs/queue`.
    pub fn load(name: &str) -> Self {
        let path = folder().join(name).with_extension("yaml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The names of all files there are, `sqs/queue`.
    pub fn names() -> Vec<String> {
        let services = entries(&folder()).into_iter().filter(|path| path.is_dir());
        let files = services.flat_map(|service| entries(&service));
        let mut names: Vec<_> = files
            .map(|file| file.with_extension("").strip_prefix(folder()).expect("a file below").display().to_string())
            .collect();
        names.sort();
        names
    }
}

fn yes() -> bool {
    true
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("a readable folder").path()).collect()
}
