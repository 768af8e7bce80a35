//! Creates that AWS cannot be asked twice for: no client token, and no name that would be refused a second time.

use std::time::Duration;

use super::{Desired, Driver, ResourceId, find};
use crate::aws::{AwsError, Context, ErrorKind};

/// How long an object may not show that AWS has just made. EC2 API reference, "Eventual consistency": usually some seconds,
/// and nothing is promised.
pub const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// How long to look for what a call without an answer may have made before it is sent again: by then it has been on its way
/// for as long as the call's own timeout.
const LOOKED_FOR: Duration = Duration::from_secs(15);

/// How often a call is sent that gets no answer and makes nothing.
const ATTEMPTS: usize = 3;

/// Makes an object by a call that the SDK does not repeat by itself. Where the answer is lost, what the call made is found
/// by its owner; where it made nothing, it is sent again.
///
/// # Errors
/// The call's own, and that of the last answer that was lost.
pub async fn made<F>(
    cx: &Context,
    driver: &dyn Driver,
    desired: &Desired,
    mut create: impl FnMut() -> F,
) -> Result<ResourceId, AwsError>
where
    F: Future<Output = Result<ResourceId, AwsError>>,
{
    let mut attempt = 1;
    loop {
        let error = match create().await {
            Err(error) if unanswered(&error) => error,
            result => return result,
        };
        let look = cx.wait("an answer that was lost", LOOKED_FOR).at_most(LOOKED_FOR);
        match look.until(|| find(driver, cx, desired)).await {
            Ok(id) => return Ok(id),
            // Only what was looked for and is not there may be made again.
            Err(AwsError::Timeout { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(_) => return Err(error),
        }
    }
}

/// True if nobody can tell whether AWS did what it was asked. Source: AWS general reference, "Common errors"; EC2 API
/// reference, "Server error codes".
fn unanswered(error: &AwsError) -> bool {
    let codes = [
        "",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "ServerException",
        "ServiceUnavailable",
        "Unavailable",
    ];
    let of_server = error.kind() == ErrorKind::Other && codes.contains(&error.code());
    matches!(error, AwsError::Call(_)) && (of_server || error.kind() == ErrorKind::Network)
}
