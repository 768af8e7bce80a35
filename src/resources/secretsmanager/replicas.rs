//! The copies of a secret in other regions.

use std::time::Duration;

use aws_sdk_secretsmanager::types::{ReplicaRegionType, ReplicationStatusType, StatusType};

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::sdk;

mirror! {
    /// One region that holds a copy.
    pub struct ReplicaRegion: ReplicaRegionType {
        region: String,
        kms_key_id: String,
    }
}

/// Copying takes seconds; the AWS managed key of a region that never had a secret takes a minute to make.
const IN_SYNC_WITHIN: Duration = Duration::from_secs(300);

impl ReplicaRegion {
    pub fn of(status: &ReplicationStatusType) -> Self {
        Self { region: status.region.clone(), kms_key_id: status.kms_key_id.clone() }
    }
}

/// Makes the copies exactly these and waits until they are in sync. A copy that changes its key is made anew: no call
/// changes the key of one.
pub async fn change(
    cx: &Context,
    arn: &str,
    live: &[ReplicaRegion],
    desired: &[ReplicaRegion],
) -> Result<(), AwsError> {
    let kept = |replica: &ReplicaRegion| {
        desired.iter().any(|wanted| {
            wanted.region == replica.region && (wanted.kms_key_id.is_none() || wanted.kms_key_id == replica.kms_key_id)
        })
    };
    let (kept, gone): (Vec<_>, Vec<_>) = live.iter().partition(|replica| kept(replica));
    remove(cx, arn, &gone).await?;
    let new: Vec<_> =
        desired.iter().filter(|wanted| !kept.iter().any(|replica| replica.region == wanted.region)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let new: Vec<ReplicaRegion> = new.into_iter().cloned().collect();
    let call = cx.secrets().replicate_secret_to_regions().secret_id(arn).set_add_replica_regions(sdk(&Some(new))?);
    call.send().await.call("secretsmanager:ReplicateSecretToRegions")?;
    await_sync(cx, arn).await
}

/// Deletes copies. A secret with copies cannot be deleted. Source: Secrets Manager API reference, `DeleteSecret`.
pub async fn remove(cx: &Context, arn: &str, replicas: &[&ReplicaRegion]) -> Result<(), AwsError> {
    let regions: Vec<String> = replicas.iter().filter_map(|replica| replica.region.clone()).collect();
    if regions.is_empty() {
        return Ok(());
    }
    let call = cx.secrets().remove_regions_from_replication().secret_id(arn).set_remove_replica_regions(Some(regions));
    call.send().await.call_optional("secretsmanager:RemoveRegionsFromReplication").map(drop)
}

/// Waits until every copy is in sync.
///
/// # Errors
/// `AwsError::Failed` with Secrets Manager's reasons, where it gave up on a copy.
pub async fn await_sync(cx: &Context, arn: &str) -> Result<(), AwsError> {
    let ask = || async {
        let output =
            cx.secrets().describe_secret().secret_id(arn).send().await.call("secretsmanager:DescribeSecret")?;
        let replicas = output.replication_status();
        let failed = replicas.iter().filter(|replica| replica.status() == Some(&StatusType::Failed));
        let reasons: Vec<String> = failed.map(reason).collect();
        if !reasons.is_empty() {
            return Err(AwsError::Failed { what: format!("{arn} is not replicated"), reasons });
        }
        Ok(replicas.iter().all(|replica| replica.status() == Some(&StatusType::InSync)).then_some(()))
    };
    cx.wait("the secret's copies to be in sync", IN_SYNC_WITHIN).until(ask).await
}

fn reason(replica: &ReplicationStatusType) -> String {
    format!("{}: {}", replica.region().unwrap_or_default(), replica.status_message().unwrap_or("no reason given"))
}
