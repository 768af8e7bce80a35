use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::state::StatePlace;
use crate::state::store::{Condition, LocalStore, Location, PutOutcome, Store};

/// Where commands on this machine last found the state of each stack. A help for who changes `state:`, and no more: what
/// cannot be read or written is as if it were not there.
pub struct Places {
    store: LocalStore,
}

/// What is remembered of one stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// `s3://bucket/prefix`, or the whole path of a folder.
    pub location: String,
    /// Of its state; `None` where somebody said that the stack is new there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Uuid>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    #[serde(default)]
    stacks: BTreeMap<String, Remembered>,
}

const FILE: &str = "places.json";
/// Another command may write at the same moment.
const ATTEMPTS: usize = 3;
/// Nobody waits for a disk that does not answer.
const PATIENCE: Duration = Duration::from_millis(500);

impl Places {
    /// `root` is the folder that holds the stack folder.
    pub fn new(root: &Path) -> Self {
        Self { store: LocalStore::new(root.join(Location::DEFAULT_FOLDER)) }
    }

    pub async fn of(&self, project: &str, stack: &str) -> Option<Remembered> {
        self.read().await.0.stacks.remove(&key(project, stack))
    }

    /// True if somebody said that the stack is meant to be new at this place.
    pub async fn is_new(&self, place: &StatePlace) -> bool {
        let remembered = self.of(&place.project, &place.stack).await;
        remembered.is_some_and(|known| known.lineage.is_none() && known.location == place.location)
    }

    /// Every project that has state of a stack of this name, with where it is.
    pub async fn of_stack(&self, stack: &str) -> Vec<StatePlace> {
        let remembered = self.read().await.0.stacks.into_iter().filter(|(_, place)| place.lineage.is_some());
        let places = remembered.filter_map(|(key, place)| {
            let (project, name) = key.split_once('/')?;
            (name == stack).then(|| place_of(project, stack, place.location))
        });
        places.collect()
    }

    pub async fn remember(&self, place: &StatePlace, lineage: Option<Uuid>) {
        let remembered = Remembered { location: place.location.clone(), lineage };
        let key = key(&place.project, &place.stack);
        let _ = tokio::time::timeout(PATIENCE, self.write(&key, &remembered)).await;
    }

    async fn write(&self, key: &str, remembered: &Remembered) -> Option<()> {
        for _ in 0..ATTEMPTS {
            let (mut content, condition) = self.read().await;
            if content.stacks.get(key) == Some(remembered) {
                return Some(());
            }
            content.stacks.insert(key.to_owned(), remembered.clone());
            let bytes = serde_json::to_vec_pretty(&content).ok()?;
            if let PutOutcome::Written(_) = self.store.put(FILE, &bytes, &condition).await.ok()? {
                return Some(());
            }
        }
        None
    }

    async fn read(&self) -> (Content, Condition) {
        let Ok(Some(stored)) = self.store.get(FILE).await else { return (Content::default(), Condition::Absent) };
        (serde_json::from_slice(&stored.bytes).unwrap_or_default(), Condition::Matches(stored.version))
    }
}

fn key(project: &str, stack: &str) -> String {
    format!("{project}/{stack}")
}

fn place_of(project: &str, stack: &str, location: String) -> StatePlace {
    StatePlace { location, project: project.to_owned(), stack: stack.to_owned() }
}

/// A location as it reads from every folder of this machine.
pub fn whole(location: &Location) -> String {
    match location {
        Location::S3 { .. } => location.to_string(),
        Location::Folder(folder) => whole_path(folder).display().to_string(),
    }
}

fn whole_path(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_place_of_each_stack_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::new(folder.path());
        assert_eq!(places.of("shop", "dev").await, None);
        let lineage = Some(Uuid::new_v4());
        for (project, location) in [("shop", "s3://old"), ("shop", "s3://new"), ("mall", "s3://mall")] {
            places.remember(&place_of(project, "dev", location.to_owned()), lineage).await;
        }
        let remembered = Remembered { location: "s3://new".to_owned(), lineage };
        assert_eq!(places.of("shop", "dev").await, Some(remembered));
        assert_eq!(places.of_stack("dev").await.len(), 2);
        places.remember(&place_of("mall", "dev", "s3://mall".to_owned()), None).await;
        assert_eq!(places.of_stack("dev").await, [place_of("shop", "dev", "s3://new".to_owned())]);
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".infra")).unwrap();
        std::fs::write(folder.path().join(".infra/places.json"), "{").unwrap();
        let places = Places::new(folder.path());
        assert_eq!(places.of("shop", "dev").await, None);
        let place = place_of("shop", "dev", "s3://new".to_owned());
        places.remember(&place, Some(Uuid::new_v4())).await;
        assert_eq!(places.of_stack("dev").await, [place]);
        let nowhere = Places::new(Path::new("/dev/null"));
        nowhere.remember(&place_of("shop", "dev", "s3://new".to_owned()), None).await;
        assert_eq!(nowhere.of("shop", "dev").await, None);
    }
}
