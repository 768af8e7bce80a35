//! The four ways to make an instance: new, from a snapshot, as a read replica, from another one's backups.

use aws_sdk_rds::types;

use super::cluster_creation::time;
use super::instance_properties::{AdditionalStorageVolume, InstanceProperties};
use crate::aws::{AwsError, CallResult, Context};

/// Starts the creation. True if it was a restore or a replica, which take fewer properties than the schema has.
pub async fn start(cx: &Context, properties: &InstanceProperties) -> Result<bool, AwsError> {
    let from_snapshot =
        properties.db_snapshot_identifier.is_some() || properties.db_cluster_snapshot_identifier.is_some();
    let from_backups = properties.restore_time.is_some()
        || properties.use_latest_restorable_time == Some(true)
        || properties.source_dbi_resource_id.is_some()
        || properties.source_db_instance_automated_backups_arn.is_some();
    let replica =
        properties.source_db_instance_identifier.is_some() || properties.source_db_cluster_identifier.is_some();
    match () {
        () if from_snapshot => restore_snapshot(cx, properties).await?,
        () if from_backups => restore_to_time(cx, properties).await?,
        () if replica => replicate(cx, properties).await?,
        () => create(cx, properties).await?,
    }
    Ok(from_snapshot || from_backups || replica)
}

fn volumes(properties: &InstanceProperties) -> Result<Option<Vec<types::AdditionalStorageVolume>>, AwsError> {
    let volumes = properties.additional_storage_volumes.as_ref();
    volumes.map(|volumes| volumes.iter().map(AdditionalStorageVolume::to_create).collect()).transpose()
}

fn secret_key(properties: &InstanceProperties) -> Option<String> {
    properties.master_user_secret.as_ref().and_then(|secret| secret.kms_key_id.clone())
}

async fn create(cx: &Context, properties: &InstanceProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().create_db_instance(),
        properties,
        allocated_storage,
        auto_minor_version_upgrade,
        availability_zone,
        backup_retention_period,
        backup_target,
        ca_certificate_identifier,
        character_set_name,
        copy_tags_to_snapshot,
        custom_iam_instance_profile,
        database_insights_mode,
        db_cluster_identifier,
        db_instance_class,
        db_instance_identifier,
        db_name,
        db_parameter_group_name,
        db_security_groups,
        db_subnet_group_name,
        db_system_id,
        dedicated_log_volume,
        deletion_protection,
        domain,
        domain_auth_secret_arn,
        domain_dns_ips,
        domain_fqdn,
        domain_iam_role_name,
        domain_ou,
        enable_cloudwatch_logs_exports,
        enable_iam_database_authentication,
        enable_performance_insights,
        engine,
        engine_lifecycle_support,
        engine_version,
        iops,
        kms_key_id,
        license_model,
        manage_master_user_password,
        master_user_authentication_type,
        master_user_password,
        master_username,
        max_allocated_storage,
        monitoring_interval,
        monitoring_role_arn,
        multi_az,
        nchar_character_set_name,
        network_type,
        option_group_name,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        port,
        preferred_backup_window,
        preferred_maintenance_window,
        processor_features,
        promotion_tier,
        publicly_accessible,
        storage_encrypted,
        storage_throughput,
        storage_type,
        tags,
        tde_credential_arn,
        tde_credential_password,
        timezone,
        vpc_security_group_ids,
    );
    let call = call.set_additional_storage_volumes(volumes(properties)?);
    let call = call.set_master_user_secret_kms_key_id(secret_key(properties));
    call.send().await.call("rds:CreateDBInstance").map(drop)
}

async fn restore_snapshot(cx: &Context, properties: &InstanceProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().restore_db_instance_from_db_snapshot(),
        properties,
        allocated_storage,
        auto_minor_version_upgrade,
        availability_zone,
        backup_retention_period,
        backup_target,
        ca_certificate_identifier,
        copy_tags_to_snapshot,
        custom_iam_instance_profile,
        db_cluster_snapshot_identifier,
        db_instance_class,
        db_instance_identifier,
        db_name,
        db_parameter_group_name,
        db_snapshot_identifier,
        db_subnet_group_name,
        dedicated_log_volume,
        deletion_protection,
        domain,
        domain_auth_secret_arn,
        domain_dns_ips,
        domain_fqdn,
        domain_iam_role_name,
        domain_ou,
        enable_cloudwatch_logs_exports,
        enable_iam_database_authentication,
        engine,
        engine_lifecycle_support,
        iops,
        license_model,
        manage_master_user_password,
        multi_az,
        network_type,
        option_group_name,
        port,
        preferred_backup_window,
        processor_features,
        publicly_accessible,
        storage_throughput,
        storage_type,
        tags,
        tde_credential_arn,
        tde_credential_password,
        use_default_processor_features,
        vpc_security_group_ids,
    );
    let call = call.set_additional_storage_volumes(volumes(properties)?);
    let call = call.set_master_user_secret_kms_key_id(secret_key(properties));
    call.send().await.call("rds:RestoreDBInstanceFromDBSnapshot").map(drop)
}

async fn restore_to_time(cx: &Context, properties: &InstanceProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().restore_db_instance_to_point_in_time(),
        properties,
        allocated_storage,
        auto_minor_version_upgrade,
        availability_zone,
        backup_retention_period,
        backup_target,
        ca_certificate_identifier,
        copy_tags_to_snapshot,
        custom_iam_instance_profile,
        db_instance_class,
        db_name,
        db_parameter_group_name,
        db_subnet_group_name,
        dedicated_log_volume,
        deletion_protection,
        domain,
        domain_auth_secret_arn,
        domain_dns_ips,
        domain_fqdn,
        domain_iam_role_name,
        domain_ou,
        enable_cloudwatch_logs_exports,
        enable_iam_database_authentication,
        engine,
        engine_lifecycle_support,
        iops,
        license_model,
        manage_master_user_password,
        max_allocated_storage,
        multi_az,
        network_type,
        option_group_name,
        port,
        preferred_backup_window,
        processor_features,
        publicly_accessible,
        source_db_instance_automated_backups_arn,
        source_db_instance_identifier,
        source_dbi_resource_id,
        storage_throughput,
        storage_type,
        tags,
        tde_credential_arn,
        tde_credential_password,
        use_default_processor_features,
        use_latest_restorable_time,
        vpc_security_group_ids,
    );
    let call = call.set_target_db_instance_identifier(properties.db_instance_identifier.clone());
    let call = call.set_restore_time(time(properties.restore_time.as_deref())?);
    let call = call.set_additional_storage_volumes(volumes(properties)?);
    let call = call.set_master_user_secret_kms_key_id(secret_key(properties));
    call.send().await.call("rds:RestoreDBInstanceToPointInTime").map(drop)
}

async fn replicate(cx: &Context, properties: &InstanceProperties) -> Result<(), AwsError> {
    let call = assign!(
        cx.rds().create_db_instance_read_replica(),
        properties,
        allocated_storage,
        auto_minor_version_upgrade,
        availability_zone,
        backup_target,
        ca_certificate_identifier,
        copy_tags_to_snapshot,
        custom_iam_instance_profile,
        database_insights_mode,
        db_instance_class,
        db_instance_identifier,
        db_parameter_group_name,
        db_subnet_group_name,
        dedicated_log_volume,
        deletion_protection,
        domain,
        domain_auth_secret_arn,
        domain_dns_ips,
        domain_fqdn,
        domain_iam_role_name,
        domain_ou,
        enable_cloudwatch_logs_exports,
        enable_iam_database_authentication,
        enable_performance_insights,
        iops,
        kms_key_id,
        max_allocated_storage,
        monitoring_interval,
        monitoring_role_arn,
        multi_az,
        network_type,
        option_group_name,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        port,
        processor_features,
        publicly_accessible,
        replica_mode,
        source_db_cluster_identifier,
        source_db_instance_identifier,
        storage_throughput,
        storage_type,
        tags,
        use_default_processor_features,
        vpc_security_group_ids,
    );
    let call = call.set_additional_storage_volumes(volumes(properties)?);
    call.send().await.call("rds:CreateDBInstanceReadReplica").map(drop)
}
