//! Files of state that are gone or cut off: what is left is read whole, or refused, and never silently less.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use crate::state::document::{Layout, encode};
use crate::state::store::{LocalStore, Store};
use crate::state::testing::{identity, resource};
use crate::state::{Change, JournalSegment, Position, Session, Snapshot, StackKeys, StateError, Status};

/// What one segment does: makes an object, or loses one.
fn change() -> impl Strategy<Value = Change> {
    let address = prop::sample::select(vec!["vpc", "jobs", "api.task", r#"subnet["a"]"#]);
    (address, 0..20_u8, 0..6_u8).prop_map(|(address, id, kind)| {
        let id = format!("object-{id}");
        match kind {
            0 => Change::remove(&address.into()),
            1 => Change::put(&address.into(), resource(Some(&id), Status::Deleting)),
            2 => Change::put(&address.into(), resource(None, Status::Creating)),
            _ => Change::put(&address.into(), resource(Some(&id), Status::Ready)),
        }
    })
}

fn segments(snapshot: &Snapshot, groups: Vec<Vec<Change>>) -> Vec<JournalSegment> {
    let numbered = groups.into_iter().zip(1..);
    let segment = |(changes, seq): (Vec<Change>, u64)| JournalSegment {
        features: Vec::new(),
        lineage: snapshot.lineage,
        position: Position { epoch: 1 + seq / 3, seq },
        serial: seq,
        changes,
        fence: false,
    };
    numbered.map(segment).collect()
}

fn lay_out(root: &Path, keys: &StackKeys, snapshot: &Snapshot, segments: &[JournalSegment]) -> Vec<(String, Vec<u8>)> {
    let state = (keys.snapshot(), encode(snapshot, Layout::Indented).unwrap());
    let journal = segments.iter().map(|one| (keys.segment(one.position), encode(one, Layout::Compact).unwrap()));
    let files: Vec<(String, Vec<u8>)> = [state].into_iter().chain(journal).collect();
    for (key, bytes) in &files {
        let path = root.join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    files
}

/// The states that were: after each segment.
fn states(snapshot: &Snapshot, segments: &[JournalSegment]) -> Vec<Snapshot> {
    let mut state = snapshot.clone();
    let mut states = vec![state.clone()];
    for segment in segments {
        state.replay(segment);
        states.push(state.clone());
    }
    states
}

fn read(root: &Path) -> Result<Snapshot, StateError> {
    let store: Arc<dyn Store> = Arc::new(LocalStore::new(root));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Ok(runtime.block_on(Session::read(&store, &identity("dev")))?.snapshot)
}

fn ids(snapshot: &Snapshot) -> BTreeSet<String> {
    snapshot.ids().map(|id| id.as_str().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// The first `whole` files are as they were written; the next is cut off or gone, those after it are there or not.
    #[test]
    fn what_is_cut_off_is_read_whole_or_refused(
        groups in prop::collection::vec(prop::collection::vec(change(), 1..4), 1..7),
        (whole, cut) in (any::<prop::sample::Index>(), prop::option::of(any::<prop::sample::Index>())),
        rest_is_there in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let keys = StackKeys::new("shop", "dev").unwrap();
        let empty = Snapshot::new(&identity("dev"));
        let segments = segments(&empty, groups);
        let files = lay_out(folder.path(), &keys, &empty, &segments);
        let states = states(&empty, &segments);
        let whole = whole.index(files.len());
        let path = folder.path().join(&files[whole].0);
        match cut {
            Some(cut) => fs::write(&path, &files[whole].1[..cut.index(files[whole].1.len())]).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        if !rest_is_there {
            files[whole + 1..].iter().for_each(|(key, _)| fs::remove_file(folder.path().join(key)).unwrap());
        }
        let is_last = whole + 1 == files.len() || !rest_is_there;
        match read(folder.path()) {
            // Without any file there is nothing that could tell of a state.
            Ok(read) if whole == 0 => prop_assert!(cut.is_none() && is_last && read.serial == 0),
            Ok(read) => {
                prop_assert!(cut.is_none() && is_last, "a file that is cut off, or missed by a later one, is damage");
                prop_assert_eq!(&read, &states[whole - 1]);
                prop_assert_eq!(ids(&read), ids(&states[whole - 1]));
            }
            Err(StateError::Damaged { .. }) => prop_assert!(cut.is_some() || !is_last),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
