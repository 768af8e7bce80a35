use aws_sdk_rds::types::{self, DbInstance};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::cluster_properties::{Endpoint, MasterUserSecret, Tag};
use super::roles::InstanceRole;
use crate::aws::AwsError;
use crate::resources::NumberText;
use crate::resources::mirror::Mirror;

properties! {
    /// An instance in the schema's shape. Fields have the names that `CreateDBInstance` has for them.
    pub struct InstanceProperties {
        additional_storage_volumes: Vec<AdditionalStorageVolume>,
        allocated_storage: NumberText,
        allow_major_version_upgrade: bool,
        apply_immediately: bool,
        associated_roles: Vec<InstanceRole>,
        auto_minor_version_upgrade: bool,
        automatic_backup_replication_kms_key_id: String,
        automatic_backup_replication_region: String,
        automatic_backup_replication_retention_period: i32,
        automatic_restart_time: String,
        availability_zone: String,
        backup_retention_period: i32,
        backup_target: String,
        #[serde(rename = "CACertificateIdentifier")]
        ca_certificate_identifier: String,
        certificate_details: CertificateDetails,
        certificate_rotation_restart: bool,
        character_set_name: String,
        copy_tags_to_snapshot: bool,
        #[serde(rename = "CustomIAMInstanceProfile")]
        custom_iam_instance_profile: String,
        #[serde(rename = "DBClusterIdentifier")]
        db_cluster_identifier: String,
        #[serde(rename = "DBClusterSnapshotIdentifier")]
        db_cluster_snapshot_identifier: String,
        #[serde(rename = "DBInstanceArn")]
        db_instance_arn: String,
        #[serde(rename = "DBInstanceClass")]
        db_instance_class: String,
        #[serde(rename = "DBInstanceIdentifier")]
        db_instance_identifier: String,
        #[serde(rename = "DBInstanceStatus")]
        db_instance_status: String,
        #[serde(rename = "DBName")]
        db_name: String,
        #[serde(rename = "DBParameterGroupName")]
        db_parameter_group_name: String,
        #[serde(rename = "DBSecurityGroups")]
        db_security_groups: Vec<String>,
        #[serde(rename = "DBSnapshotIdentifier")]
        db_snapshot_identifier: String,
        #[serde(rename = "DBSubnetGroupName")]
        db_subnet_group_name: String,
        #[serde(rename = "DBSystemId")]
        db_system_id: String,
        database_insights_mode: String,
        dbi_resource_id: String,
        dedicated_log_volume: bool,
        delete_automated_backups: bool,
        deletion_protection: bool,
        domain: String,
        domain_auth_secret_arn: String,
        domain_dns_ips: Vec<String>,
        domain_fqdn: String,
        #[serde(rename = "DomainIAMRoleName")]
        domain_iam_role_name: String,
        domain_ou: String,
        enable_cloudwatch_logs_exports: Vec<String>,
        #[serde(rename = "EnableIAMDatabaseAuthentication")]
        enable_iam_database_authentication: bool,
        enable_performance_insights: bool,
        endpoint: Endpoint,
        engine: String,
        engine_lifecycle_support: String,
        engine_version: String,
        instance_create_time: String,
        iops: i32,
        is_storage_config_upgrade_available: bool,
        kms_key_id: String,
        latest_restorable_time: String,
        license_model: String,
        listener_endpoint: Endpoint,
        manage_master_user_password: bool,
        master_user_authentication_type: String,
        master_user_password: String,
        master_user_secret: MasterUserSecret,
        master_username: String,
        max_allocated_storage: i32,
        monitoring_interval: i32,
        monitoring_role_arn: String,
        #[serde(rename = "MultiAZ")]
        multi_az: bool,
        nchar_character_set_name: String,
        network_type: String,
        option_group_name: String,
        percent_progress: String,
        #[serde(rename = "PerformanceInsightsKMSKeyId")]
        performance_insights_kms_key_id: String,
        performance_insights_retention_period: i32,
        port: NumberText,
        preferred_backup_window: String,
        preferred_maintenance_window: String,
        processor_features: Vec<ProcessorFeature>,
        promotion_tier: i32,
        publicly_accessible: bool,
        #[serde(rename = "ReadReplicaDBClusterIdentifiers")]
        read_replica_db_cluster_identifiers: Vec<String>,
        #[serde(rename = "ReadReplicaDBInstanceIdentifiers")]
        read_replica_db_instance_identifiers: Vec<String>,
        replica_mode: String,
        restore_time: String,
        resume_full_automation_mode_time: String,
        secondary_availability_zone: String,
        #[serde(rename = "SourceDBClusterIdentifier")]
        source_db_cluster_identifier: String,
        #[serde(rename = "SourceDBInstanceAutomatedBackupsArn")]
        source_db_instance_automated_backups_arn: String,
        #[serde(rename = "SourceDBInstanceIdentifier")]
        source_db_instance_identifier: String,
        source_dbi_resource_id: String,
        status_infos: Vec<StatusInfo>,
        storage_encrypted: bool,
        storage_operation_percent_progress: i32,
        storage_operation_status: String,
        storage_throughput: i32,
        storage_type: String,
        tags: Vec<Tag>,
        tde_credential_arn: String,
        tde_credential_password: String,
        timezone: String,
        use_default_processor_features: bool,
        use_latest_restorable_time: bool,
        #[serde(rename = "VPCSecurityGroups")]
        vpc_security_group_ids: Vec<String>,
    }
    pub struct AdditionalStorageVolume {
        allocated_storage: NumberText,
        iops: i32,
        max_allocated_storage: i32,
        storage_operation_percent_progress: i32,
        storage_operation_status: String,
        storage_throughput: i32,
        storage_type: String,
        volume_name: String,
    }
    pub struct CertificateDetails {
        #[serde(rename = "CAIdentifier")]
        ca_identifier: String,
        valid_till: String,
    }
}

mirror! {
    pub struct ProcessorFeature: types::ProcessorFeature {
        name: String,
        value: String,
    }
    pub struct StatusInfo: types::DbInstanceStatusInfo {
        message: String,
        normal: bool,
        status: String,
        status_type: String,
    }
}

impl InstanceProperties {
    /// An instance as RDS describes it.
    pub fn of(instance: &DbInstance) -> Self {
        let domain = instance.domain_memberships().first();
        Self {
            allocated_storage: instance.allocated_storage.as_ref().map(Mirror::from_sdk),
            associated_roles: Some(instance.associated_roles().iter().map(Mirror::from_sdk).collect()),
            auto_minor_version_upgrade: instance.auto_minor_version_upgrade,
            availability_zone: instance.availability_zone.clone(),
            backup_retention_period: instance.backup_retention_period,
            backup_target: instance.backup_target.clone(),
            ca_certificate_identifier: instance.ca_certificate_identifier.clone(),
            character_set_name: instance.character_set_name.clone(),
            copy_tags_to_snapshot: instance.copy_tags_to_snapshot,
            custom_iam_instance_profile: instance.custom_iam_instance_profile.clone(),
            db_cluster_identifier: instance.db_cluster_identifier.clone(),
            db_instance_class: instance.db_instance_class.clone(),
            db_name: instance.db_name.clone(),
            db_system_id: instance.db_system_id.clone(),
            database_insights_mode: instance.database_insights_mode().map(|mode| mode.as_str().to_owned()),
            dedicated_log_volume: instance.dedicated_log_volume,
            deletion_protection: instance.deletion_protection,
            domain: domain.and_then(|domain| domain.domain.clone()),
            domain_auth_secret_arn: domain.and_then(|domain| domain.auth_secret_arn.clone()),
            domain_dns_ips: domain.and_then(|domain| domain.dns_ips.clone()),
            domain_fqdn: domain.and_then(|domain| domain.fqdn.clone()),
            domain_iam_role_name: domain.and_then(|domain| domain.iam_role_name.clone()),
            domain_ou: domain.and_then(|domain| domain.ou.clone()),
            enable_cloudwatch_logs_exports: Some(instance.enabled_cloudwatch_logs_exports().to_vec()),
            enable_iam_database_authentication: instance.iam_database_authentication_enabled,
            enable_performance_insights: instance.performance_insights_enabled,
            engine: instance.engine.clone(),
            engine_lifecycle_support: instance.engine_lifecycle_support.clone(),
            engine_version: instance.engine_version.clone(),
            iops: instance.iops,
            kms_key_id: instance.kms_key_id.clone(),
            license_model: instance.license_model.clone(),
            master_username: instance.master_username.clone(),
            max_allocated_storage: instance.max_allocated_storage,
            monitoring_interval: instance.monitoring_interval,
            monitoring_role_arn: instance.monitoring_role_arn.clone(),
            multi_az: instance.multi_az,
            nchar_character_set_name: instance.nchar_character_set_name.clone(),
            network_type: instance.network_type.clone(),
            performance_insights_kms_key_id: instance.performance_insights_kms_key_id.clone(),
            performance_insights_retention_period: instance.performance_insights_retention_period,
            preferred_backup_window: instance.preferred_backup_window.clone(),
            preferred_maintenance_window: instance.preferred_maintenance_window.clone(),
            processor_features: Some(instance.processor_features().iter().map(Mirror::from_sdk).collect()),
            promotion_tier: instance.promotion_tier,
            publicly_accessible: instance.publicly_accessible,
            replica_mode: instance.replica_mode().map(|mode| mode.as_str().to_owned()),
            source_db_cluster_identifier: instance.read_replica_source_db_cluster_identifier.clone(),
            storage_encrypted: instance.storage_encrypted,
            storage_throughput: instance.storage_throughput,
            storage_type: instance.storage_type.clone(),
            tags: Some(instance.tag_list().iter().map(Mirror::from_sdk).collect()),
            tde_credential_arn: instance.tde_credential_arn.clone(),
            timezone: instance.timezone.clone(),
            ..Self::groups(instance)
        }
    }

    /// What RDS gives as a membership with a status of its own.
    fn groups(instance: &DbInstance) -> Self {
        let texts = |items: Vec<&str>| Some(items.into_iter().map(str::to_owned).collect());
        let option_groups =
            instance.option_group_memberships().iter().filter(|group| group.status() != Some("removing"));
        let security_groups = instance.vpc_security_groups().iter().filter_map(|group| group.vpc_security_group_id());
        let classic_groups = instance.db_security_groups().iter().filter_map(|group| group.db_security_group_name());
        let parameters = instance.db_parameter_groups().first();
        let volumes = instance.additional_storage_volumes().iter().map(AdditionalStorageVolume::of);
        Self {
            additional_storage_volumes: Some(volumes.collect()),
            db_parameter_group_name: parameters.and_then(|group| group.db_parameter_group_name.clone()),
            db_security_groups: texts(classic_groups.collect()),
            db_subnet_group_name: instance.db_subnet_group().and_then(|group| group.db_subnet_group_name.clone()),
            option_group_name: option_groups.filter_map(|group| group.option_group_name.clone()).next(),
            vpc_security_group_ids: texts(security_groups.collect()),
            ..Self::outputs(instance)
        }
    }

    /// What only AWS decides.
    fn outputs(instance: &DbInstance) -> Self {
        let port = instance.endpoint().and_then(|endpoint| endpoint.port);
        Self {
            automatic_restart_time: instance.automatic_restart_time().and_then(moment),
            certificate_details: instance.certificate_details().map(CertificateDetails::of),
            db_instance_arn: instance.db_instance_arn.clone(),
            db_instance_identifier: instance.db_instance_identifier.clone(),
            db_instance_status: instance.db_instance_status.clone(),
            dbi_resource_id: instance.dbi_resource_id.clone(),
            endpoint: instance.endpoint().map(endpoint),
            instance_create_time: instance.instance_create_time().and_then(moment),
            is_storage_config_upgrade_available: instance.is_storage_config_upgrade_available,
            latest_restorable_time: instance.latest_restorable_time().and_then(moment),
            listener_endpoint: instance.listener_endpoint().map(endpoint),
            manage_master_user_password: Some(instance.master_user_secret.is_some()),
            master_user_secret: instance.master_user_secret().map(Mirror::from_sdk),
            percent_progress: instance.percent_progress.clone(),
            port: port.as_ref().map(Mirror::from_sdk),
            read_replica_db_cluster_identifiers: Some(instance.read_replica_db_cluster_identifiers().to_vec()),
            read_replica_db_instance_identifiers: Some(instance.read_replica_db_instance_identifiers().to_vec()),
            resume_full_automation_mode_time: instance.resume_full_automation_mode_time().and_then(moment),
            secondary_availability_zone: instance.secondary_availability_zone.clone(),
            status_infos: Some(instance.status_infos().iter().map(Mirror::from_sdk).collect()),
            storage_operation_percent_progress: instance.storage_operation_percent_progress,
            storage_operation_status: instance.storage_operation_status.clone(),
            ..Self::default()
        }
    }
}

impl AdditionalStorageVolume {
    fn of(volume: &types::AdditionalStorageVolumeOutput) -> Self {
        Self {
            allocated_storage: volume.allocated_storage.as_ref().map(Mirror::from_sdk),
            iops: volume.iops,
            max_allocated_storage: volume.max_allocated_storage,
            storage_operation_percent_progress: volume.storage_operation_percent_progress,
            storage_operation_status: volume.storage_operation_status.clone(),
            storage_throughput: volume.storage_throughput,
            storage_type: volume.storage_type.clone(),
            volume_name: volume.volume_name.clone(),
        }
    }

    /// The volume as a creating call takes it.
    pub fn to_create(&self) -> Result<types::AdditionalStorageVolume, AwsError> {
        let builder = types::AdditionalStorageVolume::builder();
        let builder = assign!(
            builder,
            self,
            allocated_storage,
            iops,
            max_allocated_storage,
            storage_throughput,
            storage_type,
            volume_name
        );
        Ok(builder.build())
    }

    /// The volume as a modifying call takes it.
    pub fn to_modify(&self) -> Result<types::ModifyAdditionalStorageVolume, AwsError> {
        let builder = types::ModifyAdditionalStorageVolume::builder();
        let builder = assign!(
            builder,
            self,
            allocated_storage,
            iops,
            max_allocated_storage,
            storage_throughput,
            storage_type,
            volume_name
        );
        Ok(builder.build())
    }
}

impl CertificateDetails {
    fn of(details: &types::CertificateDetails) -> Self {
        Self { ca_identifier: details.ca_identifier.clone(), valid_till: details.valid_till().and_then(moment) }
    }
}

fn endpoint(endpoint: &types::Endpoint) -> Endpoint {
    Endpoint {
        address: endpoint.address.clone(),
        port: endpoint.port.as_ref().map(Mirror::from_sdk),
        hosted_zone_id: endpoint.hosted_zone_id.clone(),
    }
}

fn moment(time: &DateTime) -> Option<String> {
    time.fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_that_the_schema_has_as_texts_are_texts() {
        let endpoint = types::Endpoint::builder().address("db.example").port(5432).build();
        let instance = DbInstance::builder().allocated_storage(20).endpoint(endpoint).build();
        let live = serde_json::to_value(InstanceProperties::of(&instance)).unwrap();
        assert_eq!((&live["AllocatedStorage"], &live["Port"]), (&json!("20"), &json!("5432")));
        assert_eq!(live["Endpoint"], json!({"Address": "db.example", "Port": "5432"}));
    }

    #[test]
    fn memberships_become_names() {
        let group = types::VpcSecurityGroupMembership::builder().vpc_security_group_id("sg-1").status("active").build();
        let live =
            serde_json::to_value(InstanceProperties::of(&DbInstance::builder().vpc_security_groups(group).build()));
        assert_eq!(live.unwrap()["VPCSecurityGroups"], json!(["sg-1"]));
    }
}
