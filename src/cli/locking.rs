use std::time::Duration;

use clap::Args;

/// How a command waits for the stack's lock.
#[derive(Debug, Clone, Args)]
pub struct Locking {
    /// How long to wait while another run holds the lock
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    pub lock_timeout: Duration,
}
