use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Change, Note, Position};

/// One object of the journal: what happened between two writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalSegment {
    #[serde(default)]
    pub features: Vec<String>,
    pub lineage: Uuid,
    pub position: Position,
    /// The state's serial once the changes are applied: one more than before, so that a missing segment shows.
    pub serial: u64,
    pub changes: Vec<Change>,
    /// Written by a run that took over a lease, in the place where its predecessor would write next: if that one still
    /// lives, its write meets a conflict. Has no changes and does not count the serial.
    #[serde(default)]
    pub fence: bool,
}

impl JournalSegment {
    /// True if the key of the fingerprints is kept otherwise from here on.
    pub fn changes_key(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Note(Note::FingerprintKey { .. })))
    }
}
