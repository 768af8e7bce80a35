//! A change of zones or records takes effect after a while: `PENDING`, then `INSYNC`.

use std::time::Duration;

use aws_sdk_route53::types::{ChangeInfo, ChangeStatus};

use crate::aws::{AwsError, CallResult, Context};

/// Usually a minute. Source: Route 53 developer guide, "How long does it take for changes to propagate".
const IN_SYNC_WITHIN: Duration = Duration::from_secs(30 * 60);

/// Route 53 takes five calls a second from the whole account, so that many waits must not ask often.
const ASK_EVERY: Duration = Duration::from_secs(10);

/// Waits until all of Route 53's servers know the change.
pub async fn await_sync(cx: &Context, change: Option<&ChangeInfo>) -> Result<(), AwsError> {
    let Some(change) = change.filter(|change| change.status != ChangeStatus::Insync) else { return Ok(()) };
    let id = change.id.trim_start_matches("/change/");
    let ask = || async {
        let output = cx.route53().get_change().id(id).send().await.call("route53:GetChange")?;
        let status = output.change_info().map(|change| &change.status);
        Ok((status == Some(&ChangeStatus::Insync)).then_some(()))
    };
    cx.wait("Route 53 to spread the change", IN_SYNC_WITHIN).at_most_every(ASK_EVERY).until(ask).await
}
