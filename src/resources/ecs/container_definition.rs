//! The container definitions of a task definition.

use std::collections::BTreeMap;

use aws_sdk_ecs::types;
use serde::{Deserialize, Serialize};

use super::shapes::{KeyValuePair, LogConfiguration, Secret};
use crate::aws::AwsError;
use crate::resources::mirror::Mirror;

mirror! {
    pub struct ContainerDefinition: types::ContainerDefinition {
        command: Vec<String>,
        cpu: i32,
        credential_specs: Vec<String>,
        depends_on: Vec<ContainerDependency>,
        disable_networking: bool,
        dns_search_domains: Vec<String>,
        dns_servers: Vec<String>,
        docker_labels: BTreeMap<String, String>,
        docker_security_options: Vec<String>,
        entry_point: Vec<String>,
        environment: Vec<KeyValuePair>,
        environment_files: Vec<EnvironmentFile>,
        essential: bool,
        extra_hosts: Vec<HostEntry>,
        firelens_configuration: FirelensConfiguration,
        health_check: HealthCheck,
        hostname: String,
        image: String,
        interactive: bool,
        links: Vec<String>,
        linux_parameters: LinuxParameters,
        log_configuration: LogConfiguration,
        memory: i32,
        memory_reservation: i32,
        mount_points: Vec<MountPoint>,
        name: String,
        port_mappings: Vec<PortMapping>,
        privileged: bool,
        pseudo_terminal: bool,
        readonly_root_filesystem: bool,
        repository_credentials: RepositoryCredentials,
        resource_requirements: Vec<ResourceRequirement>,
        restart_policy: RestartPolicy,
        secrets: Vec<Secret>,
        start_timeout: i32,
        stop_timeout: i32,
        system_controls: Vec<SystemControl>,
        ulimits: Vec<Ulimit>,
        user: String,
        version_consistency: String,
        volumes_from: Vec<VolumeFrom>,
        working_directory: String,
    }
    pub struct ContainerDependency: types::ContainerDependency {
        condition: String,
        container_name: String,
    }
    pub struct EnvironmentFile: types::EnvironmentFile {
        r#type: String,
        value: String,
    }
    pub struct HostEntry: types::HostEntry {
        hostname: String,
        ip_address: String,
    }
    pub struct FirelensConfiguration: types::FirelensConfiguration {
        options: BTreeMap<String, String>,
        r#type: String,
    }
    pub struct HealthCheck: types::HealthCheck {
        command: Vec<String>,
        interval: i32,
        retries: i32,
        start_period: i32,
        timeout: i32,
    }
    pub struct LinuxParameters: types::LinuxParameters {
        capabilities: KernelCapabilities,
        devices: Vec<Device>,
        init_process_enabled: bool,
        max_swap: i32,
        shared_memory_size: i32,
        swappiness: i32,
        tmpfs: Vec<Tmpfs>,
    }
    pub struct KernelCapabilities: types::KernelCapabilities {
        add: Vec<String>,
        drop: Vec<String>,
    }
    pub struct Device: types::Device {
        container_path: String,
        host_path: String,
        permissions: Vec<String>,
    }
    pub struct Tmpfs: types::Tmpfs {
        container_path: String,
        mount_options: Vec<String>,
        size: i32,
    }
    pub struct MountPoint: types::MountPoint {
        container_path: String,
        read_only: bool,
        source_volume: String,
    }
    pub struct PortMapping: types::PortMapping {
        app_protocol: String,
        container_port: i32,
        container_port_range: String,
        host_port: i32,
        name: String,
        protocol: String,
    }
    pub struct RepositoryCredentials: types::RepositoryCredentials {
        credentials_parameter: String,
    }
    pub struct ResourceRequirement: types::ResourceRequirement {
        sharing_strategy: SharingStrategy,
        r#type: String,
        value: String,
    }
    pub struct NvidiaMpsAllocation: types::NvidiaMpsAllocation {
        max_compute_percent: i32,
        memory: i32,
    }
    pub struct RestartPolicy: types::ContainerRestartPolicy {
        enabled: bool,
        ignored_exit_codes: Vec<i32>,
        restart_attempt_period: i32,
    }
    pub struct SystemControl: types::SystemControl {
        namespace: String,
        value: String,
    }
    pub struct Ulimit: types::Ulimit {
        hard_limit: i32,
        name: String,
        soft_limit: i32,
    }
    pub struct VolumeFrom: types::VolumeFrom {
        read_only: bool,
        source_container: String,
    }
}

/// A union in the API, so that it has no builder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SharingStrategy {
    nvidia_mps: Option<NvidiaMpsAllocation>,
}

impl Mirror<types::SharingStrategy> for SharingStrategy {
    fn to_sdk(&self) -> Result<types::SharingStrategy, AwsError> {
        let allocation = self.nvidia_mps.as_ref();
        let allocation = allocation.ok_or_else(|| AwsError::Invalid("SharingStrategy needs NvidiaMps".to_owned()))?;
        allocation.to_sdk().map(types::SharingStrategy::NvidiaMps)
    }

    fn from_sdk(sdk: &types::SharingStrategy) -> Self {
        Self { nvidia_mps: sdk.as_nvidia_mps().ok().map(Mirror::from_sdk) }
    }
}
