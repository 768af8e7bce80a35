use std::path::PathBuf;

/// Why a stack file's `config` was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error(
        "`{0}` is no key of `config`: it takes letters, digits, `_` and `-`, no digit first, and dots between keys"
    )]
    Key(String),
    #[error("`config` has no `{key}`")]
    Missing { key: String, known: Vec<String> },
    #[error("`{0}` has a value and can have no keys below it")]
    NoMap(String),
    #[error("`{0}` is a secret and has no keys below it")]
    InsideSecret(String),
    /// An alias shares the value, or the file has a form that the editor does not know.
    #[error("`{key}` cannot be changed without changing something else in {}", path.display())]
    Entangled { key: String, path: PathBuf },
    #[error("cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: std::io::Error },
}
