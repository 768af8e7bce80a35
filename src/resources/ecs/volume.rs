//! The volumes of a task definition.

use std::collections::BTreeMap;

use aws_sdk_ecs::types;

mirror! {
    pub struct Volume: types::Volume {
        configured_at_launch: bool,
        docker_volume_configuration: DockerVolumeConfiguration,
        #[serde(rename = "EFSVolumeConfiguration")]
        efs_volume_configuration: EfsVolumeConfiguration,
        #[serde(rename = "FSxWindowsFileServerVolumeConfiguration")]
        fsx_windows_file_server_volume_configuration: FsxWindowsFileServerVolumeConfiguration,
        host: HostVolumeProperties,
        name: String,
        #[serde(rename = "S3FilesVolumeConfiguration")]
        s3files_volume_configuration: S3FilesVolumeConfiguration,
    }
    pub struct DockerVolumeConfiguration: types::DockerVolumeConfiguration {
        autoprovision: bool,
        driver: String,
        driver_opts: BTreeMap<String, String>,
        labels: BTreeMap<String, String>,
        scope: String,
    }
    pub struct EfsVolumeConfiguration: types::EfsVolumeConfiguration {
        authorization_config: EfsAuthorizationConfig,
        #[serde(rename = "FilesystemId")]
        file_system_id: String,
        root_directory: String,
        transit_encryption: String,
        transit_encryption_port: i32,
    }
    pub struct EfsAuthorizationConfig: types::EfsAuthorizationConfig {
        access_point_id: String,
        #[serde(rename = "IAM")]
        iam: String,
    }
    pub struct FsxWindowsFileServerVolumeConfiguration: types::FSxWindowsFileServerVolumeConfiguration {
        authorization_config: FsxAuthorizationConfig,
        file_system_id: String,
        root_directory: String,
    }
    pub struct FsxAuthorizationConfig: types::FSxWindowsFileServerAuthorizationConfig {
        credentials_parameter: String,
        domain: String,
    }
    pub struct HostVolumeProperties: types::HostVolumeProperties {
        source_path: String,
    }
    pub struct S3FilesVolumeConfiguration: types::S3FilesVolumeConfiguration {
        access_point_arn: String,
        file_system_arn: String,
        root_directory: String,
        transit_encryption_port: i32,
    }
}
