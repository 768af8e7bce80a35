use super::{Reconciliation, Stray};

/// What became of a recovery file.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// How many changes are durable now that were not before.
    pub changes: usize,
    /// Objects that state still does not know. Without any, the file has nothing more to give.
    pub strays: Vec<Stray>,
}

impl Recovered {
    pub(super) fn of(reconciliation: Reconciliation) -> Self {
        Self { changes: reconciliation.changes.len(), strays: reconciliation.strays }
    }
}
