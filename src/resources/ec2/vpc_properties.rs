use aws_sdk_ec2::operation::create_vpc::builders::CreateVpcFluentBuilder;
use aws_sdk_ec2::types;
use serde::Deserialize;

use super::shape;
use super::tagging::TagShape;
use crate::aws::AwsError;
use crate::resources::Properties;
use crate::resources::mirror::Mirror;

/// The properties that a stack file can write.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VpcProperties {
    cidr_block: Option<String>,
    pub(super) enable_dns_hostnames: Option<bool>,
    pub(super) enable_dns_support: Option<bool>,
    pub(super) instance_tenancy: Option<String>,
    ipv4_ipam_pool_id: Option<String>,
    ipv4_netmask_length: Option<i32>,
    vpc_encryption_control: Option<EncryptionSettings>,
}

mirror! {
    struct EncryptionSettings: types::VpcEncryptionControlConfiguration {
        mode: String,
        internet_gateway_exclusion: String,
        egress_only_internet_gateway_exclusion: String,
        nat_gateway_exclusion: String,
        virtual_private_gateway_exclusion: String,
        vpc_peering_exclusion: String,
        lambda_exclusion: String,
        vpc_lattice_exclusion: String,
        elastic_file_system_exclusion: String,
    }

    struct VpcShape: types::Vpc {
        vpc_id: String,
        cidr_block: String,
        instance_tenancy: String,
        #[serde(rename = "VpcEncryptionControl")]
        encryption_control: EncryptionControl,
        tags: Vec<TagShape>,
    }

    struct EncryptionControl: types::VpcEncryptionControl {
        vpc_id: String,
        vpc_encryption_control_id: String,
        mode: String,
        state: String,
        state_message: String,
        resource_exclusions: EncryptionExclusions,
    }

    struct EncryptionExclusions: types::VpcEncryptionControlExclusions {
        internet_gateway: EncryptionExclusion,
        egress_only_internet_gateway: EncryptionExclusion,
        nat_gateway: EncryptionExclusion,
        virtual_private_gateway: EncryptionExclusion,
        vpc_peering: EncryptionExclusion,
        lambda: EncryptionExclusion,
        vpc_lattice: EncryptionExclusion,
        elastic_file_system: EncryptionExclusion,
    }

    struct EncryptionExclusion: types::VpcEncryptionControlExclusion {
        state: String,
        state_message: String,
    }
}

impl VpcProperties {
    /// What `CreateVpc` takes; the DNS attributes have to follow.
    pub(super) fn create(&self, call: CreateVpcFluentBuilder) -> Result<CreateVpcFluentBuilder, AwsError> {
        Ok(assign!(
            call,
            self,
            cidr_block,
            instance_tenancy,
            ipv4_ipam_pool_id,
            ipv4_netmask_length,
            vpc_encryption_control,
        ))
    }
}

/// What `DescribeVpcs` gives.
pub(super) fn properties(vpc: &types::Vpc) -> Properties {
    let mut properties = shape::tagged_properties(&VpcShape::from_sdk(vpc));
    let associated = |state: Option<&types::VpcCidrBlockState>| {
        state.and_then(types::VpcCidrBlockState::state) == Some(&types::VpcCidrBlockStateCode::Associated)
    };
    let blocks = vpc.cidr_block_association_set().iter();
    let blocks = blocks.filter(|block| associated(block.cidr_block_state())).filter_map(|block| block.association_id());
    properties.insert("CidrBlockAssociations".into(), blocks.collect());
    let ipv6 = vpc.ipv6_cidr_block_association_set().iter();
    let ipv6 =
        ipv6.filter(|block| associated(block.ipv6_cidr_block_state())).filter_map(|block| block.ipv6_cidr_block());
    properties.insert("Ipv6CidrBlocks".into(), ipv6.collect());
    properties
}
