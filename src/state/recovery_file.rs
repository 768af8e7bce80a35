use std::path::PathBuf;

use super::{Recovery, StateError};

/// One file of a `RecoveryFolder`.
#[derive(Debug)]
pub struct RecoveryFile {
    pub path: PathBuf,
    /// What it holds, or why it cannot be read.
    pub content: Result<Recovery, StateError>,
}
