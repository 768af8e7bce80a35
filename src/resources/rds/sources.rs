//! What databases are made from: snapshots, other databases, their backups; by name, resource id or ARN.

use aws_sdk_rds::types::{DbInstance, Filter};

use super::database::Database;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Properties, Source};

/// What a property names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Snapshot,
    ClusterSnapshot,
    /// A cluster is restored from snapshots of both kinds: a name is one of a cluster, only an ARN may be one of an instance.
    /// Source: RDS API reference, `RestoreDBClusterFromSnapshot`, `SnapshotIdentifier`.
    AnySnapshot,
    Instance,
    Cluster,
    /// The resource id of an instance, which its backups keep when it is gone.
    InstanceBackups,
    BackupsArn,
    ClusterBackups,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "DB snapshot",
            Self::ClusterSnapshot | Self::AnySnapshot => "DB cluster snapshot",
            Self::Instance => "DB instance",
            Self::Cluster => "DB cluster",
            Self::InstanceBackups | Self::BackupsArn => "backup of a DB instance",
            Self::ClusterBackups => "backup of a DB cluster",
        }
    }
}

/// The first of these properties that names what RDS does not have.
pub async fn missing(
    cx: &Context,
    properties: &Properties,
    kinds: &[(&'static str, Kind)],
) -> Result<Option<Source>, AwsError> {
    for &(property, kind) in kinds {
        let Some(text) = properties.get(property).and_then(serde_json::Value::as_str) else { continue };
        let cx = in_its_region(cx, text);
        if !exists(&cx, kind, text).await? {
            let what = format!("{} {text}", kind.name());
            return Ok(Some(Source { property, what, region: cx.region().to_owned() }));
        }
    }
    Ok(None)
}

/// An ARN may be of another region: that of a replica's source is.
fn in_its_region(cx: &Context, text: &str) -> Context {
    let region = text.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2)).filter(|region| !region.is_empty());
    region.map_or_else(|| cx.clone(), |region| cx.in_region(region))
}

async fn exists(cx: &Context, kind: Kind, text: &str) -> Result<bool, AwsError> {
    match kind {
        Kind::AnySnapshot if text.starts_with("arn:") && text.contains(":snapshot:") => snapshot(cx, text).await,
        Kind::Snapshot => snapshot(cx, text).await,
        Kind::ClusterSnapshot | Kind::AnySnapshot => cluster_snapshot(cx, text).await,
        Kind::Instance => Ok(DbInstance::describe(cx, text).await?.is_some()),
        Kind::Cluster => cluster(cx, text).await,
        Kind::InstanceBackups | Kind::BackupsArn => instance_backups(cx, kind, text).await,
        Kind::ClusterBackups => cluster_by_resource_id(cx, text).await,
    }
}

/// An automated snapshot is only found under its type, one of another account only if shared ones are asked for.
/// Source: RDS API reference, `DescribeDBSnapshots`.
async fn snapshot(cx: &Context, text: &str) -> Result<bool, AwsError> {
    let call = cx.rds().describe_db_snapshots().db_snapshot_identifier(text);
    let call = match snapshot_type(text) {
        Some(kind) => call.snapshot_type(kind),
        None if text.starts_with("arn:") => call.include_shared(true).include_public(true),
        None => call,
    };
    let output = call.send().await.call_optional("rds:DescribeDBSnapshots")?;
    Ok(output.is_some_and(|output| !output.db_snapshots().is_empty()))
}

async fn cluster_snapshot(cx: &Context, text: &str) -> Result<bool, AwsError> {
    let call = cx.rds().describe_db_cluster_snapshots().db_cluster_snapshot_identifier(text);
    let call = match snapshot_type(text) {
        Some(kind) => call.snapshot_type(kind),
        None if text.starts_with("arn:") => call.include_shared(true).include_public(true),
        None => call,
    };
    let output = call.send().await.call_optional("rds:DescribeDBClusterSnapshots")?;
    Ok(output.is_some_and(|output| !output.db_cluster_snapshots().is_empty()))
}

/// A cluster of another account is found where it is shared. Source: RDS API reference, `DescribeDBClusters`.
async fn cluster(cx: &Context, text: &str) -> Result<bool, AwsError> {
    let call = cx.rds().describe_db_clusters().db_cluster_identifier(text);
    let call = if text.starts_with("arn:") { call.include_shared(true) } else { call };
    let output = call.send().await.call_optional("rds:DescribeDBClusters")?;
    Ok(output.is_some_and(|output| !output.db_clusters().is_empty()))
}

async fn instance_backups(cx: &Context, kind: Kind, text: &str) -> Result<bool, AwsError> {
    let call = cx.rds().describe_db_instance_automated_backups();
    let call = match kind {
        Kind::BackupsArn => call.db_instance_automated_backups_arn(text),
        _ => call.dbi_resource_id(text),
    };
    let output = call.send().await.call_optional("rds:DescribeDBInstanceAutomatedBackups")?;
    Ok(output.is_some_and(|output| !output.db_instance_automated_backups().is_empty()))
}

/// The cluster itself, else what is kept of it.
async fn cluster_by_resource_id(cx: &Context, id: &str) -> Result<bool, AwsError> {
    let filter = Filter::builder().name("db-cluster-resource-id").values(id).build();
    let output = cx.rds().describe_db_clusters().filters(filter).send().await.call("rds:DescribeDBClusters")?;
    if output.db_clusters().iter().any(|cluster| cluster.db_cluster_resource_id() == Some(id)) {
        return Ok(true);
    }
    let call = cx.rds().describe_db_cluster_automated_backups().db_cluster_resource_id(id);
    let output = call.send().await.call_optional("rds:DescribeDBClusterAutomatedBackups")?;
    Ok(output.is_some_and(|output| !output.db_cluster_automated_backups().is_empty()))
}

/// The type of a snapshot that has its maker in its name: `rds:` and `awsbackup:`.
fn snapshot_type(text: &str) -> Option<&'static str> {
    let name = text.split_once("snapshot:").filter(|_| text.starts_with("arn:")).map_or(text, |(_, name)| name);
    match name.split_once(':')?.0 {
        "rds" => Some("automated"),
        "awsbackup" => Some("awsbackup"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maker_of_a_snapshot_is_in_its_name() {
        for (text, expected) in [
            ("nightly", None),
            ("rds:db-2026-11-26-04-00", Some("automated")),
            ("awsbackup:job-1", Some("awsbackup")),
            ("arn:aws:rds:us-west-2:123456789012:snapshot:nightly", None),
            ("arn:aws:rds:us-west-2:123456789012:snapshot:rds:db-2026", Some("automated")),
            ("arn:aws:rds:us-west-2:123456789012:cluster-snapshot:awsbackup:job-1", Some("awsbackup")),
        ] {
            assert_eq!(snapshot_type(text), expected, "{text}");
        }
    }
}
