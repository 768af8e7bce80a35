use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The files that expressions read, each read once: what the plan saw is what the apply writes.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    /// False where only what was read before is to be had.
    open: bool,
    read: Mutex<BTreeMap<String, Result<String, String>>>,
}

impl Files {
    /// Paths are relative to `folder`, the stack file's.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), open: true, read: Mutex::default() }
    }

    /// The files of an earlier load, path and text, and no others.
    pub fn of_contents(folder: &Path, contents: &BTreeMap<String, String>) -> Self {
        let read = contents.iter().map(|(path, text)| (path.clone(), Ok(text.clone()))).collect();
        Self { folder: folder.to_owned(), open: false, read: Mutex::new(read) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file's text.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn text(&self, path: &str) -> Result<String, String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.entry(path.to_owned()).or_insert_with(|| self.load(path)).clone()
    }

    fn load(&self, path: &str) -> Result<String, String> {
        let full = self.folder.join(path);
        if !self.open {
            return Err(format!("{} was not kept", full.display()));
        }
        let bytes = std::fs::read(&full).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no file {}", full.display()),
            _ => format!("cannot read {}: {error}", full.display()),
        })?;
        String::from_utf8(bytes).map_err(|_| format!("{} is not text in UTF-8", full.display()))
    }

    /// The files that were read, path and text, in the order of their paths.
    pub fn contents(&self) -> Vec<(String, String)> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = read.iter().filter_map(|(path, text)| Some((path.clone(), text.clone().ok()?)));
        texts.collect()
    }
}
