//! What the tests of state share: small states, stores of every kind, and one that counts and fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use super::store::{Condition, LocalStore, PutOutcome, S3Store, Store, StoreError, Stored, testing as s3};
use super::{Change, Holder, Life, LockOptions, ResourceState, Session, StackIdentity, Status};
use crate::resources::{OnDelete, ResourceId};

pub fn identity(stack: &str) -> StackIdentity {
    StackIdentity {
        project: "shop".to_owned(),
        stack: stack.to_owned(),
        account: Some("123456789012".to_owned()),
        region: Some("us-west-2".to_owned()),
    }
}

pub fn resource(id: Option<&str>, status: Status) -> ResourceState {
    ResourceState {
        type_name: "AWS::SQS::Queue".to_owned(),
        region: "us-west-2".to_owned(),
        life: life(id.map(ResourceId::new), status),
        intended: None,
        properties: json!({"DelaySeconds": 5}).as_object().cloned().unwrap(),
        outputs: json!({"Arn": "arn:aws:sqs:us-west-2:123456789012:q"}).as_object().cloned().unwrap(),
        baseline: None,
        dependencies: Vec::new(),
        protect: false,
        on_delete: OnDelete::Delete,
        last_snapshot: None,
        origin: super::Origin::Created,
        timeout: None,
        token: "0123456789abcdef0123456789abcdef".to_owned(),
        generation: 1,
        superseded: Vec::new(),
        duration_seconds: Some(0.123),
    }
}

fn life(id: Option<ResourceId>, status: Status) -> Life {
    match (id, status) {
        (None, Status::Deleting) => Life::AwaitingSuccessor,
        (None, _) => Life::Intended { tagged: None },
        (Some(id), Status::Deleting) => Life::Going { id },
        (Some(id), Status::Ready) => Life::ready(id),
        (Some(id), Status::Updating) => Life::ready(id).updating(),
        (Some(id), Status::Creating | Status::Incomplete) => Life::incomplete(id),
    }
}

pub fn ready(number: usize) -> Change {
    let id = format!("https://sqs/q-{number}");
    Change::put(&format!("queue_{number:04}").as_str().into(), resource(Some(&id), Status::Ready))
}

pub fn options(user: &str, timeout: Duration) -> LockOptions {
    LockOptions::new(Holder::this_process(user, "laptop", "infra apply", ""), timeout)
}

pub async fn open(store: &Arc<dyn Store>) -> Session {
    Session::open(store, &identity("dev"), &options("ada", Duration::ZERO)).await.unwrap()
}

/// A folder, and a bucket where the run has an S3.
pub async fn stores() -> Vec<(Arc<dyn Store>, Option<tempfile::TempDir>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut stores: Vec<(Arc<dyn Store>, _)> = vec![(Arc::new(LocalStore::new(folder.path())), Some(folder))];
    if let Some(clients) = s3::s3_clients() {
        let bucket = s3::new_bucket(&clients).await;
        stores.push((Arc::new(S3Store::new(clients, "us-east-1", &bucket, "state")), None));
    }
    stores
}

/// Another store, slowed down, counted, and failing when told to.
pub struct Watched {
    store: Arc<dyn Store>,
    pub puts: AtomicUsize,
    pub bytes: AtomicUsize,
    pub delay: Duration,
    /// Refuses every write.
    pub refuse: AtomicBool,
    /// Refuses writes of keys with this part.
    refused_key: std::sync::Mutex<String>,
    /// Writes, and then says that it could not.
    pub lose_answers: AtomicBool,
    /// Writes keys with this part, and then says that it could not.
    unanswered_key: std::sync::Mutex<String>,
    /// Refuses writes that have no condition, as a bucket's policy may.
    pub conditional_only: AtomicBool,
    /// Writes whether the condition holds or not.
    pub unconditional: AtomicBool,
    /// Deletes nothing, as for a role without that permission.
    pub keep_all: AtomicBool,
}

impl Watched {
    pub fn new(store: Arc<dyn Store>, delay: Duration) -> Arc<Self> {
        let (puts, bytes) = Default::default();
        Arc::new(Self {
            store,
            puts,
            bytes,
            delay,
            refuse: false.into(),
            lose_answers: false.into(),
            keep_all: false.into(),
            unconditional: false.into(),
            refused_key: Default::default(),
            unanswered_key: Default::default(),
            conditional_only: false.into(),
        })
    }

    /// An empty part refuses none.
    pub fn refuse_key(&self, part: &str) {
        *self.refused_key.lock().unwrap() = part.to_owned();
    }

    /// An empty part answers all.
    pub fn leave_unanswered(&self, part: &str) {
        *self.unanswered_key.lock().unwrap() = part.to_owned();
    }

    fn refuses(&self, key: &str, condition: &Condition) -> bool {
        let unconditional = *condition == Condition::Always && self.conditional_only.load(Ordering::SeqCst);
        self.refuse.load(Ordering::SeqCst) || unconditional || is_of(&self.refused_key, key)
    }

    fn failure(&self) -> StoreError {
        StoreError::File { action: "writing", path: "store".into(), source: std::io::Error::other("no answer") }
    }
}

fn is_of(part: &std::sync::Mutex<String>, key: &str) -> bool {
    let part = part.lock().unwrap();
    !part.is_empty() && key.contains(part.as_str())
}

#[async_trait]
impl Store for Watched {
    fn place(&self) -> String {
        self.store.place()
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        self.store.get(key).await
    }

    async fn put(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<PutOutcome, StoreError> {
        self.puts.fetch_add(1, Ordering::SeqCst);
        self.bytes.fetch_add(bytes.len(), Ordering::SeqCst);
        tokio::time::sleep(self.delay).await;
        if self.refuses(key, condition) {
            return Err(self.failure());
        }
        let condition = if self.unconditional.load(Ordering::SeqCst) { &Condition::Always } else { condition };
        let outcome = self.store.put(key, bytes, condition).await?;
        match self.lose_answers.load(Ordering::SeqCst) || is_of(&self.unanswered_key, key) {
            true => Err(self.failure()),
            false => Ok(outcome),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.store.list(prefix).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        if self.keep_all.load(Ordering::SeqCst) {
            return Err(self.failure());
        }
        self.store.delete(keys).await
    }
}
