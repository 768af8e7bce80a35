use super::document::{Layout, encode};
use super::{Snapshot, StateError};

/// State as it was read without a lock.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub snapshot: Snapshot,
    /// False for a stack that was never applied: the snapshot is then an empty one, with a lineage and a key that the
    /// first apply will not have.
    pub exists: bool,
}

impl Loaded {
    /// What `infra state pull` writes: the whole state in the form that `infra state push` takes.
    pub fn to_file(&self) -> Result<Vec<u8>, StateError> {
        encode(&self.snapshot, Layout::Indented)
    }
}
