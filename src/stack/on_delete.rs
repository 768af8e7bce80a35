use serde::{Deserialize, Serialize};
use strum::{EnumString, VariantNames};

/// What becomes of the object when its resource leaves the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OnDelete {
    /// It is deleted.
    Delete,
    /// It stays in AWS, and is no longer this stack's.
    Retain,
    /// It is deleted after a last snapshot.
    Snapshot,
}
