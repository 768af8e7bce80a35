//! The three ways to make a cluster: new, from a snapshot, from another cluster at a point in time.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::cluster_properties::ClusterProperties;
use crate::aws::{AwsError, CallResult, Context};

/// Starts the creation. True if it was a restore, which takes fewer properties than the schema has.
pub async fn start(cx: &Context, properties: &ClusterProperties) -> Result<bool, AwsError> {
    let copies =
        properties.source_db_cluster_identifier.is_some() || properties.source_db_cluster_resource_id.is_some();
    match &properties.snapshot_identifier {
        Some(_) => restore_snapshot(cx, properties).await?,
        None if copies => restore_to_time(cx, properties).await?,
        None => create(cx, properties).await?,
    }
    Ok(copies || properties.snapshot_identifier.is_some())
}

async fn create(cx: &Context, properties: &ClusterProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().create_db_cluster(),
        properties,
        allocated_storage,
        auto_minor_version_upgrade,
        availability_zones,
        backtrack_window,
        backup_retention_period,
        cluster_scalability_type,
        copy_tags_to_snapshot,
        database_insights_mode,
        database_name,
        db_cluster_identifier,
        db_cluster_instance_class,
        db_cluster_parameter_group_name,
        db_subnet_group_name,
        db_system_id,
        deletion_protection,
        domain,
        domain_iam_role_name,
        enable_cloudwatch_logs_exports,
        enable_global_write_forwarding,
        enable_http_endpoint,
        enable_iam_database_authentication,
        enable_local_write_forwarding,
        enable_performance_insights,
        engine,
        engine_lifecycle_support,
        engine_mode,
        engine_version,
        global_cluster_identifier,
        iops,
        kms_key_id,
        manage_master_user_password,
        master_user_authentication_type,
        master_user_password,
        master_username,
        monitoring_interval,
        monitoring_role_arn,
        network_type,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        port,
        preferred_backup_window,
        preferred_maintenance_window,
        publicly_accessible,
        replication_source_identifier,
        scaling_configuration,
        serverless_v2_scaling_configuration,
        storage_encrypted,
        storage_type,
        tags,
        vpc_security_group_ids,
    );
    let key = properties.master_user_secret.as_ref().and_then(|secret| secret.kms_key_id.clone());
    call.set_master_user_secret_kms_key_id(key).send().await.call("rds:CreateDBCluster").map(drop)
}

async fn restore_snapshot(cx: &Context, properties: &ClusterProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().restore_db_cluster_from_snapshot(),
        properties,
        availability_zones,
        backtrack_window,
        backup_retention_period,
        copy_tags_to_snapshot,
        database_name,
        db_cluster_identifier,
        db_cluster_instance_class,
        db_cluster_parameter_group_name,
        db_subnet_group_name,
        deletion_protection,
        domain,
        domain_iam_role_name,
        enable_cloudwatch_logs_exports,
        enable_iam_database_authentication,
        enable_performance_insights,
        engine,
        engine_lifecycle_support,
        engine_mode,
        engine_version,
        iops,
        kms_key_id,
        monitoring_interval,
        monitoring_role_arn,
        network_type,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        port,
        preferred_backup_window,
        publicly_accessible,
        scaling_configuration,
        serverless_v2_scaling_configuration,
        snapshot_identifier,
        storage_type,
        tags,
        vpc_security_group_ids,
    );
    call.send().await.call("rds:RestoreDBClusterFromSnapshot").map(drop)
}

async fn restore_to_time(cx: &Context, properties: &ClusterProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().restore_db_cluster_to_point_in_time(),
        properties,
        backtrack_window,
        backup_retention_period,
        copy_tags_to_snapshot,
        db_cluster_identifier,
        db_cluster_instance_class,
        db_cluster_parameter_group_name,
        db_subnet_group_name,
        deletion_protection,
        domain,
        domain_iam_role_name,
        enable_cloudwatch_logs_exports,
        enable_iam_database_authentication,
        enable_performance_insights,
        engine_lifecycle_support,
        engine_mode,
        iops,
        kms_key_id,
        monitoring_interval,
        monitoring_role_arn,
        network_type,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        port,
        preferred_backup_window,
        publicly_accessible,
        restore_type,
        scaling_configuration,
        serverless_v2_scaling_configuration,
        source_db_cluster_identifier,
        source_db_cluster_resource_id,
        storage_type,
        tags,
        use_latest_restorable_time,
        vpc_security_group_ids,
    );
    let call = call.set_restore_to_time(time(properties.restore_to_time.as_deref())?);
    call.send().await.call("rds:RestoreDBClusterToPointInTime").map(drop)
}

/// A moment as the schema has it, `2015-03-07T23:45:00Z`.
pub fn time(text: Option<&str>) -> Result<Option<DateTime>, AwsError> {
    let parse = |text| DateTime::from_str(text, Format::DateTimeWithOffset);
    text.map(parse).transpose().map_err(|error| AwsError::Invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_from_its_text() {
        assert_eq!(time(Some("2015-03-07T23:45:00Z")).unwrap().unwrap().secs(), 1_425_771_900);
        assert!(time(Some("yesterday")).is_err());
        assert_eq!(time(None).unwrap(), None);
    }
}
