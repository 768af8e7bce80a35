//! What every store must do, run against each of them.

use std::sync::Arc;

use super::{Condition, ObjectVersion, PutOutcome, S3Clients, Store};

pub async fn contract(store: Arc<dyn Store>) {
    conditions_are_kept(&*store).await;
    keys_are_listed_and_deleted(&*store).await;
    one_of_many_writers_wins(store).await;
}

fn written(outcome: PutOutcome) -> ObjectVersion {
    match outcome {
        PutOutcome::Written(version) => version,
        PutOutcome::Conflict => panic!("a conflict where the condition holds"),
    }
}

async fn conditions_are_kept(store: &dyn Store) {
    let key = "contract/conditions/a.json";
    assert!(store.get(key).await.unwrap().is_none());
    let stale = Condition::Matches(ObjectVersion::new("\"0123456789abcdef0123456789abcdef\""));
    assert_eq!(store.put(key, b"0", &stale).await.unwrap(), PutOutcome::Conflict);
    let first = written(store.put(key, b"1", &Condition::Absent).await.unwrap());
    assert_eq!(store.put(key, b"2", &Condition::Absent).await.unwrap(), PutOutcome::Conflict);
    let second = written(store.put(key, b"3", &Condition::Matches(first.clone())).await.unwrap());
    assert_eq!(store.put(key, b"4", &Condition::Matches(first.clone())).await.unwrap(), PutOutcome::Conflict);
    assert_eq!(written(store.put(key, b"3", &Condition::Matches(first)).await.unwrap()), second);
    assert_eq!(written(store.put(key, b"3", &Condition::Absent).await.unwrap()), second);
    let stored = store.get(key).await.unwrap().unwrap();
    assert_eq!((stored.bytes.as_slice(), &stored.version), (b"3".as_slice(), &second));
    assert!(stored.age.is_none_or(|age| age.as_secs() < 60), "{:?}", stored.age);
    written(store.put(key, b"5", &Condition::Always).await.unwrap());
    assert_eq!(store.get(key).await.unwrap().unwrap().bytes, b"5");
}

async fn keys_are_listed_and_deleted(store: &dyn Store) {
    let keys: Vec<String> = (0..3).map(|number| format!("contract/list/journal/{number}.json")).collect();
    for key in keys.iter().rev() {
        store.put(key, key.as_bytes(), &Condition::Absent).await.unwrap();
    }
    store.put("contract/list/state.json", b"{}", &Condition::Absent).await.unwrap();
    assert_eq!(store.list("contract/list/journal/").await.unwrap(), keys);
    store.delete(&keys[..2]).await.unwrap();
    store.delete(&keys[..2]).await.unwrap();
    assert_eq!(store.list("contract/list/").await.unwrap(), [keys[2].as_str(), "contract/list/state.json"]);
    assert!(store.list("contract/nothing/").await.unwrap().is_empty());
}

async fn one_of_many_writers_wins(store: Arc<dyn Store>) {
    let racers = (0..8).map(|number: u8| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.put("contract/race", &[b'a' + number], &Condition::Absent).await.unwrap() })
    });
    let outcomes = futures::future::try_join_all(racers).await.unwrap();
    let winners: Vec<usize> = (0..8).filter(|index| outcomes[*index] != PutOutcome::Conflict).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let body = store.get("contract/race").await.unwrap().unwrap().bytes;
    assert_eq!(body, [b'a' + u8::try_from(winners[0]).unwrap()]);
}

/// Clients of the S3 that `INFRA_TEST_S3_ENDPOINT` names; `None` where a run has no emulator.
pub fn s3_clients() -> Option<S3Clients> {
    let endpoint = std::env::var("INFRA_TEST_S3_ENDPOINT").ok()?;
    Some(Arc::new(move |region: &str| {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_s3::config::Region::new(region.to_owned()))
            .endpoint_url(&endpoint)
            .force_path_style(true)
            .credentials_provider(aws_sdk_s3::config::Credentials::new("test", "test", None, None, "test"));
        Arc::new(aws_sdk_s3::Client::from_conf(config.build()))
    }))
}

/// A bucket of its own for one test. A bare one: moto applies a TLS-only policy to the plain HTTP of a test.
pub async fn new_bucket(clients: &S3Clients) -> String {
    let bucket = format!("state-{}", uuid::Uuid::new_v4().simple());
    clients("us-east-1").create_bucket().bucket(&bucket).send().await.unwrap();
    bucket
}
