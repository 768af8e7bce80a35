//! Changes of a cluster: one modifying call, and calls of their own for what that does not take.

use aws_sdk_rds::types::DbCluster;
use serde_json::{Value, json};

use super::cluster_properties::ClusterProperties;
use super::modification::{await_effect, when_ready, with_companions};
use super::{log_exports, roles};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Driver, Live, Properties, Update};

/// Properties that the API only takes together. Source: RDS API reference, `ModifyDBCluster`.
const COMPANIONS: [(&str, &[&str]); 10] = [
    ("AllocatedStorage", &["Iops", "StorageType"]),
    ("DatabaseInsightsMode", &["PerformanceInsightsEnabled", "PerformanceInsightsRetentionPeriod"]),
    ("Domain", &["DomainIAMRoleName"]),
    ("DomainIAMRoleName", &["Domain"]),
    ("EngineVersion", &["DBInstanceParameterGroupName", "DBClusterParameterGroupName"]),
    ("Iops", &["AllocatedStorage", "StorageType"]),
    ("ManageMasterUserPassword", &["MasterUserPassword", "MasterUserSecret"]),
    ("MonitoringInterval", &["MonitoringRoleArn"]),
    ("MonitoringRoleArn", &["MonitoringInterval"]),
    ("PerformanceInsightsRetentionPeriod", &["PerformanceInsightsEnabled", "DatabaseInsightsMode"]),
];

/// What has a call of its own, or none because it only matters at creation or deletion.
const NOT_MODIFIED: [&str; 6] = [
    "AssociatedRoles",
    "DeleteAutomatedBackups",
    "EnableHttpEndpoint",
    "GlobalClusterIdentifier",
    "ReplicationSourceIdentifier",
    "SnapshotIdentifier",
];

/// What a cluster has when nobody says otherwise. Source: RDS API reference, `CreateDBCluster`.
fn default(property: &str) -> Option<Value> {
    match property {
        "AutoMinorVersionUpgrade" => Some(json!(true)),
        "BacktrackWindow" | "MonitoringInterval" => Some(json!(0)),
        "BackupRetentionPeriod" => Some(json!(1)),
        "CopyTagsToSnapshot"
        | "DeletionProtection"
        | "EnableGlobalWriteForwarding"
        | "EnableIAMDatabaseAuthentication"
        | "EnableLocalWriteForwarding"
        | "ManageMasterUserPassword"
        | "PerformanceInsightsEnabled" => Some(json!(false)),
        "DatabaseInsightsMode" => Some(json!("standard")),
        "Domain" => Some(json!("none")),
        "EnableCloudwatchLogsExports" => Some(json!([])),
        "NetworkType" => Some(json!("IPV4")),
        _ => None,
    }
}

/// Makes all changes and returns when they are in effect.
pub async fn apply(cx: &Context, driver: &dyn Driver, update: &Update<'_>) -> Result<(), AwsError> {
    let id = update.id.as_str();
    if update.changed.iter().any(|name| !NOT_MODIFIED.contains(&name.as_str())) {
        when_ready::<DbCluster, _, _>(cx, id, || modify(cx, update)).await?;
    }
    let desired: ClusterProperties = update.desired.typed()?;
    if update.changes(&["EnableHttpEndpoint"]) {
        when_ready::<DbCluster, _, _>(cx, id, || put_http_endpoint(cx, update, &desired)).await?;
    }
    if update.changes(&["GlobalClusterIdentifier"]) {
        leave_global_cluster(cx, update.live, &desired).await?;
    }
    if update.changes(&["ReplicationSourceIdentifier"]) {
        promote(cx, id, &desired).await?;
    }
    if update.changes(&["AssociatedRoles"]) {
        let live = update.live_typed::<ClusterProperties>()?.associated_roles.unwrap_or_default();
        roles::change_of_cluster(cx, id, &live, desired.associated_roles.as_deref().unwrap_or_default()).await?;
    }
    let wanted = update.desired.properties.iter().filter(|(name, _)| update.changed.contains(*name));
    let wanted: Properties =
        wanted.map(|(name, value)| (name.clone(), value.clone())).filter(|(name, _)| is_read(name)).collect();
    await_effect::<DbCluster>(cx, driver, id, &wanted, |cluster| Ok(super::live::cluster(cluster)?.properties)).await
}

/// False for what RDS never gives back. Source: the schema's `writeOnlyProperties`.
fn is_read(property: &str) -> bool {
    let hidden = [
        "DBInstanceParameterGroupName",
        "DeleteAutomatedBackups",
        "MasterUserAuthenticationType",
        "MasterUserPassword",
    ];
    !hidden.contains(&property)
}

async fn modify(cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
    let changed = with_companions(update.changed, &COMPANIONS);
    let update = Update { changed: &changed, tags: update.tags.clone(), ..*update };
    let properties: ClusterProperties = update.changed_typed(default)?;
    let call = cx.rds().modify_db_cluster().db_cluster_identifier(update.id.as_str()).apply_immediately(true);
    let call = assign!(
        call,
        properties,
        allocated_storage,
        auto_minor_version_upgrade,
        backtrack_window,
        backup_retention_period,
        copy_tags_to_snapshot,
        database_insights_mode,
        db_cluster_instance_class,
        db_cluster_parameter_group_name,
        deletion_protection,
        domain,
        domain_iam_role_name,
        enable_global_write_forwarding,
        enable_iam_database_authentication,
        enable_local_write_forwarding,
        enable_performance_insights,
        engine_lifecycle_support,
        engine_version,
        iops,
        manage_master_user_password,
        master_user_authentication_type,
        master_user_password,
        monitoring_interval,
        monitoring_role_arn,
        network_type,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        port,
        preferred_backup_window,
        preferred_maintenance_window,
        scaling_configuration,
        serverless_v2_scaling_configuration,
        storage_type,
        vpc_security_group_ids,
    );
    // Whether a version is a major step is for RDS to know; the plan has shown it.
    let call = call.set_allow_major_version_upgrade(properties.engine_version.is_some().then_some(true));
    let upgrades = properties.engine_version.is_some();
    let group = properties.db_instance_parameter_group_name.clone().filter(|_| upgrades);
    let call = call.set_db_instance_parameter_group_name(group);
    let key = properties.master_user_secret.as_ref().and_then(|secret| secret.kms_key_id.clone());
    let call = call.set_master_user_secret_kms_key_id(key);
    let exports = properties.enable_cloudwatch_logs_exports.as_deref();
    let live = update.live_typed::<ClusterProperties>()?.enable_cloudwatch_logs_exports.unwrap_or_default();
    let call =
        call.set_cloudwatch_logs_export_configuration(exports.map(|exports| log_exports::change(&live, exports)));
    call.send().await.call("rds:ModifyDBCluster").map(drop)
}

/// Serverless v1 takes it as a modification, everything else has calls of its own.
/// Source: RDS API reference, `EnableHttpEndpoint`.
async fn put_http_endpoint(cx: &Context, update: &Update<'_>, desired: &ClusterProperties) -> Result<(), AwsError> {
    let (rds, arn) = (cx.rds(), update.live.text("DBClusterArn"));
    match desired.enable_http_endpoint.unwrap_or(false) {
        on if update.live.text("EngineMode") == "serverless" => {
            let call = rds.modify_db_cluster().db_cluster_identifier(update.id.as_str()).apply_immediately(true);
            call.enable_http_endpoint(on).send().await.call("rds:ModifyDBCluster").map(drop)
        }
        true => rds.enable_http_endpoint().resource_arn(arn).send().await.call("rds:EnableHttpEndpoint").map(drop),
        false => rds.disable_http_endpoint().resource_arn(arn).send().await.call("rds:DisableHttpEndpoint").map(drop),
    }
}

/// A cluster can leave a global database, but only a new one can join.
/// Source: RDS API reference, `RemoveFromGlobalCluster`.
pub async fn leave_global_cluster(cx: &Context, live: &Live, desired: &ClusterProperties) -> Result<(), AwsError> {
    let global = live.text("GlobalClusterIdentifier");
    if !global.is_empty() {
        let call = cx.rds().remove_from_global_cluster().global_cluster_identifier(global);
        let call = call.db_cluster_identifier(live.text("DBClusterArn"));
        call.send().await.call_optional("rds:RemoveFromGlobalCluster")?;
    }
    match desired.global_cluster_identifier.as_deref() {
        None | Some("") => Ok(()),
        Some(global) => Err(AwsError::Invalid(format!("an existing cluster cannot join the global cluster {global}"))),
    }
}

async fn promote(cx: &Context, id: &str, desired: &ClusterProperties) -> Result<(), AwsError> {
    if let Some(source) = &desired.replication_source_identifier {
        return Err(AwsError::Invalid(format!("an existing cluster cannot become a replica of {source}")));
    }
    let call = cx.rds().promote_read_replica_db_cluster().db_cluster_identifier(id);
    call.send().await.call("rds:PromoteReadReplicaDBCluster").map(drop)
}
