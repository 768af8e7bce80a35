use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::document::{Layout, Trust, decode, encode};
use super::store::{Condition, PutOutcome, Store};
use super::{StackIdentity, StackKeys, StateError};

/// The records that the runs of one stack left, numbered from 1. A record is written once and never changed; what is in
/// it is the caller's affair.
pub struct History {
    store: Arc<dyn Store>,
    keys: StackKeys,
}

impl History {
    /// # Errors
    /// `StateError::Name` for a project or stack that cannot be a part of a key.
    pub fn of(store: &Arc<dyn Store>, identity: &StackIdentity) -> Result<Self, StateError> {
        let keys = StackKeys::new(&identity.project, &identity.stack)?;
        Ok(Self::new(Arc::clone(store), keys))
    }

    pub(super) fn new(store: Arc<dyn Store>, keys: StackKeys) -> Self {
        Self { store, keys }
    }

    /// The numbers of the records that are there, in their order.
    pub async fn numbers(&self) -> Result<Vec<u64>, StateError> {
        let keys = self.store.list(&self.keys.history()).await?;
        Ok(keys.iter().filter_map(|key| self.keys.record_number(key)).collect())
    }

    /// One record, `None` where there is none of that number.
    ///
    /// # Errors
    /// `Newer` and `Damaged` for a record that this version cannot read.
    pub async fn read<T: DeserializeOwned>(&self, number: u64) -> Result<Option<T>, StateError> {
        let key = self.keys.record(number);
        let Some(stored) = self.store.get(&key).await? else { return Ok(None) };
        decode(&format!("{}/{key}", self.store.place()), &stored.bytes, Trust::Checked).map(Some)
    }

    /// Writes the record that `make` makes of its number, and gives the number. Two calls to a bucket.
    pub async fn append<T: Serialize>(&self, make: impl Fn(u64) -> T) -> Result<u64, StateError> {
        let mut number = self.numbers().await?.last().copied().unwrap_or_default() + 1;
        loop {
            let bytes = encode(&make(number), Layout::Compact)?;
            match self.store.put(&self.keys.record(number), &bytes, &Condition::Absent).await? {
                PutOutcome::Written(_) => return Ok(number),
                // A run that lost its lease may still write what it did.
                PutOutcome::Conflict => number += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::state::testing::{identity, stores};

    fn numbered(number: u64) -> Value {
        json!({"number": number, "text": "é"})
    }

    #[tokio::test]
    async fn records_are_numbered_in_their_order_and_read_back() {
        for (store, _folder) in stores().await {
            let history = History::of(&store, &identity("dev")).unwrap();
            assert!(history.numbers().await.unwrap().is_empty());
            for number in 1..=12 {
                assert_eq!(history.append(numbered).await.unwrap(), number);
            }
            assert_eq!(history.numbers().await.unwrap(), (1..=12).collect::<Vec<_>>());
            assert_eq!(history.read(10).await.unwrap(), Some(numbered(10)));
            assert_eq!(history.read::<Value>(13).await.unwrap(), None);
            let other = History::of(&store, &identity("prod")).unwrap();
            assert!(other.numbers().await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn after_old_records_were_deleted_numbers_go_on() {
        for (store, _folder) in stores().await {
            let history = History::of(&store, &identity("dev")).unwrap();
            for _ in 0..3 {
                history.append(numbered).await.unwrap();
            }
            store.delete(&[history.keys.record(1), history.keys.record(2)]).await.unwrap();
            assert_eq!(history.append(numbered).await.unwrap(), 4);
        }
    }

    #[tokio::test]
    async fn of_two_runs_that_write_at_once_both_records_are_kept() {
        for (store, _folder) in stores().await {
            let history = History::of(&store, &identity("dev")).unwrap();
            let both = [json!({"run": "a"}), json!({"run": "b"})];
            let (a, b) = tokio::join!(history.append(|_| &both[0]), history.append(|_| &both[1]));
            let mut numbers = [a.unwrap(), b.unwrap()];
            assert_eq!(history.read(numbers[0]).await.unwrap().as_ref(), Some(&both[0]));
            assert_eq!(history.read(numbers[1]).await.unwrap().as_ref(), Some(&both[1]));
            numbers.sort_unstable();
            assert_eq!(numbers, [1, 2]);
        }
    }

    #[tokio::test]
    async fn a_damaged_record_and_one_of_a_newer_format_are_told_apart() {
        for (store, _folder) in stores().await {
            let history = History::of(&store, &identity("dev")).unwrap();
            history.append(numbered).await.unwrap();
            let key = history.keys.record(1);
            let text = String::from_utf8(store.get(&key).await.unwrap().unwrap().bytes).unwrap();
            store.put(&key, text.replace('é', "e").as_bytes(), &Condition::Always).await.unwrap();
            let damaged = history.read::<Value>(1).await.unwrap_err();
            assert!(matches!(&damaged, StateError::Damaged { place, .. } if place.ends_with(&key)), "{damaged}");
            let newer = br#"{"version": 9, "written_by": "9.1.0"}"#;
            store.put(&key, newer, &Condition::Always).await.unwrap();
            assert!(matches!(history.read::<Value>(1).await.unwrap_err(), StateError::Newer { .. }));
        }
    }
}
