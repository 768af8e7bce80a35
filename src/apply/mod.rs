//! Walks a plan: starts each operation when what it needs is done, and records every outcome before anything builds on it.

mod apply;
mod baselines;
mod bookkeeping;
mod creation;
mod desired;
mod event;
mod executor;
mod keeping;
mod learned;
mod operation_outcome;
mod outputs;
mod ownership_tags;
mod queue;
mod report;
mod runner;
mod scope;
mod shutdown;
mod step_error;
mod taken;
mod writes;
mod young_references;

pub use apply::Apply;
pub use event::{Event, Listener};
pub use learned::Learned;
pub use operation_outcome::{OperationOutcome, Verdict};
pub use ownership_tags::OwnershipTags;
pub use report::ApplyReport;
pub use shutdown::{Shutdown, ShutdownPhase};
