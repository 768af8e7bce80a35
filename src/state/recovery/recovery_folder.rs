use std::path::{Path, PathBuf};

use super::Recovery;
use crate::state::StateError;
use crate::state::store::{Condition, LocalStore, Store, StoreError};

/// The folder on this machine where runs keep what they could not write. Only its owner can read it.
#[derive(Debug, Clone)]
pub struct RecoveryFolder {
    path: PathBuf,
}

impl RecoveryFolder {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder of this name, or where it is another user's, one beside it that is ours.
    pub fn of_user(path: &Path) -> Self {
        let is_ours = owner(path).is_none_or(|owner| owner == user());
        Self::new(if is_ours { path.to_path_buf() } else { with_user(path) })
    }

    /// Where nothing can be written elsewhere: a folder of the user's own among those of all.
    pub fn in_temporary(folder: &Path) -> Self {
        Self::new(with_user(&folder.join("infra-recovery")))
    }

    /// Writes the file, durably.
    ///
    /// # Errors
    /// Those of the file system, and a folder of that name that is another user's; the file is then not there.
    pub async fn keep(&self, recovery: &Recovery) -> Result<PathBuf, StateError> {
        if owner(&self.path).is_some_and(|owner| owner != user()) {
            let source = std::io::Error::new(std::io::ErrorKind::PermissionDenied, "it belongs to another user");
            return Err(StoreError::File { action: "writing to", path: self.path.clone(), source }.into());
        }
        let name = recovery.file_name();
        self.store().put(&name, &recovery.to_file()?, &Condition::Always).await?;
        Ok(self.path.join(name))
    }

    /// What is kept of one stack, oldest first: each file with what it holds, or why it cannot be read. That counts if its
    /// name says that it is the stack's.
    pub async fn of_stack(
        &self,
        project: &str,
        stack: &str,
    ) -> Result<Vec<(PathBuf, Result<Recovery, StateError>)>, StoreError> {
        let store = self.store();
        let mut files = Vec::new();
        for name in store.list(&Recovery::name_prefix(project, stack)).await? {
            let path = self.path.join(&name);
            let Some(stored) = store.get(&name).await? else { continue };
            let content = Recovery::parse(&path.display().to_string(), &stored.bytes);
            // Names may have dots, so the name alone does not tell.
            if content.as_ref().map_or(true, |recovery| recovery.is_of(project, stack)) {
                files.push((path, content));
            }
        }
        Ok(files)
    }

    pub async fn remove(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.store().delete(&[name]).await
    }

    fn store(&self) -> LocalStore {
        LocalStore::new(&self.path)
    }
}

fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Whose a folder is, not following links: others may put one where we look for ours. `None` where there is none.
fn owner(path: &Path) -> Option<u32> {
    std::fs::symlink_metadata(path).ok().map(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata))
}

fn with_user(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{}", user()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::state::testing::{identity, ready};
    use crate::state::{Change, Snapshot};

    fn recovery(stack: &str, serial: u64) -> Recovery {
        let snapshot = Snapshot { serial, ..Snapshot::new(&identity(stack)) };
        let changes: [Change; 1] = [ready(0)];
        Recovery::of(Uuid::new_v4(), &snapshot, changes.iter()).unwrap()
    }

    #[tokio::test]
    async fn each_stack_has_its_own_files_and_the_oldest_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let kept = RecoveryFolder::new(folder.path().join("recovery"));
        assert!(kept.of_stack("shop", "dev").await.unwrap().is_empty());
        for (stack, serial) in [("dev", 12), ("dev", 9), ("dev.eu", 3), ("prod", 1)] {
            kept.keep(&recovery(stack, serial)).await.unwrap();
        }
        let files = kept.of_stack("shop", "dev").await.unwrap();
        let serials: Vec<u64> = files.iter().map(|(_, content)| content.as_ref().unwrap().serial).collect();
        assert_eq!(serials, [9, 12]);
        kept.remove(&files[0].0).await.unwrap();
        assert_eq!(kept.of_stack("shop", "dev").await.unwrap().len(), 1);
    }

    #[test]
    fn a_folder_of_another_user_is_left_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recovery");
        assert_eq!(RecoveryFolder::of_user(&path).path, path);
        std::fs::create_dir(&path).unwrap();
        if std::os::unix::fs::chown(&path, Some(12345), None).is_err() {
            return; // Only root can give a folder away.
        }
        assert_eq!(RecoveryFolder::of_user(&path).path, folder.path().join(format!("recovery-{}", user())));
        let temporary = RecoveryFolder::in_temporary(folder.path());
        assert_eq!(temporary.path, folder.path().join(format!("infra-recovery-{}", user())));
    }

    #[tokio::test]
    async fn a_damaged_file_is_told_and_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let kept = RecoveryFolder::new(folder.path());
        let path = kept.keep(&recovery("dev", 4)).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() / 2]).unwrap();
        let files = kept.of_stack("shop", "dev").await.unwrap();
        assert!(matches!(&files[0].1, Err(StateError::Damaged { .. })), "{files:?}");
    }
}
