//! Errors that pass by themselves in EC2.

use std::time::Duration;

use aws_sdk_ec2::config;
use aws_sdk_ec2::config::retry::RetryConfig;

use crate::aws::{AwsError, Context, ErrorKind};
use crate::resources::{Desired, Driver, ResourceId, lost_answer};

/// How long a new object may stay invisible to other calls. Source: EC2 developer guide, "Eventual consistency".
pub(super) const VISIBLE_WITHIN: Duration = Duration::from_secs(120);

/// How long a reference to an object made a moment ago may fail.
const KNOWN_WITHIN: Duration = Duration::from_secs(30);

/// How long what holds an object (interfaces of a load balancer or task just deleted) may take to go.
const FREE_WITHIN: Duration = Duration::from_secs(600);

/// The configuration of one create call that takes no client token: the SDK must not repeat it, as a second call after a
/// lost answer makes a second object.
pub(super) fn sent_once() -> config::Builder {
    config::Builder::new().retry_config(RetryConfig::disabled())
}

/// As `lost_answer::made`, for a call that is `sent_once`: also repeats it while what it refers to may not be known yet.
pub(super) async fn made<F>(
    cx: &Context,
    driver: &dyn Driver,
    desired: &Desired,
    create: impl Fn() -> F,
) -> Result<ResourceId, AwsError>
where
    F: Future<Output = Result<ResourceId, AwsError>>,
{
    let passes = |error: &AwsError| refers_to_young(cx, error) || error.kind() == ErrorKind::Throttled;
    let patient = || async {
        let wait = cx.wait("what the new object needs to be known", KNOWN_WITHIN).at_most(KNOWN_WITHIN);
        wait.retry(passes, &create).await
    };
    lost_answer::made(cx, driver, desired, patient).await
}

/// True if a call did not find what was made a moment ago, and no identifier that somebody wrote.
pub(super) fn refers_to_young(cx: &Context, error: &AwsError) -> bool {
    error.is_not_found() && cx.young().may_cause("AWS::EC2::", error)
}

/// Repeats a call of one object while others that it refers to may not be known yet, nor perhaps the object `own` itself.
pub(super) async fn once_references_known<T, F>(
    cx: &Context,
    what: &str,
    own: Option<&ResourceId>,
    call: impl FnMut() -> F,
) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    let is_own = |error: &AwsError| own.is_some_and(|own| error.to_string().contains(own.as_str()));
    let passes = |error: &AwsError| error.is_not_found() && is_own(error) || refers_to_young(cx, error);
    cx.wait(what, KNOWN_WITHIN).at_most(KNOWN_WITHIN).retry(passes, call).await
}

/// Repeats a call that does not find its own object, which was made a moment ago.
pub(super) async fn once_known<T, F>(cx: &Context, what: &str, call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    cx.wait(what, KNOWN_WITHIN).at_most(KNOWN_WITHIN).retry(AwsError::is_not_found, call).await
}

/// Repeats a delete while something that is going away holds the object, and says what that is. One that is gone already is a
/// success.
pub(super) async fn once_free<T, F, H>(
    cx: &Context,
    what: &str,
    call: impl FnMut() -> F,
    holders: impl Fn() -> H,
) -> Result<(), AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
    H: Future<Output = Option<String>>,
{
    let held = |error: &AwsError| error.kind() == ErrorKind::InUse;
    match cx.wait(what, FREE_WITHIN).retry_naming(held, call, holders).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}
