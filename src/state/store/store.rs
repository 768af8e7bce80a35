use async_trait::async_trait;

use super::{Condition, PutOutcome, StoreError, Stored};

/// Objects by key, with conditional writes. Keys are relative, `/` between their parts. A write is whole and durable
/// when `put` returns; whoever reads sees either the old content or the new.
#[async_trait]
pub trait Store: Send + Sync {
    /// Where it is, as a user would write it: `s3://bucket/prefix` or a folder.
    fn place(&self) -> String;

    /// The key's content, `None` where it does not exist.
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError>;

    /// Writes under a condition. `Conflict` is sure: the content is not ours. `Written` is sure too, and is also the
    /// answer where the key holds these very bytes already: an earlier try went through. Only an error leaves open what
    /// happened; then the same write can be made again.
    async fn put(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<PutOutcome, StoreError>;

    /// All keys that begin with `prefix`, sorted.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;

    /// Deletes keys; one that does not exist is a success.
    async fn delete(&self, keys: &[String]) -> Result<(), StoreError>;
}
