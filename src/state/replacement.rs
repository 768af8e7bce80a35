use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::document::{Layout, encode};
use super::load::{Marked, load};
use super::lock::acquire;
use super::store::{Condition, PutOutcome, Store, Stored};
use super::{Lease, LockOptions, Position, Session, Snapshot, StackIdentity, StackKeys, StateError, push};

/// The files of a state that cannot be read, as they lie in the store.
struct Damaged {
    /// `None` where it is missing.
    snapshot: Option<Stored>,
    journal: Vec<(Position, Vec<u8>)>,
}

impl Session {
    /// Puts the state of a file in the place of one that is damaged. Every file of the damaged one is kept in the store
    /// first; where, is returned. `None`, with nothing done, where state can be read.
    ///
    /// # Errors
    /// `Locked`; `Newer` for a state that is not damaged but unknown; `PushRefused` and `AccountMismatch` for a file of
    /// another stack or account.
    pub async fn replace_damaged(
        store: &Arc<dyn Store>,
        identity: &StackIdentity,
        options: &LockOptions,
        file: &[u8],
    ) -> Result<Option<String>, StateError> {
        if is_readable(store, identity).await? {
            return Ok(None);
        }
        let keys = StackKeys::new(&identity.project, &identity.stack)?;
        let pushed = push::accept(file, &Snapshot::new(identity), false, true)?;
        let lease = acquire(Arc::clone(store), keys.lock(), options).await?;
        let outcome = replace(store, identity, &keys, &lease, pushed).await;
        let released = lease.release().await;
        let kept = outcome?;
        released?;
        Ok(kept)
    }
}

async fn is_readable(store: &Arc<dyn Store>, identity: &StackIdentity) -> Result<bool, StateError> {
    let keys = StackKeys::new(&identity.project, &identity.stack)?;
    match load(store, &keys, identity, Marked::ByLock).await {
        Ok(_) => Ok(true),
        Err(StateError::Damaged { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn replace(
    store: &Arc<dyn Store>,
    identity: &StackIdentity,
    keys: &StackKeys,
    lease: &Lease,
    mut pushed: Snapshot,
) -> Result<Option<String>, StateError> {
    // Another run may have been faster.
    if is_readable(store, identity).await? {
        return Ok(None);
    }
    let damaged = Damaged::read(store, keys).await?;
    let kept = damaged.keep(store, keys).await?;
    let last = damaged.journal.iter().map(|(position, _)| position.epoch).max().unwrap_or_default();
    lease.raise_epoch(last + 1).await?;
    // Every segment that lies there, and any that an older run still writes, comes before this and is passed over.
    pushed.journal = Position { epoch: lease.epoch(), seq: 0 };
    let known = lease.state().map_or(0, |mark| mark.serial);
    pushed.serial = pushed.serial.max(damaged.highest_serial()).max(known) + 1;
    lease.unmark().await?;
    let condition = damaged.snapshot.map_or(Condition::Absent, |stored| Condition::Matches(stored.version));
    lease.ensure_held()?;
    match store.put(&keys.snapshot(), &encode(&pushed, Layout::Indented)?, &condition).await? {
        PutOutcome::Written(_) => {
            lease.mark(pushed.mark());
            Ok(Some(format!("{}/{kept}", store.place())))
        }
        PutOutcome::Conflict => Err(lease.lose("another run wrote the state")),
    }
}

impl Damaged {
    async fn read(store: &Arc<dyn Store>, keys: &StackKeys) -> Result<Self, StateError> {
        let mut journal = Vec::new();
        for key in store.list(&keys.journal()).await? {
            if let (Some(position), Some(stored)) = (keys.position(&key), store.get(&key).await?) {
                journal.push((position, stored.bytes));
            }
        }
        Ok(Self { snapshot: store.get(&keys.snapshot()).await?, journal })
    }

    /// Copies all of it and says below which key.
    async fn keep(&self, store: &Arc<dyn Store>, keys: &StackKeys) -> Result<String, StateError> {
        let folder = keys.damaged(Timestamp::now());
        let snapshot = self.snapshot.iter().map(|stored| ("state.json".to_owned(), &stored.bytes));
        let segments = self.journal.iter().map(|(position, bytes)| (format!("journal/{position}.json"), bytes));
        for (name, bytes) in snapshot.chain(segments) {
            store.put(&format!("{folder}{name}"), bytes, &Condition::Absent).await?;
        }
        Ok(folder)
    }

    /// As far as it can be made out: a saved plan names its state by the serial, so none is to be used twice.
    fn highest_serial(&self) -> u64 {
        let files = self.snapshot.iter().map(|stored| &stored.bytes).chain(self.journal.iter().map(|(_, bytes)| bytes));
        let serials = files.filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok()?["serial"].as_u64());
        serials.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::state::Loaded;
    use crate::state::testing::{identity, open, options, ready, stores};

    /// Which file, and what becomes of its bytes; `None` is its loss.
    type Damage = (&'static str, fn(Vec<u8>) -> Option<Vec<u8>>);

    const DAMAGES: [Damage; 8] = [
        ("state.json", |_| Some(Vec::new())),
        ("state.json", |bytes| Some(bytes[..bytes.len() / 2].to_vec())),
        ("state.json", |bytes| Some(String::from_utf8(bytes).unwrap().replace("q-0", "q-7").into())),
        ("state.json", |_| None),
        ("0000000002-0000000001", |_| Some(Vec::new())),
        ("0000000002-0000000002", |bytes| Some(bytes[..bytes.len() - 1].to_vec())),
        ("0000000002-0000000003", |bytes| Some(String::from_utf8(bytes).unwrap().replace("q-2", "q-7").into())),
        ("0000000002-0000000002", |_| None),
    ];

    /// A state of a snapshot and of three segments, and its whole content as `state pull` prints it.
    async fn state(store: &Arc<dyn Store>) -> Loaded {
        let first = open(store).await;
        first.record((0..40).map(ready).collect()).await.unwrap();
        first.close().await.unwrap();
        let second = open(store).await;
        for number in 0..3 {
            second.record(vec![ready(number)]).await.unwrap();
        }
        second.close().await.unwrap();
        Session::read(store, &identity("dev")).await.unwrap()
    }

    async fn damage(store: &Arc<dyn Store>, (name, change): Damage) -> (String, Option<Vec<u8>>) {
        let keys = store.list("shop/dev/").await.unwrap();
        let key = keys.into_iter().find(|key| key.contains(name)).unwrap();
        let damaged = change(store.get(&key).await.unwrap().unwrap().bytes);
        match &damaged {
            Some(bytes) => drop(store.put(&key, bytes, &Condition::Always).await.unwrap()),
            None => store.delete(std::slice::from_ref(&key)).await.unwrap(),
        }
        (key, damaged)
    }

    #[tokio::test]
    async fn a_damaged_state_is_refused_kept_and_replaced_by_force() {
        for damaging in DAMAGES {
            for (store, _folder) in stores().await {
                let whole = state(&store).await;
                let (key, damaged) = damage(&store, damaging).await;
                let options = options("ada", Duration::ZERO);
                let refused = Session::open(&store, &identity("dev"), &options).await.err().unwrap();
                assert!(matches!(refused, StateError::Damaged { .. }), "{refused}");
                assert!(refused.to_string().contains("infra state push --force"), "{refused}");
                assert_eq!(store.get(&key).await.unwrap().map(|stored| stored.bytes), damaged, "left as it is");

                let file = whole.to_file().unwrap();
                let replaced = Session::replace_damaged(&store, &identity("dev"), &options, &file).await.unwrap();
                assert!(replaced.unwrap().contains("shop/dev/damaged/"));
                let kept = store.list("shop/dev/damaged/").await.unwrap();
                if let Some(damaged) = damaged {
                    let name = key.strip_prefix("shop/dev/").unwrap();
                    let copy = kept.iter().find(|copy| copy.ends_with(name)).unwrap();
                    assert_eq!(store.get(copy).await.unwrap().unwrap().bytes, damaged);
                }
                let now = Session::read(&store, &identity("dev")).await.unwrap().snapshot;
                assert_eq!(now.resources, whole.snapshot.resources);
                assert!(now.serial > whole.snapshot.serial);
                let next = open(&store).await;
                next.record(vec![ready(50)]).await.unwrap();
                next.close().await.unwrap();
                assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 41);
            }
        }
    }

    #[tokio::test]
    async fn no_serial_that_was_lost_is_used_again() {
        for (store, _folder) in stores().await {
            let whole = state(&store).await;
            let lost = store.list("shop/dev/journal/").await.unwrap();
            store.delete(&lost).await.unwrap();
            let options = options("ada", Duration::ZERO);
            let file = whole.to_file().unwrap();
            let old = String::from_utf8(file).unwrap();
            let old = old.replace(&format!("\"serial\": {}", whole.snapshot.serial), "\"serial\": 1");
            Session::replace_damaged(&store, &identity("dev"), &options, old.as_bytes()).await.unwrap().unwrap();
            let now = Session::read(&store, &identity("dev")).await.unwrap().snapshot.serial;
            assert!(now > whole.snapshot.serial, "{now} after {}", whole.snapshot.serial);
        }
    }

    #[tokio::test]
    async fn a_state_that_can_be_read_is_none_of_its_business() {
        for (store, _folder) in stores().await {
            let whole = state(&store).await;
            let options = options("ada", Duration::ZERO);
            let file = whole.to_file().unwrap();
            assert_eq!(Session::replace_damaged(&store, &identity("dev"), &options, &file).await.unwrap(), None);
            assert!(store.list("shop/dev/damaged/").await.unwrap().is_empty());
        }
    }
}
