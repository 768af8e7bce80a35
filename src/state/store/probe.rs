use super::{Condition, ObjectVersion, PutOutcome, Store, StoreError};

/// What the probed key holds: nothing that anybody needs.
const FIRST: &[u8] = b"{\"probe\":1}";
const SECOND: &[u8] = b"{\"probe\":2}";

/// A version that no content has.
const NO_VERSION: &str = "\"00000000000000000000000000000000\"";

/// Makes sure that a store keeps the conditions of writes. One that ignores them lets two runs hold one lock.
///
/// # Errors
/// `StoreError::Unconditional` for a store that writes where the condition does not hold, and the store's own.
pub async fn probe(store: &dyn Store, key: &str) -> Result<(), StoreError> {
    let outcome = conditions_hold(store, key).await;
    // What is left of a probe harms nobody.
    if let Err(error) = store.delete(&[key.to_owned()]).await {
        tracing::debug!(%error, "the probe was not deleted");
    }
    match outcome? {
        true => Ok(()),
        false => Err(StoreError::Unconditional(store.place())),
    }
}

async fn conditions_hold(store: &dyn Store, key: &str) -> Result<bool, StoreError> {
    // A bucket's policy may refuse writes without a condition.
    store.put(key, FIRST, &Condition::Absent).await?;
    let absent = store.put(key, SECOND, &Condition::Absent).await?;
    let other = store.put(key, SECOND, &Condition::Matches(ObjectVersion::new(NO_VERSION))).await?;
    let is_there = store.get(key).await?.is_some_and(|stored| stored.bytes == FIRST);
    Ok((absent, other, is_there) == (PutOutcome::Conflict, PutOutcome::Conflict, true))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use super::*;
    use crate::state::testing::{Watched, stores};

    #[tokio::test]
    async fn a_store_that_ignores_conditions_is_noticed_and_nothing_is_left_of_the_probe() {
        for (store, _folder) in stores().await {
            probe(&*store, "shop/dev/probe.json").await.unwrap();
            assert!(store.list("").await.unwrap().is_empty());
            let watched = Watched::new(Arc::clone(&store), Duration::ZERO);
            watched.unconditional.store(true, Ordering::SeqCst);
            let error = probe(&*watched, "shop/dev/probe.json").await.unwrap_err();
            assert!(matches!(error, StoreError::Unconditional(_)), "{error}");
        }
    }

    #[tokio::test]
    async fn a_bucket_that_takes_conditional_writes_only_is_a_good_one() {
        for (store, _folder) in stores().await {
            let watched = Watched::new(store, Duration::ZERO);
            watched.conditional_only.store(true, Ordering::SeqCst);
            probe(&*watched, "shop/dev/probe.json").await.unwrap();
        }
    }
}
