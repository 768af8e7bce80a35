//! One run at a time, what it leaves, and what those see who read meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::state::store::{Condition, Store};
use crate::state::testing::{Watched, identity, open, options, ready, resource, stores};
use crate::state::{Change, Session, Snapshot, StackIdentity, StateError, Status, unlock};

#[tokio::test]
async fn a_run_that_died_leaves_everything_that_it_recorded() {
    for (store, _folder) in stores().await {
        let died = open(&store).await;
        died.record(vec![ready(0)]).await.unwrap();
        let intent = resource(None, Status::Creating);
        died.record(vec![Change::put(&"vpc".into(), intent.clone())]).await.unwrap();
        let key = died.snapshot().fingerprint_key.clone();
        unlock(&*store, died.keys(), &died.lease().id().to_string(), true).await.unwrap();
        let next = open(&store).await;
        assert_eq!(next.snapshot().resources.len(), 2);
        assert_eq!(next.snapshot().unsettled().map(|(address, _)| address.as_str()).collect::<Vec<_>>(), ["vpc"]);
        assert_eq!(next.resource(&"vpc".into()), Some(intent));
        assert_eq!(next.snapshot().fingerprint_key, key);
    }
}

#[tokio::test]
async fn a_run_that_lost_its_lock_cannot_write_between_its_successors_segments() {
    for (store, _folder) in stores().await {
        let stopped = open(&store).await;
        stopped.record(vec![ready(0)]).await.unwrap();
        unlock(&*store, stopped.keys(), &stopped.lease().id().to_string(), true).await.unwrap();
        let next = open(&store).await;
        next.record(vec![ready(1)]).await.unwrap();
        let refused = stopped.record(vec![ready(2)]).await.unwrap_err();
        assert!(matches!(refused, StateError::LeaseLost(_)), "{refused}");
        assert_eq!(stopped.unsaved(), [ready(2)]);
        assert!(stopped.close().await.is_err());
        next.close().await.unwrap();
        let third = open(&store).await;
        assert_eq!(third.snapshot().resources.len(), 2);
        third.record(vec![ready(3)]).await.unwrap();
        third.close().await.unwrap();
        assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 3);
    }
}

#[tokio::test]
async fn what_a_faster_predecessor_wrote_is_part_of_what_is_loaded() {
    for (store, _folder) in stores().await {
        let stopped = open(&store).await;
        stopped.record(vec![ready(0)]).await.unwrap();
        unlock(&*store, stopped.keys(), &stopped.lease().id().to_string(), true).await.unwrap();
        stopped.record(vec![ready(1)]).await.unwrap();
        assert_eq!(open(&store).await.snapshot().resources.len(), 2);
    }
}

#[tokio::test]
async fn a_session_that_changes_nothing_writes_no_state() {
    for (store, _folder) in stores().await {
        open(&store).await.close().await.unwrap();
        assert_eq!(store.list("").await.unwrap(), ["shop/dev/lock.json"]);
        assert!(!Session::read(&store, &identity("dev")).await.unwrap().exists);
    }
}

#[tokio::test]
async fn reads_go_on_while_a_run_writes_and_tidies() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.record(vec![ready(0)]).await.unwrap();
        let writing = async {
            for number in 1..60 {
                session.record(vec![ready(number)]).await.unwrap();
            }
            session.close().await.unwrap();
        };
        let reading = async {
            let mut last = 0;
            while last < 60 {
                let now = Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len();
                assert!(now >= last, "{now} after {last}");
                last = now;
            }
        };
        tokio::join!(writing, reading);
    }
}

#[tokio::test]
async fn state_of_another_account_or_region_is_refused_and_left_unlocked() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.record(vec![ready(0)]).await.unwrap();
        session.close().await.unwrap();
        let other = StackIdentity { account: Some("210987654321".to_owned()), ..identity("dev") };
        for _ in 0..2 {
            let refused = Session::open(&store, &other, &options("bob", Duration::ZERO)).await.err().unwrap();
            assert_eq!(
                refused.to_string(),
                "shop/dev belongs to account 123456789012, and this is account 210987654321"
            );
        }
        let moved = StackIdentity { region: Some("eu-west-1".to_owned()), ..identity("dev") };
        assert!(matches!(Session::read(&store, &moved).await, Err(StateError::AccountMismatch { what: "region", .. })));
        let offline = StackIdentity { account: None, region: None, ..identity("dev") };
        assert!(Session::read(&store, &offline).await.unwrap().exists);
    }
}

#[tokio::test]
async fn a_damaged_state_is_refused_and_left_as_it_is() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.record(vec![ready(0)]).await.unwrap();
        session.close().await.unwrap();
        let key = session.keys().snapshot();
        let whole = String::from_utf8(store.get(&key).await.unwrap().unwrap().bytes).unwrap();
        let damaged = whole.replace("q-0", "q-1");
        store.put(&key, damaged.as_bytes(), &Condition::Always).await.unwrap();
        let refused = Session::open(&store, &identity("dev"), &options("ada", Duration::ZERO)).await.err().unwrap();
        assert!(refused.to_string().contains("checksum does not fit"), "{refused}");
        assert_eq!(store.get(&key).await.unwrap().unwrap().bytes, damaged.as_bytes());
    }
}

#[tokio::test]
async fn a_missing_segment_is_damage_and_no_silent_loss() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        for number in 0..3 {
            session.record(vec![ready(number)]).await.unwrap();
        }
        let segments = store.list("shop/dev/journal/").await.unwrap();
        store.delete(&segments[1..2]).await.unwrap();
        let refused = Session::read(&store, &identity("dev")).await.unwrap_err();
        assert!(matches!(refused, StateError::Damaged { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_removed_lock_file_does_not_turn_the_epoch_back() {
    for (store, _folder) in stores().await {
        let died = open(&store).await;
        died.record(vec![ready(0)]).await.unwrap();
        store.delete(&[died.keys().lock()]).await.unwrap();
        let next = open(&store).await;
        assert_eq!(next.lease().epoch(), 2);
        next.record(vec![ready(1)]).await.unwrap();
        next.close().await.unwrap();
        assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 2);
    }
}

#[tokio::test]
async fn what_is_pulled_can_be_pushed_back() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.record(vec![ready(0), ready(1)]).await.unwrap();
        session.close().await.unwrap();
        let pulled = Session::read(&store, &identity("dev")).await.unwrap();
        let session = open(&store).await;
        session.record(vec![Change::forget(&"queue_0000".into())]).await.unwrap();
        session.record(vec![Change::rename(&"queue_0001".into(), &"jobs".into())]).await.unwrap();
        let file = pulled.to_file().unwrap();
        assert!(matches!(session.push(&file, false).await, Err(StateError::PushRefused(_))));
        session.push(&file, true).await.unwrap();
        session.close().await.unwrap();
        let now = Session::read(&store, &identity("dev")).await.unwrap().snapshot;
        assert_eq!(now.resources, pulled.snapshot.resources);
        assert!(now.serial > pulled.snapshot.serial + 2);
    }
}

#[tokio::test]
async fn what_was_pushed_by_force_leaves_the_former_state_in_the_store() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.record(vec![ready(0), ready(1)]).await.unwrap();
        let now = session.snapshot().resources.clone();
        let other = crate::state::Loaded { snapshot: Snapshot::new(&identity("dev")), exists: true };
        let kept = session.push(&other.to_file().unwrap(), true).await.unwrap().unwrap();
        session.close().await.unwrap();
        let key = kept.strip_prefix(&format!("{}/", store.place())).unwrap();
        let former = store.get(key).await.unwrap().unwrap().bytes;
        let session = open(&store).await;
        assert!(session.snapshot().resources.is_empty());
        session.push(&former, true).await.unwrap();
        assert_eq!(session.snapshot().resources, now);
        session.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_push_that_failed_is_not_written_later() {
    for (store, _folder) in stores().await {
        let watched = Watched::new(store, Duration::ZERO);
        let store: Arc<dyn Store> = Arc::clone(&watched) as _;
        let session = open(&store).await;
        session.record(vec![ready(0)]).await.unwrap();
        let file = crate::state::Loaded { snapshot: (*session.snapshot()).clone(), exists: true }.to_file().unwrap();
        session.record(vec![ready(1)]).await.unwrap();
        watched.refuse_key("dev/state.json");
        assert!(session.push(&file, true).await.is_err());
        watched.refuse_key("");
        session.close().await.unwrap();
        assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 2);
    }
}

#[tokio::test]
async fn an_empty_state_is_no_state_whoever_wrote_it() {
    for (store, _folder) in stores().await {
        let elsewhere = Some("210987654321".to_owned());
        let elsewhere = StackIdentity { account: elsewhere, region: Some("eu-west-1".to_owned()), ..identity("dev") };
        let planned = Session::open(&store, &elsewhere, &options("ada", Duration::ZERO)).await.unwrap();
        planned.establish().await.unwrap();
        let lineage = planned.snapshot().lineage;
        planned.close().await.unwrap();
        let session = open(&store).await;
        assert_eq!(session.snapshot().lineage, lineage);
        session.record(vec![ready(0)]).await.unwrap();
        session.close().await.unwrap();
        assert_eq!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.len(), 1);
        let refused = Session::read(&store, &elsewhere).await.unwrap_err();
        assert!(matches!(refused, StateError::AccountMismatch { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_state_is_pushed_over_an_empty_one_and_an_empty_one_may_go() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.establish().await.unwrap();
        session.close().await.unwrap();
        let session = open(&store).await;
        let other = Snapshot { serial: 3, ..Snapshot::new(&identity("dev")) };
        let other = crate::state::Loaded { snapshot: other, exists: true };
        assert_eq!(session.push(&other.to_file().unwrap(), false).await.unwrap(), None);
        session.close().await.unwrap();
        let other = StackIdentity { stack: "new".to_owned(), ..identity("dev") };
        let planned = Session::open(&store, &other, &options("ada", Duration::ZERO)).await.unwrap();
        planned.establish().await.unwrap();
        planned.close().await.unwrap();
        store.delete(&[planned.keys().snapshot()]).await.unwrap();
        assert!(!Session::read(&store, &other).await.unwrap().exists);
    }
}

#[tokio::test]
async fn a_push_whose_answer_was_lost_leaves_a_state_that_can_be_read() {
    for (store, _folder) in stores().await {
        let watched = Watched::new(store, Duration::ZERO);
        let store: Arc<dyn Store> = Arc::clone(&watched) as _;
        let session = open(&store).await;
        session.record((0..40).map(ready).collect()).await.unwrap();
        session.close().await.unwrap();
        let session = open(&store).await;
        let other = crate::state::Loaded { snapshot: Snapshot::new(&identity("dev")), exists: true };
        watched.leave_unanswered("dev/state.json");
        assert!(session.push(&other.to_file().unwrap(), true).await.is_err());
        watched.leave_unanswered("");
        session.close().await.unwrap();
        Session::read(&store, &identity("dev")).await.unwrap();
        open(&store).await;
    }
}

#[tokio::test]
async fn a_push_is_done_although_no_segment_can_be_deleted() {
    for (store, _folder) in stores().await {
        let watched = Watched::new(store, Duration::ZERO);
        let store: Arc<dyn Store> = Arc::clone(&watched) as _;
        let session = open(&store).await;
        session.record(vec![ready(0)]).await.unwrap();
        watched.keep_all.store(true, Ordering::SeqCst);
        let other = crate::state::Loaded { snapshot: Snapshot::new(&identity("dev")), exists: true };
        session.push(&other.to_file().unwrap(), true).await.unwrap();
        session.close().await.unwrap();
        assert!(Session::read(&store, &identity("dev")).await.unwrap().snapshot.resources.is_empty());
    }
}

#[tokio::test]
async fn a_state_that_lost_its_snapshot_or_its_newest_segment_is_no_new_one() {
    for (store, _folder) in stores().await {
        let session = open(&store).await;
        session.record((0..50).map(ready).collect()).await.unwrap();
        session.close().await.unwrap();
        let session = open(&store).await;
        session.record(vec![ready(50)]).await.unwrap();
        session.close().await.unwrap();
        let [segment] = store.list("shop/dev/journal/").await.unwrap().try_into().unwrap();
        let (state, lock) = (session.keys().snapshot(), session.keys().lock());
        for lost in [vec![segment.clone()], vec![state.clone(), segment]] {
            store.delete(&lost).await.unwrap();
            for _ in 0..2 {
                let refused = Session::read(&store, &identity("dev")).await.unwrap_err().to_string();
                assert!(refused.contains("missing") && refused.contains("--force"), "{refused}");
                let refused = Session::open(&store, &identity("dev"), &options("ada", Duration::ZERO)).await;
                assert!(matches!(refused.err().unwrap(), StateError::Damaged { .. }));
            }
        }
        store.delete(&[lock]).await.unwrap();
        assert!(!Session::read(&store, &identity("dev")).await.unwrap().exists, "begun anew on purpose");
    }
}
