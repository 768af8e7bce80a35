use crate::aws::AwsError;
use crate::encryption::EncryptionError;
use crate::stack::Diagnostics;
use crate::state::StateError;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error(transparent)]
    Aws(#[from] AwsError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Stack(#[from] Diagnostics),
    #[error("{}", with_hint(.0))]
    Encryption(#[from] EncryptionError),
    #[error("{0}")]
    Plan(String),
}

fn with_hint(error: &EncryptionError) -> String {
    error.hint().map_or_else(|| error.to_string(), |hint| format!("{error}\n  {hint}"))
}
