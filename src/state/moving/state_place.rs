use std::fmt;

use serde::{Deserialize, Serialize};

/// Where the state of a stack lies, and under which name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatePlace {
    /// `s3://bucket/prefix`, or the whole path of a folder.
    pub location: String,
    pub project: String,
    pub stack: String,
}

impl fmt::Display for StatePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{} in {}", self.project, self.stack, self.location)
    }
}
