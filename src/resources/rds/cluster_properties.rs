use aws_sdk_rds::types::{self, DbCluster};

use super::roles::ClusterRole;
use crate::resources::NumberText;
use crate::resources::mirror::Mirror;

properties! {
    /// A cluster in the schema's shape. Fields have the names that `CreateDBCluster` has for them.
    pub struct ClusterProperties {
        allocated_storage: i32,
        associated_roles: Vec<ClusterRole>,
        auto_minor_version_upgrade: bool,
        availability_zones: Vec<String>,
        backtrack_window: i64,
        backup_retention_period: i32,
        cluster_scalability_type: String,
        copy_tags_to_snapshot: bool,
        #[serde(rename = "DBClusterArn")]
        db_cluster_arn: String,
        #[serde(rename = "DBClusterIdentifier")]
        db_cluster_identifier: String,
        #[serde(rename = "DBClusterInstanceClass")]
        db_cluster_instance_class: String,
        #[serde(rename = "DBClusterParameterGroupName")]
        db_cluster_parameter_group_name: String,
        #[serde(rename = "DBClusterResourceId")]
        db_cluster_resource_id: String,
        #[serde(rename = "DBInstanceParameterGroupName")]
        db_instance_parameter_group_name: String,
        #[serde(rename = "DBSubnetGroupName")]
        db_subnet_group_name: String,
        #[serde(rename = "DBSystemId")]
        db_system_id: String,
        database_insights_mode: String,
        database_name: String,
        delete_automated_backups: bool,
        deletion_protection: bool,
        domain: String,
        #[serde(rename = "DomainIAMRoleName")]
        domain_iam_role_name: String,
        enable_cloudwatch_logs_exports: Vec<String>,
        enable_global_write_forwarding: bool,
        enable_http_endpoint: bool,
        #[serde(rename = "EnableIAMDatabaseAuthentication")]
        enable_iam_database_authentication: bool,
        enable_local_write_forwarding: bool,
        endpoint: Endpoint,
        engine: String,
        engine_lifecycle_support: String,
        engine_mode: String,
        engine_version: String,
        global_cluster_identifier: String,
        iops: i32,
        kms_key_id: String,
        manage_master_user_password: bool,
        master_user_authentication_type: String,
        master_user_password: String,
        master_user_secret: MasterUserSecret,
        master_username: String,
        monitoring_interval: i32,
        monitoring_role_arn: String,
        network_type: String,
        #[serde(rename = "PerformanceInsightsEnabled")]
        enable_performance_insights: bool,
        performance_insights_kms_key_id: String,
        performance_insights_retention_period: i32,
        port: i32,
        preferred_backup_window: String,
        preferred_maintenance_window: String,
        publicly_accessible: bool,
        read_endpoint: ReadEndpoint,
        replication_source_identifier: String,
        restore_to_time: String,
        restore_type: String,
        scaling_configuration: ScalingConfiguration,
        serverless_v2_scaling_configuration: ServerlessV2ScalingConfiguration,
        snapshot_identifier: String,
        #[serde(rename = "SourceDBClusterIdentifier")]
        source_db_cluster_identifier: String,
        source_db_cluster_resource_id: String,
        storage_encrypted: bool,
        storage_encryption_type: String,
        storage_throughput: i32,
        storage_type: String,
        tags: Vec<Tag>,
        use_latest_restorable_time: bool,
        vpc_security_group_ids: Vec<String>,
    }
    /// Where a database listens.
    pub struct Endpoint {
        address: String,
        port: NumberText,
        hosted_zone_id: String,
    }
    /// Where an Aurora cluster's readers listen.
    pub struct ReadEndpoint {
        address: String,
    }
}

mirror! {
    pub struct Tag: types::Tag {
        key: String,
        value: String,
    }
    pub struct MasterUserSecret: types::MasterUserSecret {
        secret_arn: String,
        kms_key_id: String,
    }
    pub struct ScalingConfiguration: types::ScalingConfiguration {
        auto_pause: bool,
        max_capacity: i32,
        min_capacity: i32,
        seconds_before_timeout: i32,
        seconds_until_auto_pause: i32,
        timeout_action: String,
    }
    pub struct ServerlessV2ScalingConfiguration: types::ServerlessV2ScalingConfiguration {
        max_capacity: f64,
        min_capacity: f64,
        seconds_until_auto_pause: i32,
    }
}

impl ClusterProperties {
    /// A cluster as RDS describes it.
    pub fn of(cluster: &DbCluster) -> Self {
        let domain = cluster.domain_memberships().first();
        let groups = cluster.vpc_security_groups().iter().filter_map(|group| group.vpc_security_group_id.clone());
        Self {
            allocated_storage: cluster.allocated_storage,
            associated_roles: Some(cluster.associated_roles().iter().map(Mirror::from_sdk).collect()),
            auto_minor_version_upgrade: cluster.auto_minor_version_upgrade,
            availability_zones: cluster.availability_zones.clone(),
            backtrack_window: cluster.backtrack_window,
            backup_retention_period: cluster.backup_retention_period,
            copy_tags_to_snapshot: cluster.copy_tags_to_snapshot,
            db_cluster_instance_class: cluster.db_cluster_instance_class.clone(),
            db_cluster_parameter_group_name: cluster.db_cluster_parameter_group.clone(),
            db_subnet_group_name: cluster.db_subnet_group.clone(),
            db_system_id: cluster.db_system_id.clone(),
            database_insights_mode: text(cluster.database_insights_mode()),
            database_name: cluster.database_name.clone(),
            deletion_protection: cluster.deletion_protection,
            domain: domain.and_then(|domain| domain.domain.clone()),
            domain_iam_role_name: domain.and_then(|domain| domain.iam_role_name.clone()),
            enable_cloudwatch_logs_exports: Some(cluster.enabled_cloudwatch_logs_exports().to_vec()),
            enable_http_endpoint: cluster.http_endpoint_enabled,
            enable_iam_database_authentication: cluster.iam_database_authentication_enabled,
            engine: cluster.engine.clone(),
            engine_lifecycle_support: cluster.engine_lifecycle_support.clone(),
            engine_mode: cluster.engine_mode.clone(),
            engine_version: cluster.engine_version.clone(),
            global_cluster_identifier: cluster.global_cluster_identifier.clone().filter(|id| !id.is_empty()),
            iops: cluster.iops,
            kms_key_id: cluster.kms_key_id.clone(),
            master_username: cluster.master_username.clone(),
            monitoring_interval: cluster.monitoring_interval,
            monitoring_role_arn: cluster.monitoring_role_arn.clone(),
            network_type: cluster.network_type.clone(),
            enable_performance_insights: cluster.performance_insights_enabled,
            performance_insights_kms_key_id: cluster.performance_insights_kms_key_id.clone(),
            performance_insights_retention_period: cluster.performance_insights_retention_period,
            port: cluster.port,
            preferred_backup_window: cluster.preferred_backup_window.clone(),
            preferred_maintenance_window: cluster.preferred_maintenance_window.clone(),
            publicly_accessible: cluster.publicly_accessible,
            replication_source_identifier: cluster.replication_source_identifier.clone().filter(|id| !id.is_empty()),
            storage_encrypted: cluster.storage_encrypted,
            storage_type: storage_type(cluster),
            tags: Some(cluster.tag_list().iter().map(Mirror::from_sdk).collect()),
            vpc_security_group_ids: Some(groups.collect()),
            ..Self::outputs(cluster)
        }
    }

    /// What only AWS decides, and what the two sides have in different shapes.
    fn outputs(cluster: &DbCluster) -> Self {
        let port = cluster.port.as_ref().map(Mirror::from_sdk);
        let endpoint = |address| Endpoint { address, port, hosted_zone_id: None };
        let v1 = cluster.scaling_configuration_info();
        let v2 = cluster.serverless_v2_scaling_configuration();
        Self {
            db_cluster_arn: cluster.db_cluster_arn.clone(),
            db_cluster_identifier: cluster.db_cluster_identifier.clone(),
            db_cluster_resource_id: cluster.db_cluster_resource_id.clone(),
            enable_global_write_forwarding: cluster.global_write_forwarding_requested,
            enable_local_write_forwarding: cluster.local_write_forwarding_status().map(forwards),
            endpoint: cluster.endpoint.clone().map(|address| endpoint(Some(address))),
            manage_master_user_password: Some(cluster.master_user_secret.is_some()),
            master_user_secret: cluster.master_user_secret().map(Mirror::from_sdk),
            read_endpoint: cluster.reader_endpoint.clone().map(|address| ReadEndpoint { address: Some(address) }),
            scaling_configuration: v1.map(ScalingConfiguration::of),
            serverless_v2_scaling_configuration: v2.map(ServerlessV2ScalingConfiguration::of),
            storage_encryption_type: text(cluster.storage_encryption_type()),
            storage_throughput: cluster.storage_throughput,
            ..Self::default()
        }
    }
}

impl ScalingConfiguration {
    fn of(info: &types::ScalingConfigurationInfo) -> Self {
        Self {
            auto_pause: info.auto_pause,
            max_capacity: info.max_capacity,
            min_capacity: info.min_capacity,
            seconds_before_timeout: info.seconds_before_timeout,
            seconds_until_auto_pause: info.seconds_until_auto_pause,
            timeout_action: info.timeout_action.clone(),
        }
    }
}

impl ServerlessV2ScalingConfiguration {
    fn of(info: &types::ServerlessV2ScalingConfigurationInfo) -> Self {
        Self {
            max_capacity: info.max_capacity,
            min_capacity: info.min_capacity,
            seconds_until_auto_pause: info.seconds_until_auto_pause,
        }
    }
}

fn text<T: AsRef<str>>(value: Option<&T>) -> Option<String> {
    value.map(|value| value.as_ref().to_owned())
}

fn forwards(status: &types::LocalWriteForwardingStatus) -> bool {
    use types::LocalWriteForwardingStatus::{Enabled, Enabling, Requested};
    matches!(status, Enabled | Enabling | Requested)
}

/// Aurora names its storage only where it is not the standard one. Source: RDS API reference, `DBCluster`, `StorageType`.
fn storage_type(cluster: &DbCluster) -> Option<String> {
    let standard = || cluster.engine().filter(|engine| engine.starts_with("aurora")).map(|_| "aurora".to_owned());
    cluster.storage_type.clone().filter(|name| !name.is_empty()).or_else(standard)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn live(cluster: DbCluster) -> serde_json::Value {
        serde_json::to_value(ClusterProperties::of(&cluster)).unwrap()
    }

    #[test]
    fn endpoints_and_the_secret_are_outputs() {
        let secret = types::MasterUserSecret::builder().secret_arn("arn:secret").secret_status("active").build();
        let cluster = DbCluster::builder().endpoint("db.example").reader_endpoint("ro.example").port(5432);
        let live = live(cluster.master_user_secret(secret).build());
        assert_eq!(live["Endpoint"], json!({"Address": "db.example", "Port": "5432"}));
        assert_eq!(live["ReadEndpoint"], json!({"Address": "ro.example"}));
        assert_eq!(live["MasterUserSecret"], json!({"SecretArn": "arn:secret"}));
        assert_eq!(live["ManageMasterUserPassword"], true);
    }

    #[test]
    fn aurora_without_a_storage_type_has_the_standard_one() {
        assert_eq!(live(DbCluster::builder().engine("aurora-postgresql").build())["StorageType"], "aurora");
        assert_eq!(live(DbCluster::builder().engine("mysql").build()).get("StorageType"), None);
    }
}
