use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{AwsError, Progress};

/// Waits for a condition: asks at once, then at growing intervals, and gives up at the deadline.
pub struct Wait {
    what: String,
    timeout: Duration,
    first: Duration,
    longest: Duration,
    progress: Progress,
}

impl Wait {
    pub(super) fn new(what: &str, timeout: Duration, progress: Progress) -> Self {
        let (first, longest) = (Duration::from_millis(500), Duration::from_secs(10));
        Self { what: what.to_owned(), timeout, first, longest, progress }
    }

    /// The longest pause between two questions; 10 s unless said. The first pause is half a second and doubles.
    pub fn at_most_every(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self.first = self.first.min(longest);
        self
    }

    /// Says nothing itself: whoever asks tells more, such as the status that it saw.
    pub fn quiet(mut self) -> Self {
        self.progress = Arc::new(|_| {});
        self
    }

    /// Gives up after `limit` even where the resource's own `timeout` is longer: for what AWS settles in seconds, so that
    /// a mistake in an identifier is told soon.
    pub fn at_most(mut self, limit: Duration) -> Self {
        self.timeout = self.timeout.min(limit);
        self
    }

    /// Asks until `ask` answers with a value. `Ok(None)` means not yet; an error ends the wait.
    ///
    /// # Errors
    /// Whatever `ask` fails with, and `AwsError::Timeout` at the deadline.
    pub async fn until<T, F>(self, mut ask: impl FnMut() -> F) -> Result<T, AwsError>
    where
        F: Future<Output = Result<Option<T>, AwsError>>,
    {
        let (start, mut pause) = (Instant::now(), self.first);
        loop {
            if let Some(value) = ask().await? {
                return Ok(value);
            }
            let left = self.timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                let waited = humantime::format_duration(Duration::from_secs(self.timeout.as_secs())).to_string();
                return Err(AwsError::Timeout { what: self.what, waited });
            }
            (self.progress)(&self.what);
            sleep(pause.min(left)).await;
            pause = (pause * 2).min(self.longest);
        }
    }

    /// Repeats a call while it fails with an error that passes by itself: a role that IAM has not spread yet, an
    /// object that something deleted a moment ago still uses.
    ///
    /// # Errors
    /// The call's own error, once it is another one or the deadline has come.
    pub async fn retry<T, F>(self, passes: impl Fn(&AwsError) -> bool, call: impl FnMut() -> F) -> Result<T, AwsError>
    where
        F: Future<Output = Result<T, AwsError>>,
    {
        self.retry_naming(passes, call, || std::future::ready(None)).await
    }

    /// As `retry`, of a call that something is in the way of: `holders` says what, as far as it can find out. Asked from the
    /// second refusal on, so that what passes in a moment costs no question.
    ///
    /// # Errors
    /// As `retry`, with what is in the way.
    pub async fn retry_naming<T, F, H>(
        self,
        passes: impl Fn(&AwsError) -> bool,
        mut call: impl FnMut() -> F,
        holders: impl Fn() -> H,
    ) -> Result<T, AwsError>
    where
        F: Future<Output = Result<T, AwsError>>,
        H: Future<Output = Option<String>>,
    {
        let (start, mut pause, mut refusals, mut held) = (Instant::now(), self.first, 0, None);
        loop {
            let error = match call().await {
                Err(error) if passes(&error) => error,
                result => return result,
            };
            refusals += 1;
            if refusals > 1 {
                held = holders().await;
            }
            if start.elapsed() >= self.timeout {
                return Err(error.held(held));
            }
            let why = held.as_deref().unwrap_or_else(|| error.code());
            (self.progress)(&format!("{} ({why})", self.what));
            sleep(pause).await;
            pause = (pause * 2).min(self.longest);
        }
    }
}
