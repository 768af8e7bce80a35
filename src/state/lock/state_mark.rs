use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::acquire::get;
use crate::state::StateError;
use crate::state::store::Store;

/// What a lock knows of its stack's state: at least this much was durable. A state that lies there and has less has lost
/// files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateMark {
    pub lineage: Uuid,
    pub serial: u64,
}

impl StateMark {
    /// What the lock says, for those who do not hold it. A lock that cannot be read says nothing: who takes it is told.
    pub(in crate::state) async fn read(store: &dyn Store, key: &str) -> Result<Option<Self>, StateError> {
        Ok(get(store, key).await.ok().flatten().and_then(|seen| seen.record.state))
    }
}
