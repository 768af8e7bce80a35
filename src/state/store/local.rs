use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::{Condition, ObjectVersion, PutOutcome, Store, StoreError, Stored};

/// How long to wait for a write of another process, which takes a moment.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(2);

/// State in a folder: atomic renames with fsync of file and folder, conditions checked under a file lock.
#[derive(Debug, Clone)]
pub struct LocalStore {
    root: Arc<Path>,
}

impl LocalStore {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into().into() }
    }

    /// Runs file work where blocking is allowed. The work goes on to its end even if the caller stops waiting.
    async fn blocking<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    {
        let root = Arc::clone(&self.root);
        let path = root.to_path_buf();
        let outcome = tokio::task::spawn_blocking(move || work(&root)).await;
        outcome.unwrap_or_else(|error| Err(failed("working on", &path)(io::Error::other(error))))
    }
}

#[async_trait]
impl Store for LocalStore {
    fn place(&self) -> String {
        self.root.display().to_string()
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let key = key.to_owned();
        self.blocking(move |root| read(&root.join(key))).await
    }

    async fn put(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<PutOutcome, StoreError> {
        let (key, bytes, condition) = (key.to_owned(), bytes.to_vec(), condition.clone());
        self.blocking(move |root| {
            let _lock = exclusive(root, &key)?;
            let path = root.join(key);
            let current = read(&path)?.map(|stored| stored.version);
            if !condition.holds(current.as_ref()) {
                // A write of ours that failed after its rename, made again.
                let ours = current.filter(|current| *current == version(&bytes));
                return Ok(ours.map_or(PutOutcome::Conflict, PutOutcome::Written));
            }
            replace(&path, &bytes)?;
            Ok(PutOutcome::Written(version(&bytes)))
        })
        .await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let prefix = prefix.to_owned();
        self.blocking(move |root| {
            let mut keys = Vec::new();
            let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
            collect(root, &root.join(folder), &mut keys)?;
            keys.retain(|key| key.starts_with(&prefix));
            keys.sort();
            Ok(keys)
        })
        .await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        let keys = keys.to_vec();
        self.blocking(move |root| {
            keys.iter().try_for_each(|key| {
                let _lock = exclusive(root, key)?;
                remove(&root.join(key))
            })
        })
        .await
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::File { action, path, source }
}

fn version(bytes: &[u8]) -> ObjectVersion {
    ObjectVersion::new(hex::encode(Sha256::digest(bytes)))
}

fn read(path: &Path) -> Result<Option<Stored>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("reading", path)(error)),
    };
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
    Ok(Some(Stored { version: version(&bytes), bytes, age }))
}

/// Held until the file is closed, also by a process that dies. Each stack has its own: a process that was stopped while it
/// held one stands in the way of no other stack.
fn exclusive(root: &Path, key: &str) -> Result<File, StoreError> {
    let folder = key.rsplit_once('/').map_or_else(PathBuf::new, |(folder, _)| folder.split('/').take(2).collect());
    let folder = root.join(folder);
    make_folder(&folder)?;
    let path = folder.join(".lock");
    let file = private().write(true).create(true).truncate(false).open(&path).map_err(failed("opening", &path))?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(StoreError::Busy { path }),
            Err(TryLockError::Error(error)) => return Err(failed("locking", &path)(error)),
        }
    }
}

/// Under the lock there is one writer, so a temporary file that a crash left is overwritten by the next.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.new"));
    let written = private().write(true).create(true).truncate(true).open(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(failed("writing", &temporary))?;
    fs::rename(&temporary, path).map_err(failed("writing", path))?;
    sync_folder(folder)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder(path.parent().unwrap_or(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed("deleting", path)(error)),
    }
}

fn collect(root: &Path, folder: &Path, keys: &mut Vec<String>) -> Result<(), StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("listing", folder)(error)),
    };
    for entry in entries {
        let path = entry.map_err(failed("listing", folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            collect(root, &path, keys)?;
        } else if let (false, Ok(key)) = (hidden, path.strip_prefix(root)) {
            let parts: Vec<_> = key.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            keys.push(parts.join("/"));
        }
    }
    Ok(())
}

/// Makes a folder durable: its own entry lies in its parent. Only the owner can read it, for outputs may be sensitive.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    match private_folder().create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed("making the folder", folder)(error)),
        _ => sync_folder(parent.unwrap_or(Path::new("."))),
    }
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(unix)]
fn private_folder() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(not(unix))]
fn private_folder() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("syncing", folder))
}

/// Windows has no folder handles to sync; NTFS journals its entries.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::store::testing;

    #[tokio::test]
    async fn a_folder_keeps_the_contract_of_a_store() {
        let folder = tempfile::tempdir().unwrap();
        testing::contract(Arc::new(LocalStore::new(folder.path().join("new/state")))).await;
    }

    #[tokio::test]
    async fn a_temporary_file_that_a_crash_left_is_no_key_and_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let store = LocalStore::new(folder.path());
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/.state.json.new"), "half").unwrap();
        assert!(store.list("a/").await.unwrap().is_empty());
        store.put("a/state.json", b"whole", &Condition::Absent).await.unwrap();
        assert_eq!(store.list("a/").await.unwrap(), ["a/state.json"]);
    }

    #[tokio::test]
    async fn a_process_that_does_not_let_go_blocks_its_own_stack_alone_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let store = LocalStore::new(folder.path());
        let _blocked = exclusive(folder.path(), "shop/dev/lock.json").unwrap();
        store.put("shop/prod/state.json", b"{}", &Condition::Absent).await.unwrap();
        let refused = store.put("shop/dev/journal/1.json", b"{}", &Condition::Absent).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Busy { path } if path.ends_with("shop/dev/.lock")), "{refused}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_can_read_state() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = LocalStore::new(folder.path().join(".infra"));
        store.put("shop/dev/state.json", b"{}", &Condition::Always).await.unwrap();
        let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(".infra"), 0o700);
        assert_eq!(mode(".infra/shop/dev/state.json"), 0o600);
    }
}
