//! The lease that lets one run at a time change a stack.

mod acquire;
mod holder;
mod lease;
mod moment;
mod options;
mod process;
mod record;
mod state_mark;
mod unlock;

pub use holder::Holder;
pub use lease::Lease;
pub use options::LockOptions;
pub use record::{LockRecord, Release, ReleasedBy};
pub use state_mark::StateMark;
pub use unlock::{current, unlock};

pub(super) use acquire::acquire;
