use std::sync::Arc;
use std::time::Duration;

use super::{Holder, LockRecord};

/// How to take a lock.
#[derive(Clone)]
pub struct LockOptions {
    pub holder: Holder,
    /// How long to wait for whoever holds it. Zero asks once.
    pub timeout: Duration,
    /// How long a lease lasts without a renewal; renewed at a third of it.
    pub lease: Duration,
    /// Told whom the wait is for, whenever that changes.
    pub waiting: Arc<dyn Fn(&LockRecord) + Send + Sync>,
}

impl LockOptions {
    pub const LEASE: Duration = Duration::from_secs(30);

    pub fn new(holder: Holder, timeout: Duration) -> Self {
        Self { holder, timeout, lease: Self::LEASE, waiting: Arc::new(|_| {}) }
    }
}
