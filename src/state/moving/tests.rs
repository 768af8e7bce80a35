use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use super::{Moved, StatePlace, StateSite, transfer};
use crate::state::store::{Condition, LocalStore, PutOutcome, Store, StoreError, Stored};
use crate::state::testing::{identity, open, options, ready, resource, stores};
use crate::state::{Change, History, Session, Snapshot, StackIdentity, StateError, Status, current, unlock};

/// A store that answers so many calls and no more, as for a process that is killed: before the call that is one too many,
/// or after it.
struct Mortal {
    store: Arc<dyn Store>,
    left: Arc<AtomicI64>,
    dies_after: bool,
}

impl Mortal {
    async fn call<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        let dead =
            || StoreError::File { action: "calling", path: "store".into(), source: std::io::Error::other("dead") };
        match (left, self.dies_after) {
            (1.., _) => work.await,
            (0, true) => work.await.and(Err(dead())),
            _ => Err(dead()),
        }
    }
}

#[async_trait]
impl Store for Mortal {
    fn place(&self) -> String {
        self.store.place()
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        self.call(self.store.get(key)).await
    }

    async fn put(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<PutOutcome, StoreError> {
        self.call(self.store.put(key, bytes, condition)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.call(self.store.list(prefix)).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        self.call(self.store.delete(keys)).await
    }
}

fn site(store: &Arc<dyn Store>, (project, stack): (&str, &str)) -> StateSite {
    let (project, stack) = (project.to_owned(), stack.to_owned());
    StateSite { store: Arc::clone(store), place: StatePlace { location: store.place(), project, stack } }
}

fn dev(store: &Arc<dyn Store>) -> StateSite {
    site(store, ("shop", "dev"))
}

fn mortal(site: &StateSite, left: &Arc<AtomicI64>, dies_after: bool) -> StateSite {
    let store = Arc::new(Mortal { store: Arc::clone(&site.store), left: Arc::clone(left), dies_after });
    StateSite { store, place: site.place.clone() }
}

/// State with a journal, an interrupted create, and two records of history.
async fn fill(store: &Arc<dyn Store>) -> Snapshot {
    let first = open(store).await;
    first.record((0..20).map(ready).collect()).await.unwrap();
    first.close().await.unwrap();
    let second = open(store).await;
    second.record(vec![Change::put(&"vpc".into(), resource(None, Status::Creating))]).await.unwrap();
    second.close().await.unwrap();
    let history = History::of(store, &identity("dev")).unwrap();
    for _ in 0..2 {
        history.append(|number| json!({"number": number})).await.unwrap();
    }
    read(&dev(store)).await.unwrap()
}

async fn read(site: &StateSite) -> Result<Snapshot, StateError> {
    let loaded = Session::read(&site.store, &site.identity()).await?;
    Ok(loaded.snapshot)
}

async fn counts(site: &StateSite) -> bool {
    Session::read(&site.store, &site.identity()).await.is_ok_and(|loaded| loaded.exists)
}

async fn free(site: &StateSite) {
    let keys = site.keys().unwrap();
    if let Some(record) = current(site.store.as_ref(), &keys).await.unwrap() {
        unlock(site.store.as_ref(), &keys, &record.id.to_string(), true).await.unwrap();
    }
}

fn now() -> crate::state::LockOptions {
    options("ada", Duration::ZERO)
}

/// What has to be the same in the new place.
fn content(snapshot: &Snapshot) -> (uuid::Uuid, u64, serde_json::Value, String) {
    let resources = serde_json::to_value(&snapshot.resources).unwrap();
    (snapshot.lineage, snapshot.serial, resources, format!("{:?}", snapshot.fingerprint_key))
}

/// Every pair of kinds of places, and a rename within one place.
async fn pairs() -> Vec<(StateSite, StateSite, Vec<Option<tempfile::TempDir>>)> {
    let mut pairs = Vec::new();
    for from in 0..stores().await.len() {
        for to in 0..stores().await.len() {
            let (from, to) = (stores().await.swap_remove(from), stores().await.swap_remove(to));
            pairs.push((dev(&from.0), dev(&to.0), vec![from.1, to.1]));
        }
        let (store, folder) = stores().await.swap_remove(from);
        pairs.push((dev(&store), site(&store, ("mall", "main")), vec![folder]));
    }
    pairs
}

#[tokio::test]
async fn state_moves_whole_and_the_former_place_says_where_it_is() {
    for (from, to, _folders) in pairs().await {
        let before = fill(&from.store).await;
        let moved = transfer(&from, &to, &now()).await.unwrap();
        assert_eq!(moved.records, 2);
        assert_eq!(content(&read(&to).await.unwrap()), content(&before));
        assert_eq!(read(&to).await.unwrap().project, to.place.project);
        let history = History::of(&to.store, &to.identity()).unwrap();
        assert_eq!(history.read(2).await.unwrap(), Some(json!({"number": 2})));
        for refused in [
            read(&from).await.unwrap_err(),
            Session::open(&from.store, &from.identity(), &now()).await.err().unwrap(),
            transfer(&from, &to, &now()).await.unwrap_err(),
        ] {
            assert!(matches!(&refused, StateError::Moved { to: told, .. } if **told == to.place), "{refused}");
        }
    }
}

#[tokio::test]
async fn runs_go_on_in_the_new_place() {
    for (from, to, _folders) in pairs().await {
        fill(&from.store).await;
        transfer(&from, &to, &now()).await.unwrap();
        for number in 30..33 {
            let session = Session::open(&to.store, &to.identity(), &now()).await.unwrap();
            session.record(vec![ready(number)]).await.unwrap();
            session.close().await.unwrap();
        }
        assert_eq!(read(&to).await.unwrap().resources.len(), 24);
    }
}

#[tokio::test]
async fn a_move_that_is_cut_off_anywhere_leaves_one_state_at_most_and_goes_on() {
    for dies_after in [false, true] {
        for calls in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let stores = ["a", "b"].map(|name| Arc::new(LocalStore::new(folder.path().join(name))) as Arc<dyn Store>);
            let (from, to) = (dev(&stores[0]), dev(&stores[1]));
            let before = fill(&from.store).await;
            let left = Arc::new(AtomicI64::new(calls));
            let (dying_from, dying_to) = (mortal(&from, &left, dies_after), mortal(&to, &left, dies_after));
            let outcome = transfer(&dying_from, &dying_to, &now()).await;
            assert!(!(counts(&from).await && counts(&to).await), "both count after {calls} calls");
            free(&from).await;
            free(&to).await;
            if counts(&to).await {
                assert!(matches!(transfer(&from, &to, &now()).await, Err(StateError::Moved { .. })), "{calls}");
            } else {
                let empty = Session::read(&to.store, &to.identity()).await.is_ok_and(|loaded| !loaded.exists);
                let arriving = matches!(read(&to).await, Err(StateError::Arriving { .. }));
                assert!(empty && counts(&from).await || arriving, "after {calls} calls");
                transfer(&from, &to, &now()).await.unwrap();
            }
            assert_eq!(content(&read(&to).await.unwrap()), content(&before), "after {calls} calls");
            assert!(matches!(read(&from).await, Err(StateError::Moved { .. })));
            if outcome.is_ok() && left.load(Ordering::SeqCst) > 0 {
                assert!(calls > 10, "{calls}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_the_former_place_did_after_a_move_was_cut_off_is_not_lost() {
    // The first move ends with the copy in place and the former place unmarked.
    let (mut calls, mut cut_off) = (0, None);
    while cut_off.is_none() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["a", "b"].map(|name| dev(&(Arc::new(LocalStore::new(folder.path().join(name))) as _)));
        fill(&from.store).await;
        let left = Arc::new(AtomicI64::new(calls));
        let outcome = transfer(&mortal(&from, &left, false), &mortal(&to, &left, false), &now()).await;
        assert!(outcome.is_err());
        free(&from).await;
        free(&to).await;
        let is_there = to.peek().await.unwrap().is_some();
        cut_off = is_there.then_some((from, to, folder));
        calls += 1;
    }
    let (from, to, _folder) = cut_off.unwrap();
    let session = open(&from.store).await;
    session.record(vec![ready(50)]).await.unwrap();
    session.close().await.unwrap();
    transfer(&from, &to, &now()).await.unwrap();
    assert_eq!(read(&to).await.unwrap().resources.len(), 22);
}

#[tokio::test]
async fn a_straggler_of_the_former_place_writes_into_neither() {
    for (from, to, _folders) in pairs().await {
        fill(&from.store).await;
        let straggler = open(&from.store).await;
        straggler.record(vec![ready(60)]).await.unwrap();
        free(&from).await;
        let moved = transfer(&from, &to, &now()).await.unwrap();
        assert_eq!(moved.snapshot.resources.len(), 22);
        assert!(matches!(straggler.record(vec![ready(61)]).await, Err(StateError::LeaseLost(_))));
        assert!(straggler.close().await.is_err());
        assert!(matches!(read(&from).await, Err(StateError::Moved { .. })));
        assert_eq!(read(&to).await.unwrap().resources.len(), 22);
        // Back again, the straggler is still shut out.
        transfer(&to, &from, &now()).await.unwrap();
        assert!(straggler.record(vec![ready(62)]).await.is_err());
        assert_eq!(read(&from).await.unwrap().resources.len(), 22);
    }
}

#[tokio::test]
async fn nothing_is_written_over_another_state() {
    for (from, to, _folders) in pairs().await {
        fill(&from.store).await;
        let there = Session::open(&to.store, &to.identity(), &now()).await.unwrap();
        there.record(vec![ready(0)]).await.unwrap();
        there.close().await.unwrap();
        let refused = transfer(&from, &to, &now()).await.unwrap_err();
        assert!(matches!(refused, StateError::Occupied { .. }), "{refused}");
        assert_eq!(read(&to).await.unwrap().resources.len(), 1);
        assert_eq!(read(&from).await.unwrap().resources.len(), 21);
        open(&from.store).await.close().await.unwrap();
    }
}

#[tokio::test]
async fn who_works_in_either_place_is_not_disturbed() {
    for (from, to, _folders) in pairs().await {
        fill(&from.store).await;
        for site in [&from, &to] {
            let worker = Session::open(&site.store, &site.identity(), &now()).await.unwrap();
            let refused = transfer(&from, &to, &now()).await.unwrap_err();
            assert!(matches!(refused, StateError::Locked { .. }), "{refused}");
            worker.close().await.unwrap();
            assert!(counts(&from).await && !counts(&to).await);
        }
        transfer(&from, &to, &now()).await.unwrap();
    }
}

#[tokio::test]
async fn one_place_written_in_two_ways_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let stores = ["a", "a/../a"].map(|name| Arc::new(LocalStore::new(folder.path().join(name))) as Arc<dyn Store>);
    let before = fill(&stores[0]).await;
    let refused = transfer(&dev(&stores[0]), &dev(&stores[1]), &now()).await.unwrap_err();
    assert!(matches!(refused, StateError::SamePlace(_)), "{refused}");
    assert_eq!(read(&dev(&stores[0])).await.unwrap(), before);
}

#[tokio::test]
async fn a_copy_of_an_old_move_does_not_come_alive() {
    let folder = tempfile::tempdir().unwrap();
    let stores = ["a", "b", "c"].map(|name| Arc::new(LocalStore::new(folder.path().join(name))) as Arc<dyn Store>);
    let [a, b, c] = stores.each_ref().map(dev);
    let snapshot = fill(&a.store).await;
    let stale = snapshot.marked(Moved::From { place: a.place.clone(), id: uuid::Uuid::new_v4() });
    let file = crate::state::document::encode(&stale, crate::state::document::Layout::Indented).unwrap();
    b.store.put("shop/dev/state.json", &file, &Condition::Absent).await.unwrap();
    transfer(&a, &c, &now()).await.unwrap();
    assert!(matches!(transfer(&a, &b, &now()).await, Err(StateError::Moved { .. })));
    assert!(!counts(&b).await);
    transfer(&c, &b, &now()).await.unwrap();
    assert!(counts(&b).await);
}

#[tokio::test]
async fn a_damaged_state_is_not_moved() {
    for (from, to, _folders) in pairs().await {
        fill(&from.store).await;
        let segments = from.store.list("shop/dev/journal/").await.unwrap();
        from.store.put(&segments[0], b"{}", &Condition::Always).await.unwrap();
        let refused = transfer(&from, &to, &now()).await.unwrap_err();
        assert!(matches!(refused, StateError::Damaged { .. }), "{refused}");
        assert!(to.peek().await.unwrap().is_none());
    }
}

#[test]
fn an_older_infra_refuses_a_state_that_was_moved() {
    let identity = StackIdentity { account: None, region: None, ..identity("dev") };
    let place = StatePlace { location: "s3://new".into(), project: "shop".into(), stack: "dev".into() };
    let marked = Snapshot::new(&identity).marked(Moved::To { place, id: uuid::Uuid::new_v4() });
    assert_eq!(marked.features, ["moved"]);
    assert_eq!(marked.unmarked().features, Vec::<String>::new());
}
