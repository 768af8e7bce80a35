use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every text that a stack was made from, beside its name: enough to load it again without its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackInputs {
    /// The stack file's name, `dev.yaml`.
    pub file: String,
    pub text: String,
    /// The files that expressions read, by their path as it is written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// What replaced values of `config`, key and value, in the order of the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<(String, String)>,
}
