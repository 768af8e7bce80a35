use std::fs;

use serde::Deserialize;

use super::case::differences;

/// A case that the two judge differently, and the reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Difference {
    /// The name of the case.
    pub case: String,
    pub refused_by: Refusal,
    pub reason: String,
}

/// Who refuses a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Refusal {
    Infra,
    CfnLint,
    /// Both, at different places.
    Both,
}

impl Difference {
    /// The rows of the table.
    pub fn all() -> Vec<Self> {
        let text = fs::read_to_string(differences()).expect("the table of differences");
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("differences.yaml: {error}"))
    }
}
