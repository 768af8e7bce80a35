use std::sync::Arc;
use std::time::Duration;

use super::holder::holder;
use super::user_error::UserError;
use super::variable::variable;
use crate::report::printer::errln;
use crate::state::{LockOptions, LockRecord};

/// How a command takes the lock.
///
/// # Errors
/// Where `INFRA_LOCK_LEASE` is no duration that a lease can have.
pub fn lock_options(command: &str, wait: Duration) -> Result<LockOptions, UserError> {
    let waiting = |record: &LockRecord| errln!("waiting for the lock: held by {}", record.describe());
    let options = LockOptions::new(holder(command), wait);
    Ok(LockOptions { waiting: Arc::new(waiting), lease: lease()?, ..options })
}

/// How long a lease lasts without a renewal: what `INFRA_LOCK_LEASE` says, where it does.
///
/// # Errors
/// Where it is no duration that a lease can have.
pub fn lease() -> Result<Duration, UserError> {
    const LEAST: Duration = Duration::from_secs(1);
    let Some(text) = variable("INFRA_LOCK_LEASE") else { return Ok(LockOptions::LEASE) };
    let lease = humantime::parse_duration(&text).ok().filter(|lease| *lease >= LEAST);
    let wrong = || UserError::failed(format!("INFRA_LOCK_LEASE is `{text}`, which is no duration of a second or more"));
    lease.ok_or_else(|| wrong().hint("write it as `30s` or `2m`"))
}
