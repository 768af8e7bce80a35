use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::stored_value::StoredValue;

/// The stored values that expressions ask for. Evaluating an expression tells what it wants; what is read is put here before
/// anything is planned, so that plan and apply see the same.
#[derive(Debug, Default)]
pub struct StoredValues(Mutex<BTreeMap<StoredValue, Option<Result<String, String>>>>);

impl StoredValues {
    /// What was asked for and is not read yet.
    pub fn wanted(&self) -> Vec<StoredValue> {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        values.iter().filter(|(_, read)| read.is_none()).map(|(value, _)| value.clone()).collect()
    }

    /// What it is, or why it cannot be read.
    pub fn put(&self, value: StoredValue, read: Result<String, String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(value, Some(read));
    }

    /// `None` where it is not read yet: then it is wanted.
    pub(super) fn get(&self, value: StoredValue) -> Option<Result<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(value).or_default().clone()
    }
}
