//! Changes of an instance: one modifying call, and calls of their own for what that does not take.

use aws_sdk_rds::types::{DbInstance, ModifyAdditionalStorageVolume};
use serde_json::{Value, json};

use super::instance_properties::{AdditionalStorageVolume, InstanceProperties};
use super::modification::{await_effect, when_ready, with_companions};
use super::{database, log_exports, replicated_backups, roles};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Driver, Properties, Update};

const DOMAIN: [&str; 6] =
    ["Domain", "DomainAuthSecretArn", "DomainDnsIps", "DomainFqdn", "DomainIAMRoleName", "DomainOu"];

/// Properties that the API only takes together. Source: RDS API reference, `ModifyDBInstance`.
const COMPANIONS: [(&str, &[&str]); 18] = [
    ("AllocatedStorage", &["Iops", "StorageThroughput"]),
    ("CACertificateIdentifier", &["CertificateRotationRestart"]),
    ("DatabaseInsightsMode", &["EnablePerformanceInsights", "PerformanceInsightsRetentionPeriod"]),
    ("Domain", &DOMAIN),
    ("DomainAuthSecretArn", &DOMAIN),
    ("DomainDnsIps", &DOMAIN),
    ("DomainFqdn", &DOMAIN),
    ("DomainIAMRoleName", &DOMAIN),
    ("DomainOu", &DOMAIN),
    ("EngineVersion", &["AllowMajorVersionUpgrade", "DBParameterGroupName", "OptionGroupName"]),
    ("Iops", &["AllocatedStorage", "StorageType"]),
    ("ManageMasterUserPassword", &["MasterUserPassword", "MasterUserSecret"]),
    ("MonitoringInterval", &["MonitoringRoleArn"]),
    ("MonitoringRoleArn", &["MonitoringInterval"]),
    ("PerformanceInsightsRetentionPeriod", &["EnablePerformanceInsights", "DatabaseInsightsMode"]),
    ("StorageThroughput", &["AllocatedStorage", "Iops"]),
    ("StorageType", &["AllocatedStorage", "Iops", "StorageThroughput"]),
    ("TdeCredentialArn", &["TdeCredentialPassword"]),
];

/// What has calls of its own, or only says how another change or the deletion is to go.
const NOT_MODIFIED: [&str; 9] = [
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "AssociatedRoles",
    "AutomaticBackupReplicationKmsKeyId",
    "AutomaticBackupReplicationRegion",
    "AutomaticBackupReplicationRetentionPeriod",
    "CertificateRotationRestart",
    "DeleteAutomatedBackups",
    "SourceDBInstanceIdentifier",
];

/// What RDS never gives back. Source: the schema's `writeOnlyProperties`.
const HIDDEN: [&str; 8] = [
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "AutomaticBackupReplicationKmsKeyId",
    "CertificateRotationRestart",
    "DeleteAutomatedBackups",
    "MasterUserAuthenticationType",
    "MasterUserPassword",
    "TdeCredentialPassword",
];

/// What an instance has when nobody says otherwise. Source: RDS API reference, `CreateDBInstance`.
fn default(property: &str) -> Option<Value> {
    match property {
        "AutoMinorVersionUpgrade" => Some(json!(true)),
        "BackupRetentionPeriod" | "PromotionTier" => Some(json!(1)),
        "CopyTagsToSnapshot"
        | "DedicatedLogVolume"
        | "DeletionProtection"
        | "EnableIAMDatabaseAuthentication"
        | "EnablePerformanceInsights"
        | "ManageMasterUserPassword"
        | "MultiAZ" => Some(json!(false)),
        "DatabaseInsightsMode" => Some(json!("standard")),
        "AdditionalStorageVolumes" | "EnableCloudwatchLogsExports" => Some(json!([])),
        "MonitoringInterval" => Some(json!(0)),
        "NetworkType" => Some(json!("IPV4")),
        _ => None,
    }
}

/// Makes all changes and returns when they are in effect, or accepted, where `ApplyImmediately` is written as `false`.
pub async fn apply(cx: &Context, driver: &dyn Driver, update: &Update<'_>) -> Result<(), AwsError> {
    let (id, desired): (_, InstanceProperties) = (update.id.as_str(), update.desired.typed()?);
    let live: InstanceProperties = update.live_typed()?;
    if update.changes(&["SourceDBInstanceIdentifier"]) {
        promote(cx, id, &desired).await?;
    }
    if update.changed.iter().any(|name| !NOT_MODIFIED.contains(&name.as_str())) {
        when_ready::<DbInstance, _, _>(cx, id, || modify(cx, update, &live)).await?;
    }
    if update.changes(&["AssociatedRoles"]) {
        let live = live.associated_roles.as_deref().unwrap_or_default();
        roles::change_of_instance(cx, id, live, desired.associated_roles.as_deref().unwrap_or_default()).await?;
    }
    if desired.apply_immediately == Some(false) {
        return database::await_ready::<DbInstance>(cx, id, |_| true).await.map(drop);
    }
    let replicated = |name: &str| name.starts_with("AutomaticBackupReplication");
    let wanted = update.changed.iter().filter(|name| !HIDDEN.contains(&name.as_str()) && !replicated(name));
    let wanted = wanted.filter_map(|name| Some((name.clone(), update.desired.properties.get(name)?.clone())));
    let wanted = Properties::from_iter(wanted);
    await_effect::<DbInstance>(cx, driver, id, &wanted, |instance| Ok(super::live::instance(instance)?.properties))
        .await?;
    if update.changed.iter().any(|name| replicated(name)) {
        replicated_backups::change(cx, update.live, &desired).await?;
    }
    Ok(())
}

async fn modify(cx: &Context, update: &Update<'_>, live: &InstanceProperties) -> Result<(), AwsError> {
    let changed = with_companions(update.changed, &COMPANIONS);
    let gone = |name: &str| update.changes(&[name]) && !update.desired.properties.contains_key(name);
    let whole = Update { changed: &changed, tags: update.tags.clone(), ..*update };
    let properties: InstanceProperties = whole.changed_typed(default)?;
    let immediately = update.desired.properties.get("ApplyImmediately").and_then(Value::as_bool).unwrap_or(true);
    let call = cx.rds().modify_db_instance().db_instance_identifier(update.id.as_str()).apply_immediately(immediately);
    let call = assign!(
        call,
        properties,
        allocated_storage,
        allow_major_version_upgrade,
        auto_minor_version_upgrade,
        backup_retention_period,
        ca_certificate_identifier,
        certificate_rotation_restart,
        copy_tags_to_snapshot,
        database_insights_mode,
        db_instance_class,
        db_parameter_group_name,
        db_security_groups,
        dedicated_log_volume,
        deletion_protection,
        domain,
        domain_auth_secret_arn,
        domain_dns_ips,
        domain_fqdn,
        domain_iam_role_name,
        domain_ou,
        enable_iam_database_authentication,
        enable_performance_insights,
        engine_lifecycle_support,
        engine_version,
        iops,
        license_model,
        manage_master_user_password,
        master_user_authentication_type,
        master_user_password,
        max_allocated_storage,
        monitoring_interval,
        monitoring_role_arn,
        multi_az,
        network_type,
        option_group_name,
        performance_insights_kms_key_id,
        performance_insights_retention_period,
        preferred_backup_window,
        preferred_maintenance_window,
        processor_features,
        promotion_tier,
        publicly_accessible,
        replica_mode,
        storage_throughput,
        storage_type,
        tde_credential_arn,
        tde_credential_password,
        use_default_processor_features,
        vpc_security_group_ids,
    );
    let call = call.set_db_port_number(crate::resources::mirror::sdk(&properties.port)?);
    let call = call.set_disable_domain(gone("Domain").then_some(true));
    let defaults = properties.use_default_processor_features.or(gone("ProcessorFeatures").then_some(true));
    let call = call.set_use_default_processor_features(defaults);
    let key = properties.master_user_secret.as_ref().and_then(|secret| secret.kms_key_id.clone());
    let call = call.set_master_user_secret_kms_key_id(key);
    let call = call.set_additional_storage_volumes(volumes(live, &properties)?);
    let exports = properties.enable_cloudwatch_logs_exports.as_deref();
    let exported = live.enable_cloudwatch_logs_exports.as_deref().unwrap_or_default();
    let exports = exports.map(|exports| log_exports::change(exported, exports));
    call.set_cloudwatch_logs_export_configuration(exports).send().await.call("rds:ModifyDBInstance").map(drop)
}

/// The volumes as they are to be, and those to delete.
fn volumes(
    live: &InstanceProperties,
    changed: &InstanceProperties,
) -> Result<Option<Vec<ModifyAdditionalStorageVolume>>, AwsError> {
    let Some(desired) = &changed.additional_storage_volumes else { return Ok(None) };
    let mut volumes: Vec<_> = desired.iter().map(AdditionalStorageVolume::to_modify).collect::<Result<_, _>>()?;
    let stays = |volume: &&AdditionalStorageVolume| desired.iter().any(|other| other.volume_name == volume.volume_name);
    for volume in live.additional_storage_volumes.iter().flatten().filter(|volume| !stays(volume)) {
        let builder = ModifyAdditionalStorageVolume::builder().set_volume_name(volume.volume_name.clone());
        volumes.push(builder.set_for_delete(true).build());
    }
    Ok(Some(volumes))
}

async fn promote(cx: &Context, id: &str, desired: &InstanceProperties) -> Result<(), AwsError> {
    if let Some(source) = &desired.source_db_instance_identifier {
        return Err(AwsError::Invalid(format!("an existing instance cannot become a replica of {source}")));
    }
    let call = || async {
        let call = cx.rds().promote_read_replica().db_instance_identifier(id);
        call.send().await.call("rds:PromoteReadReplica").map(drop)
    };
    when_ready::<DbInstance, _, _>(cx, id, call).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(name: &str) -> AdditionalStorageVolume {
        AdditionalStorageVolume { volume_name: Some(name.to_owned()), ..AdditionalStorageVolume::default() }
    }

    fn with_volumes(names: &[&str]) -> InstanceProperties {
        let volumes = names.iter().map(|name| volume(name)).collect();
        InstanceProperties { additional_storage_volumes: Some(volumes), ..InstanceProperties::default() }
    }

    #[test]
    fn a_volume_that_is_no_longer_wanted_is_marked_for_deletion() {
        let volumes = volumes(&with_volumes(&["one", "two"]), &with_volumes(&["two"])).unwrap().unwrap();
        let marked: Vec<_> = volumes.iter().map(|volume| (volume.volume_name(), volume.set_for_delete())).collect();
        assert_eq!(marked, [(Some("two"), None), (Some("one"), Some(true))]);
    }

    #[test]
    fn volumes_that_nobody_changes_are_not_sent() {
        assert_eq!(volumes(&with_volumes(&["one"]), &InstanceProperties::default()).unwrap(), None);
    }
}
