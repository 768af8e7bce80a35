use std::sync::Arc;

use super::StatePlace;
use crate::state::document::{Trust, decode};
use crate::state::store::{ObjectVersion, Store};
use crate::state::{Snapshot, StackIdentity, StackKeys, StateError};

/// One stack's state in one store, whether it counts there or not.
#[derive(Clone)]
pub struct StateSite {
    pub store: Arc<dyn Store>,
    pub place: StatePlace,
}

impl StateSite {
    /// Whose state it is. A move asks nothing of AWS, so account and region stay those of the state.
    pub fn identity(&self) -> StackIdentity {
        let StatePlace { project, stack, .. } = self.place.clone();
        StackIdentity { project, stack, account: None, region: None }
    }

    /// The snapshot's file as it is, without the journal; `None` where there is none. One call.
    ///
    /// # Errors
    /// `Damaged` and `Newer`, and the store's own.
    pub async fn peek(&self) -> Result<Option<Snapshot>, StateError> {
        Ok(self.peek_with_version().await?.map(|(snapshot, _)| snapshot))
    }

    pub(super) async fn peek_with_version(&self) -> Result<Option<(Snapshot, ObjectVersion)>, StateError> {
        let key = self.keys()?.snapshot();
        let Some(stored) = self.store.get(&key).await? else { return Ok(None) };
        let snapshot = decode(&format!("{}/{key}", self.store.place()), &stored.bytes, Trust::Checked)?;
        Ok(Some((snapshot, stored.version)))
    }

    pub(super) fn keys(&self) -> Result<StackKeys, StateError> {
        StackKeys::new(&self.place.project, &self.place.stack)
    }
}
