use std::collections::VecDeque;

use super::{Change, JournalSegment, StateError};

/// What was recorded and is not known to be durable, oldest first. Kept where the session sees it too: a writer that
/// waits for its store cannot be asked.
#[derive(Default)]
pub(super) struct Pending {
    /// Segments made and not known to be written. Their bytes never change, so a write whose answer was lost can be made
    /// again.
    pub unwritten: VecDeque<(JournalSegment, Vec<u8>)>,
    /// The changes of each `record` that no segment has yet.
    pub queued: VecDeque<Vec<Change>>,
    /// Why the last write did not succeed; `None` after one that did.
    pub failure: Option<StateError>,
}

impl Pending {
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.unwritten.iter().flat_map(|(segment, _)| &segment.changes).chain(self.queued.iter().flatten())
    }
}
