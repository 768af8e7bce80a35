//! Service Connect and what else ECS takes for a service and never gives back.

use aws_sdk_ecs::types;
use serde::{Deserialize, Serialize};

use super::shapes::{LogConfiguration, Tag};
use crate::aws::AwsError;
use crate::resources::mirror::Mirror;

mirror! {
    pub struct ServiceConnectConfiguration: types::ServiceConnectConfiguration {
        access_log_configuration: AccessLogConfiguration,
        container_configurations: Vec<ContainerConfiguration>,
        enabled: bool,
        log_configuration: LogConfiguration,
        namespace: String,
        services: Vec<ServiceConnectService>,
    }
    pub struct AccessLogConfiguration: types::ServiceConnectAccessLogConfiguration {
        format: String,
        include_query_parameters: String,
    }
    pub struct ServiceConnectService: types::ServiceConnectService {
        client_aliases: Vec<ClientAlias>,
        discovery_name: String,
        ingress_port_override: i32,
        port_name: String,
        timeout: Timeout,
        tls: Tls,
    }
    pub struct ClientAlias: types::ServiceConnectClientAlias {
        dns_name: String,
        port: i32,
        test_traffic_rules: TestTrafficRules,
    }
    pub struct TestTrafficRules: types::ServiceConnectTestTrafficRules {
        header: TestTrafficHeader,
    }
    pub struct TestTrafficHeader: types::ServiceConnectTestTrafficHeaderRules {
        name: String,
        value: TestTrafficHeaderValue,
    }
    pub struct TestTrafficHeaderValue: types::ServiceConnectTestTrafficHeaderMatchRules {
        exact: String,
    }
    pub struct Timeout: types::TimeoutConfiguration {
        idle_timeout_seconds: i32,
        per_request_timeout_seconds: i32,
    }
    pub struct Tls: types::ServiceConnectTlsConfiguration {
        issuer_certificate_authority: CertificateAuthority,
        kms_key: String,
        role_arn: String,
    }
    pub struct CertificateAuthority: types::ServiceConnectTlsCertificateAuthority {
        aws_pca_authority_arn: String,
    }
    pub struct VolumeConfiguration: types::ServiceVolumeConfiguration {
        #[serde(rename = "ManagedEBSVolume")]
        managed_ebs_volume: ManagedEbsVolume,
        name: String,
    }
    pub struct ManagedEbsVolume: types::ServiceManagedEbsVolumeConfiguration {
        encrypted: bool,
        filesystem_type: String,
        iops: i32,
        kms_key_id: String,
        role_arn: String,
        #[serde(rename = "SizeInGiB")]
        size_in_gib: i32,
        snapshot_id: String,
        tag_specifications: Vec<EbsTagSpecification>,
        throughput: i32,
        volume_initialization_rate: i32,
        volume_type: String,
    }
    pub struct EbsTagSpecification: types::EbsTagSpecification {
        propagate_tags: String,
        resource_type: String,
        tags: Vec<Tag>,
    }
    pub struct GatewayConnector: types::GatewayConnector {
        filters: GatewayConnectorFilters,
        health_check: GatewayConnectorHealthCheck,
        port_name: String,
    }
    pub struct GatewayConnectorFilters: types::GatewayConnectorFilters {
        access_types: Vec<String>,
    }
    pub struct GatewayConnectorHealthCheck: types::GatewayConnectorHealthCheck {
        health_check_interval_seconds: i32,
        health_check_path: String,
        health_check_port: i32,
        health_check_protocol: String,
        health_check_timeout_seconds: i32,
        healthy_threshold_count: i32,
        matcher: GatewayConnectorMatcher,
        unhealthy_threshold_count: i32,
    }
    pub struct GatewayConnectorMatcher: types::GatewayConnectorHealthCheckMatcher {
        grpc_code: String,
        http_code: String,
    }
    pub struct MonitoringConfiguration: types::MonitoringConfiguration {
        metric_configurations: Vec<MetricConfiguration>,
    }
    pub struct MetricConfiguration: types::MetricConfiguration {
        metric_names: Vec<String>,
        resolution_seconds: i32,
    }
}

/// A union in the API, so that it has no builder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ContainerConfiguration {
    log_level: Option<String>,
}

impl Mirror<types::ServiceConnectContainerConfiguration> for ContainerConfiguration {
    fn to_sdk(&self) -> Result<types::ServiceConnectContainerConfiguration, AwsError> {
        let level = self.log_level.as_deref();
        let level = level.ok_or_else(|| AwsError::Invalid("ContainerConfigurations need a LogLevel".to_owned()))?;
        Ok(types::ServiceConnectContainerConfiguration::LogLevel(level.into()))
    }

    fn from_sdk(sdk: &types::ServiceConnectContainerConfiguration) -> Self {
        Self { log_level: sdk.as_log_level().ok().map(|level| level.as_str().to_owned()) }
    }
}
