use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StatePlace;
use crate::state::document::MOVED;
use crate::state::{Snapshot, StateError};

/// What a state says that does not count where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Moved {
    /// It lies there now.
    To { place: StatePlace, id: Uuid },
    /// It was copied from there, and the one there was not marked yet. `id` names the move: the mark has the same.
    From { place: StatePlace, id: Uuid },
}

impl Snapshot {
    /// Refuses a state that does not count where it lies.
    ///
    /// # Errors
    /// `Moved` and `Arriving`.
    pub(in crate::state) fn ensure_here(&self, place: &str) -> Result<(), StateError> {
        let place = place.to_owned();
        match self.moved.clone() {
            None => Ok(()),
            Some(Moved::To { place: to, .. }) => Err(StateError::Moved { place, to: Box::new(to) }),
            Some(Moved::From { place: from, .. }) => Err(StateError::Arriving { place, from: Box::new(from) }),
        }
    }

    /// The same where it does not count, for older versions of infra too: they refuse a feature that they do not know.
    pub(super) fn marked(&self, moved: Moved) -> Self {
        let mut marked = self.unmarked();
        marked.features.push(MOVED.to_owned());
        marked.moved = Some(moved);
        marked
    }

    /// The same where it counts.
    pub(in crate::state) fn unmarked(&self) -> Self {
        let mut unmarked = Self { moved: None, ..self.clone() };
        unmarked.features.retain(|feature| feature != MOVED);
        unmarked
    }

    /// True for a copy that this move made and that does not count yet.
    pub(super) fn arrived_by(&self, id: Uuid) -> bool {
        matches!(&self.moved, Some(Moved::From { id: arrived, .. }) if *arrived == id)
    }
}
