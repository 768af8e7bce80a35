//! Errors that pass by themselves in EC2.

use std::time::Duration;

use crate::aws::{AwsError, Context, ErrorKind};

/// How long a new object may stay invisible to other calls. Source: EC2 developer guide, "Eventual consistency".
pub(super) const VISIBLE_WITHIN: Duration = Duration::from_secs(120);

/// How long a reference to an object made a moment ago may fail.
const KNOWN_WITHIN: Duration = Duration::from_secs(30);

/// How long what holds an object (interfaces of a load balancer or task just deleted) may take to go.
const FREE_WITHIN: Duration = Duration::from_secs(600);

/// Repeats a call that does not find what was made a moment ago.
pub(super) async fn once_known<T, F>(cx: &Context, what: &str, call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    cx.wait(what, KNOWN_WITHIN).at_most(KNOWN_WITHIN).retry(AwsError::is_not_found, call).await
}

/// Repeats a delete while something that is going away holds the object. One that is gone already is a success.
pub(super) async fn once_free<T, F>(cx: &Context, what: &str, call: impl FnMut() -> F) -> Result<(), AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    let held = |error: &AwsError| error.kind() == ErrorKind::InUse;
    match cx.wait(what, FREE_WITHIN).retry(held, call).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}
