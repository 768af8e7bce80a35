use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{self, AttributeBooleanValue, ResourceType, VpcAttributeName};
use serde::Deserialize;
use serde_json::Value;

use super::settle::{once_free, once_known};
use super::tagging::TagShape;
use super::{cidr, object, shape, tagging};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Live, Properties, ReadRequest, ResourceId, Update, concurrently,
};

/// `AWS::EC2::VPC`, identified by its id. The DNS attributes are read one by one, the rest together.
/// Source: EC2 API reference, `CreateVpc`, `DescribeVpcs`, `ModifyVpcAttribute`, `ModifyVpcTenancy`, `DeleteVpc`.
pub struct Vpc;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VpcProperties {
    cidr_block: Option<String>,
    enable_dns_hostnames: Option<bool>,
    enable_dns_support: Option<bool>,
    instance_tenancy: Option<String>,
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

#[async_trait]
impl Driver for Vpc {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::VPC"
    }

    fn canonicalize(&self, properties: &mut Properties) {
        cidr::canonicalize(properties, &["CidrBlock"]);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = object::requested::<types::Vpc>(cx, requests).await?;
        let defaults = Defaults::of(cx, requests).await?;
        concurrently(requests.iter().zip(found).map(|(request, vpc)| live(cx, request, vpc, &defaults))).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: VpcProperties = desired.typed()?;
        let call = assign!(
            cx.ec2().create_vpc(),
            properties,
            cidr_block,
            instance_tenancy,
            ipv4_ipam_pool_id,
            ipv4_netmask_length,
            vpc_encryption_control,
        );
        let call = call.set_tag_specifications(tagging::specifications(ResourceType::Vpc, desired));
        let output = call.send().await.call("ec2:CreateVpc")?;
        let id = output.vpc().and_then(types::Vpc::vpc_id).map(ResourceId::new);
        let id = id.ok_or_else(|| AwsError::missing("ec2:CreateVpc", "VpcId"))?;
        let outputs = self.finish(cx, &id, &properties).await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let (desired, live): (VpcProperties, VpcProperties) = (update.desired.typed()?, update.live_typed()?);
        let wanted = |name, value: Option<bool>, default, now| match update.changes(&[name]) {
            true => value.unwrap_or(default),
            false => now,
        };
        let now = DnsAttributes::new(live.enable_dns_support, live.enable_dns_hostnames);
        let support = wanted("EnableDnsSupport", desired.enable_dns_support, true, now.support);
        let hostnames = wanted("EnableDnsHostnames", desired.enable_dns_hostnames, false, now.hostnames);
        now.change_to(cx, update.id, &DnsAttributes { support, hostnames }).await?;
        if update.changes(&["InstanceTenancy"]) {
            // AWS takes `default` only; any other change is a replacement.
            let tenancy = desired.instance_tenancy.as_deref().unwrap_or("default");
            let call = cx.ec2().modify_vpc_tenancy().vpc_id(update.id.as_str()).instance_tenancy(tenancy.into());
            call.send().await.call("ec2:ModifyVpcTenancy")?;
        }
        tagging::change(cx, update.id, &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (ec2, id) = (cx.ec2(), deletion.id.as_str());
        once_free(cx, "the VPC to be empty", || async {
            ec2.delete_vpc().vpc_id(id).send().await.call("ec2:DeleteVpc")
        })
        .await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let block = desired.properties.get("CidrBlock").and_then(Value::as_str);
        let block = block.map(|block| object::exactly("cidr", &cidr::canonical(block)));
        object::owned::<types::Vpc>(cx, desired, block.as_slice()).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        object::all::<types::Vpc>(cx).await
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        object::meant::<types::Vpc>(cx, "tag:Name", text).await
    }
}

impl Vpc {
    async fn finish(&self, cx: &Context, id: &ResourceId, desired: &VpcProperties) -> Result<Properties, AwsError> {
        object::shown::<types::Vpc>(cx, "the VPC to be available", id).await?;
        let wanted = DnsAttributes::new(desired.enable_dns_support, desired.enable_dns_hostnames);
        DnsAttributes::new(None, None).change_to(cx, id, &wanted).await?;
        let live = self.read(cx, &[ReadRequest::all(id.clone())]).await?.into_iter().flatten().next();
        live.map(|live| live.properties).ok_or_else(|| AwsError::missing("ec2:DescribeVpcs", "new VPC"))
    }
}

/// The two attributes that `ModifyVpcAttribute` sets, one a call.
struct DnsAttributes {
    support: bool,
    hostnames: bool,
}

impl DnsAttributes {
    /// What is absent is as in a new VPC.
    fn new(support: Option<bool>, hostnames: Option<bool>) -> Self {
        Self { support: support.unwrap_or(true), hostnames: hostnames.unwrap_or(false) }
    }

    /// Host names need DNS support: they are turned off before it and on after it.
    async fn change_to(&self, cx: &Context, id: &ResourceId, wanted: &Self) -> Result<(), AwsError> {
        if self.hostnames && !wanted.hostnames {
            set_hostnames(cx, id, false).await?;
        }
        if self.support != wanted.support {
            set_support(cx, id, wanted.support).await?;
        }
        if !self.hostnames && wanted.hostnames {
            set_hostnames(cx, id, true).await?;
        }
        Ok(())
    }
}

async fn set_support(cx: &Context, id: &ResourceId, on: bool) -> Result<(), AwsError> {
    let (ec2, flag) = (cx.ec2(), AttributeBooleanValue::builder().value(on).build());
    once_known(cx, "the VPC to be known", || async {
        let call = ec2.modify_vpc_attribute().vpc_id(id.as_str()).enable_dns_support(flag.clone());
        call.send().await.call("ec2:ModifyVpcAttribute").map(drop)
    })
    .await
}

async fn set_hostnames(cx: &Context, id: &ResourceId, on: bool) -> Result<(), AwsError> {
    let (ec2, flag) = (cx.ec2(), AttributeBooleanValue::builder().value(on).build());
    once_known(cx, "the VPC to be known", || async {
        let call = ec2.modify_vpc_attribute().vpc_id(id.as_str()).enable_dns_hostnames(flag.clone());
        call.send().await.call("ec2:ModifyVpcAttribute").map(drop)
    })
    .await
}

/// What AWS makes along with each VPC, by VPC; empty where nobody wants to know.
struct Defaults {
    security_groups: HashMap<String, String>,
    network_acls: HashMap<String, String>,
}

impl Defaults {
    async fn of(cx: &Context, requests: &[ReadRequest]) -> Result<Self, AwsError> {
        let of = |name| requests.iter().filter(move |request| request.wants(name)).map(|request| request.id.as_str());
        let named = [object::filter("group-name", ["default"])];
        let groups = object::with_values(cx, "vpc-id", of("DefaultSecurityGroup"), &named).await?;
        let groups = groups.iter().map(|group: &types::SecurityGroup| (group.vpc_id(), group.group_id()));
        let default = [object::filter("default", ["true"])];
        let acls = object::with_values(cx, "vpc-id", of("DefaultNetworkAcl"), &default).await?;
        let acls = acls.iter().map(|acl: &types::NetworkAcl| (acl.vpc_id(), acl.network_acl_id()));
        Ok(Self { security_groups: pairs(groups), network_acls: pairs(acls) })
    }
}

fn pairs<'a>(pairs: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) -> HashMap<String, String> {
    pairs.filter_map(|(key, value)| Some((key?.to_owned(), value?.to_owned()))).collect()
}

async fn live(
    cx: &Context,
    request: &ReadRequest,
    vpc: Option<types::Vpc>,
    defaults: &Defaults,
) -> Result<Option<Live>, AwsError> {
    let Some(vpc) = vpc else { return Ok(None) };
    let (mut properties, id) = (properties(&vpc), request.id.as_str());
    for (name, attribute) in [
        ("EnableDnsSupport", VpcAttributeName::EnableDnsSupport),
        ("EnableDnsHostnames", VpcAttributeName::EnableDnsHostnames),
    ] {
        if !request.wants(name) {
            continue;
        }
        let call = cx.ec2().describe_vpc_attribute().vpc_id(id).attribute(attribute).send().await;
        let Some(output) = call.call_optional("ec2:DescribeVpcAttribute")? else { return Ok(None) };
        let value = output.enable_dns_support().or(output.enable_dns_hostnames());
        properties.insert(name.into(), value.and_then(AttributeBooleanValue::value).into());
    }
    for (name, ids) in
        [("DefaultSecurityGroup", &defaults.security_groups), ("DefaultNetworkAcl", &defaults.network_acls)]
    {
        if let Some(default) = ids.get(id) {
            properties.insert(name.into(), default.as_str().into());
        }
    }
    Ok(Some(Live::new(request.id.clone(), properties)))
}

/// What `DescribeVpcs` gives.
fn properties(vpc: &types::Vpc) -> Properties {
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
