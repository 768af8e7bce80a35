use indexmap::IndexMap;
use serde::Deserialize;

use crate::schema::PropertyPath;

/// A condition as `schemas/conditions/` writes it; `schemas/README.md` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(in crate::schema) struct Definition {
    pub rule: String,
    pub when: Option<String>,
    /// True for what AWS asks of new objects only: a password, which the file of one that is there may leave out.
    #[serde(default)]
    pub creation: bool,
    /// True for what AWS takes and makes something else of.
    #[serde(default)]
    pub warning: bool,
    pub each: Option<PropertyPath>,
    pub at: Option<PropertyPath>,
    #[serde(default)]
    pub with: IndexMap<String, PropertyPath>,
    #[serde(default)]
    pub of: IndexMap<String, String>,
    pub message: String,
    pub help: Option<String>,
}
