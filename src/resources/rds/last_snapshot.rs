//! The snapshot that a deletion takes first, where an earlier try has taken it already.

use aws_sdk_rds::types::{DbCluster, DbInstance};

use crate::aws::{AwsError, CallResult, Context};

/// True if a deletion is refused because its last snapshot's name is taken. Source: RDS API reference, errors of
/// `DeleteDBInstance` and `DeleteDBCluster`.
pub fn is_taken(error: &AwsError) -> bool {
    ["DBSnapshotAlreadyExists", "DBClusterSnapshotAlreadyExistsFault"].contains(&error.code())
}

/// True if the snapshot is one of this very instance, and whole.
pub async fn of_instance(cx: &Context, name: &str, instance: &DbInstance) -> Result<bool, AwsError> {
    let call = cx.rds().describe_db_snapshots().db_snapshot_identifier(name);
    let output = call.send().await.call_optional("rds:DescribeDBSnapshots")?;
    let snapshots = output.and_then(|output| output.db_snapshots).unwrap_or_default();
    let is_ours = |id: Option<&str>| id.is_some() && id == instance.dbi_resource_id();
    Ok(snapshots.iter().any(|one| one.status() == Some("available") && is_ours(one.dbi_resource_id())))
}

/// True if the snapshot is one of this very cluster, and whole.
pub async fn of_cluster(cx: &Context, name: &str, cluster: &DbCluster) -> Result<bool, AwsError> {
    let call = cx.rds().describe_db_cluster_snapshots().db_cluster_snapshot_identifier(name);
    let output = call.send().await.call_optional("rds:DescribeDBClusterSnapshots")?;
    let snapshots = output.and_then(|output| output.db_cluster_snapshots).unwrap_or_default();
    let is_ours = |id: Option<&str>| id.is_some() && id == cluster.db_cluster_resource_id();
    Ok(snapshots.iter().any(|one| one.status() == Some("available") && is_ours(one.db_cluster_resource_id())))
}
