use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use aws_sdk_s3::config::retry::RetryPartition;

use super::CallCounter;

/// How many attempts of a call fit into a lease.
const ATTEMPTS_IN_A_LEASE: u32 = 6;
const LEAST_ATTEMPT: Duration = Duration::from_secs(1);
/// What an upload may take more, by its size: 128 KiB a second.
const BYTES_A_SECOND: usize = 128 * 1024;
const ATTEMPTS: u32 = 4;
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// S3 clients of their own for the bucket that holds state, by region: a lease has to be renewed while everything else is
/// throttled, and a connection that says nothing must not use up the lease. They are not guarded by the lease that they
/// renew.
pub struct StateClients {
    base: SdkConfig,
    s3_path_style: bool,
    calls: CallCounter,
    lease: Duration,
    made: Mutex<HashMap<String, Arc<aws_sdk_s3::Client>>>,
}

impl StateClients {
    pub(super) fn new(base: &SdkConfig, s3_path_style: bool, calls: CallCounter, lease: Duration) -> Self {
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_BACKOFF);
        let base = base.to_builder().retry_config(retries).timeout_config(timeouts(lease, 0)).build();
        Self { base, s3_path_style, calls, lease, made: Mutex::default() }
    }

    /// The client of a region, made when first asked for.
    pub fn in_region(&self, region: &str) -> Arc<aws_sdk_s3::Client> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let client = made.entry(region.to_owned()).or_insert_with(|| Arc::new(self.make(region)));
        Arc::clone(client)
    }

    /// How long an attempt to write so many bytes may take.
    pub fn for_upload(&self, bytes: usize) -> TimeoutConfig {
        timeouts(self.lease, bytes)
    }

    fn make(&self, region: &str) -> aws_sdk_s3::Client {
        let config = self.base.to_builder().region(Region::new(region.to_owned())).build();
        let config = aws_sdk_s3::config::Builder::from(&config).interceptor(self.calls.clone());
        // Without a partition of its own it would share the token bucket that failing drivers empty.
        let config = config.retry_partition(RetryPartition::new("infra-state")).force_path_style(self.s3_path_style);
        aws_sdk_s3::Client::from_conf(config.build())
    }
}

fn timeouts(lease: Duration, bytes: usize) -> TimeoutConfig {
    let upload = Duration::from_secs(u64::try_from(bytes / BYTES_A_SECOND).unwrap_or(u64::MAX));
    let connect = (lease / ATTEMPTS_IN_A_LEASE).max(LEAST_ATTEMPT);
    let attempt = connect.saturating_add(upload).min(lease.max(LEAST_ATTEMPT));
    // The same for all: the SDK keeps connections apart by it, so another one would never find one that is open.
    TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(attempt).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_attempts_fit_into_a_lease_and_big_writes_get_longer() {
        let lease = Duration::from_secs(30);
        let attempt = |bytes| timeouts(lease, bytes).operation_attempt_timeout().unwrap();
        assert_eq!(attempt(500), Duration::from_secs(5));
        assert_eq!(attempt(1024 * 1024), Duration::from_secs(13));
        assert_eq!(attempt(usize::MAX), lease);
    }

    #[test]
    fn a_connection_is_made_as_soon_for_a_big_write() {
        let connect = |bytes| timeouts(Duration::from_secs(30), bytes).connect_timeout();
        assert_eq!(connect(8 * 1024 * 1024), connect(500));
    }
}
