use crate::aws::AwsError;
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
    #[error("{0}")]
    Plan(String),
}
