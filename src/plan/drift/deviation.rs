use serde::Serialize;

use crate::plan::Shown;
use crate::schema::PropertyPath;

/// One value that no stack file speaks of and that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deviation {
    pub path: PropertyPath,
    /// What the object had when it was last made or changed here.
    pub baseline: Shown,
    pub live: Shown,
}
