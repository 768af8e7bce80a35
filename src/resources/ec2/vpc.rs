use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{self, AttributeBooleanValue, ResourceType, VpcAttributeName};
use serde_json::Value;

use super::settle::{made, once_free, sent_once};
use super::vpc_dns::DnsAttributes;
use super::vpc_properties::{VpcProperties, properties};
use super::{cidr, holders, object, tagging};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Properties, ReadRequest, ResourceId, Update,
    concurrently,
};

/// `AWS::EC2::VPC`, identified by its id. The DNS attributes are read one by one, the rest together.
/// Source: EC2 API reference, `CreateVpc`, `DescribeVpcs`, `ModifyVpcAttribute`, `ModifyVpcTenancy`, `DeleteVpc`.
pub struct Vpc;

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("vpc-ID"),
    Form::new("arn:PARTITION:ec2:REGION:ACCOUNT:vpc/vpc-ID").giving("vpc-ID"),
    Form::new("NAME_TAG"),
];

/// What AWS gives a new one. Source: EC2 API reference, `CreateVpc` and `ModifyVpcAttribute`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/EnableDnsHostnames", "false"),
    ("/properties/EnableDnsSupport", "true"),
    ("/properties/InstanceTenancy", r#""default""#),
];

#[async_trait]
impl Driver for Vpc {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::VPC"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["DHCP options", "further CIDR blocks", "flow logs"]
    }

    fn canonicalize(&self, properties: &mut Properties) {
        cidr::canonicalize(properties, &["CidrBlock"]);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = object::requested::<types::Vpc>(cx, requests).await?;
        let defaults = Defaults::of(cx, requests).await?;
        concurrently("EC2", requests.iter().zip(found).map(|(request, vpc)| live(cx, request, vpc, &defaults))).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: VpcProperties = desired.typed()?;
        let call = properties.create(cx.ec2().create_vpc())?;
        let call = call.set_tag_specifications(tagging::specifications(ResourceType::Vpc, desired));
        let id = made(cx, self, desired, || async {
            let call = call.clone().customize().config_override(sent_once());
            let output = call.send().await.call("ec2:CreateVpc")?;
            let id = output.vpc().and_then(types::Vpc::vpc_id).map(ResourceId::new);
            id.ok_or_else(|| AwsError::missing("ec2:CreateVpc", "VpcId"))
        })
        .await?;
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
        once_free(
            cx,
            "the VPC to be empty",
            || async { ec2.delete_vpc().vpc_id(id).send().await.call("ec2:DeleteVpc") },
            || holders::of_vpc(cx, id),
        )
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
    /// Gives what `DescribeVpcs` tells: the rest costs a call each and is asked for where somebody refers to it.
    async fn finish(&self, cx: &Context, id: &ResourceId, desired: &VpcProperties) -> Result<Properties, AwsError> {
        let vpc = object::shown::<types::Vpc>(cx, "the VPC to be available", id).await?;
        let wanted = DnsAttributes::new(desired.enable_dns_support, desired.enable_dns_hostnames);
        DnsAttributes::new(None, None).change_to(cx, id, &wanted).await?;
        Ok(properties(&vpc))
    }
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
