//! The targets of a target group, where a file names them itself.

use aws_sdk_elasticloadbalancingv2::types::{self, TargetHealthStateEnum};

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

mirror! {
    pub struct Target: types::TargetDescription {
        availability_zone: String,
        id: String,
        port: i32,
        quic_server_id: String,
    }
}

impl Target {
    /// True if both mean one registration; without a port a target has the group's.
    fn is(&self, other: &Self, port: Option<i32>) -> bool {
        self.id == other.id && self.port.or(port) == other.port.or(port)
    }
}

/// The registered targets, without those that drain: they are deregistered already.
pub async fn read(cx: &Context, group: &str) -> Result<Option<Vec<Target>>, AwsError> {
    let call = cx.elbv2().describe_target_health().target_group_arn(group);
    let output = call.send().await.call_optional("elasticloadbalancing:DescribeTargetHealth")?;
    let Some(output) = output else { return Ok(None) };
    let found = output.target_health_descriptions().iter().filter(|health| {
        let state = health.target_health().and_then(|health| health.state());
        !matches!(state, Some(TargetHealthStateEnum::Draining | TargetHealthStateEnum::UnhealthyDraining))
    });
    Ok(Some(found.filter_map(|health| health.target().map(Mirror::from_sdk)).collect()))
}

/// Registers those that are wanted and not there, then deregisters those that are there and not wanted.
pub async fn change(
    cx: &Context,
    group: &str,
    port: Option<i32>,
    live: &[Target],
    wanted: &[Target],
) -> Result<(), AwsError> {
    let missing_in = |there: &[Target], targets: &[Target]| -> Vec<Target> {
        targets.iter().filter(|target| !there.iter().any(|other| other.is(target, port))).cloned().collect()
    };
    let (new, old) = (missing_in(live, wanted), missing_in(wanted, live));
    if !new.is_empty() {
        let call = cx.elbv2().register_targets().target_group_arn(group).set_targets(Some(new.to_sdk()?));
        call.send().await.call("elasticloadbalancing:RegisterTargets")?;
    }
    if !old.is_empty() {
        let call = cx.elbv2().deregister_targets().target_group_arn(group).set_targets(Some(old.to_sdk()?));
        call.send().await.call("elasticloadbalancing:DeregisterTargets")?;
    }
    Ok(())
}
