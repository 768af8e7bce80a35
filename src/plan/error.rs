use super::waiting::Waiting;
use crate::aws::AwsError;
use crate::graph::CycleError;
use crate::stack::Diagnostics;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The stack says something that cannot be.
    #[error(transparent)]
    Stack(#[from] Diagnostics),
    #[error(transparent)]
    Cycle(#[from] CycleError),
    /// There is no order in which the plan could be carried out.
    #[error(transparent)]
    Waiting(#[from] Waiting),
    /// Live objects could not be read.
    #[error("cannot read {what}: {error}")]
    Read { what: String, error: AwsError },
    /// `--target`, `--exclude`, `--allow-destroy` or `--take-over` name what is neither in the file nor in state.
    #[error("no resource is called `{name}`{}", nearest.as_ref().map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default())]
    NoSuchResource { name: String, nearest: Option<String> },
    /// State has a type that this binary cannot handle.
    #[error("{address} is an {type_name}, and this version of infra has no driver for that")]
    NoDriver { address: String, type_name: String },
}
