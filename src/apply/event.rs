use std::sync::Arc;
use std::time::Duration;

use crate::plan::Operation;

/// What happens during an apply, as it happens.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    Started {
        operation: &'a Operation,
    },
    /// What the operation is waiting for.
    Progress {
        operation: &'a Operation,
        text: &'a str,
    },
    Done {
        operation: &'a Operation,
        took: Duration,
        /// The last snapshot that a deletion left.
        snapshot: Option<&'a str>,
    },
    Failed {
        operation: &'a Operation,
        took: Duration,
        error: &'a str,
    },
    /// Not started: something it needs failed, or the run was interrupted.
    Skipped {
        operation: &'a Operation,
        because: &'a str,
    },
    /// The run was asked to stop; this many operations are still under way.
    Stopping {
        under_way: usize,
    },
}

/// Takes events; called from many tasks.
pub type Listener = Arc<dyn Fn(&Event<'_>) + Send + Sync>;
