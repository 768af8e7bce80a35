use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{self, ResourceType};
use serde_json::Value;

use super::settle::{made, once_free, once_known, sent_once};
use super::subnet_properties::{Modification, SubnetProperties, SubnetShape, modifications};
use super::{cidr, holders, object, shape, subnet_ipv6, tagging};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Part, Properties, ReadRequest, ResourceId, Uniqueness,
    Update,
};

/// `AWS::EC2::Subnet`, identified by its id.
/// Source: EC2 API reference, `CreateSubnet`, `DescribeSubnets`, `ModifySubnetAttribute`, `DeleteSubnet`.
pub struct Subnet;

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("subnet-ID"),
    Form::new("arn:PARTITION:ec2:REGION:ACCOUNT:subnet/subnet-ID").giving("subnet-ID"),
    Form::new("NAME_TAG"),
];

/// What AWS gives a new one. Source: EC2 API reference, `Subnet` and `CreateSubnet`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/AssignIpv6AddressOnCreation", "false"),
    ("/properties/EnableDns64", "false"),
    ("/properties/Ipv6Native", "false"),
    ("/properties/MapPublicIpOnLaunch", "false"),
    ("/properties/PrivateDnsNameOptionsOnLaunch/HostnameType", r#""ip-name""#),
    ("/properties/PrivateDnsNameOptionsOnLaunch/EnableResourceNameDnsARecord", "false"),
    ("/properties/PrivateDnsNameOptionsOnLaunch/EnableResourceNameDnsAAAARecord", "false"),
];

#[async_trait]
impl Driver for Subnet {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::Subnet"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["flow logs"]
    }

    /// Source: EC2 API reference, `CreateSubnet`: a block that overlaps another subnet's is `InvalidSubnet.Conflict`.
    fn unique_by(&self) -> Option<Uniqueness> {
        let subnets = Uniqueness::by([Part::of(["VpcId"])]);
        Some(
            subnets.unless(["CidrBlock"], |one, other| {
                one.iter().zip(other).any(|(one, other)| cidr::overlap(one, other))
            }),
        )
    }

    fn canonicalize(&self, properties: &mut Properties) {
        cidr::canonicalize(properties, &["CidrBlock", "Ipv6CidrBlock"]);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = object::requested::<types::Subnet>(cx, requests).await?;
        let acls = acl_associations(cx, requests).await?;
        let live = |(request, subnet): (&ReadRequest, Option<types::Subnet>)| {
            let mut properties = properties(&subnet?);
            if let Some(association) = acls.get(request.id.as_str()) {
                properties.insert("NetworkAclAssociationId".into(), association.as_str().into());
            }
            Some(Live::new(request.id.clone(), properties))
        };
        Ok(requests.iter().zip(found).map(live).collect())
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: SubnetProperties = desired.typed()?;
        let call = properties.create(cx.ec2().create_subnet())?;
        let call = call.set_tag_specifications(tagging::specifications(ResourceType::Subnet, desired));
        let id = made(cx, self, desired, || async {
            let call = call.clone().customize().config_override(sent_once());
            let output = call.send().await.call("ec2:CreateSubnet")?;
            let id = output.subnet().and_then(types::Subnet::subnet_id).map(ResourceId::new);
            id.ok_or_else(|| AwsError::missing("ec2:CreateSubnet", "SubnetId"))
        })
        .await?;
        let mut outputs = self.finish(cx, &id, &properties).await.map_err(|error| CreateError::partial(&id, error))?;
        // What is written is as it is written by now.
        outputs.retain(|name, _| !desired.properties.contains_key(name));
        Ok(Created { id, outputs })
    }

    /// What needs an IPv6 block is turned off before the block goes and on after it has come.
    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let mut wanted: SubnetProperties = update.desired.typed()?;
        let live: SubnetProperties = update.live_typed()?;
        wanted.complete(|name| update.changes(&[name]));
        let (off, on) = modifications(&wanted, &live);
        send(cx, update.id, off).await?;
        if update.changes(&["Ipv6CidrBlock"]) {
            subnet_ipv6::replace(cx, update.id, wanted.ipv6_cidr_block.as_deref()).await?;
        }
        send(cx, update.id, on).await?;
        tagging::change(cx, update.id, &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (ec2, id) = (cx.ec2(), deletion.id.as_str());
        once_free(
            cx,
            "the subnet's network interfaces to go",
            || async { ec2.delete_subnet().subnet_id(id).send().await.call("ec2:DeleteSubnet") },
            || self.holder(cx, deletion.id),
        )
        .await
    }

    async fn holder(&self, cx: &Context, id: &ResourceId) -> Option<String> {
        holders::of_subnet(cx, id.as_str()).await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let mut filters = vec![object::exactly("vpc-id", desired.text("VpcId"))];
        if let Some(block) = desired.properties.get("CidrBlock").and_then(Value::as_str) {
            filters.push(object::exactly("cidr-block", &cidr::canonical(block)));
        }
        object::owned::<types::Subnet>(cx, desired, &filters).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        object::all::<types::Subnet>(cx).await
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        object::meant::<types::Subnet>(cx, "tag:Name", text).await
    }
}

impl Subnet {
    /// Gives what `DescribeSubnets` tells of the new subnet: who refers to its network ACL association asks for that.
    async fn finish(&self, cx: &Context, id: &ResourceId, desired: &SubnetProperties) -> Result<Properties, AwsError> {
        let new = object::shown::<types::Subnet>(cx, "the subnet to be available", id).await?;
        let (off, on) = modifications(desired, &SubnetProperties::of(&new));
        send(cx, id, off).await?;
        send(cx, id, on).await?;
        Ok(properties(&new))
    }
}

/// Sends modifications, each of one attribute, one after the other.
async fn send(cx: &Context, id: &ResourceId, modifications: Vec<Modification>) -> Result<(), AwsError> {
    let ec2 = cx.ec2();
    for modification in modifications {
        once_known(cx, "the subnet to be known", || async {
            modification.clone().subnet_id(id.as_str()).send_with(&ec2).await.call("ec2:ModifySubnetAttribute")
        })
        .await?;
    }
    Ok(())
}

/// The network ACL association of each subnet that somebody wants to know it of.
async fn acl_associations(cx: &Context, requests: &[ReadRequest]) -> Result<HashMap<String, String>, AwsError> {
    let wanted = requests.iter().filter(|request| request.wants("NetworkAclAssociationId"));
    let ids = wanted.map(|request| request.id.as_str());
    let acls = object::with_values::<types::NetworkAcl>(cx, "association.subnet-id", ids, &[]).await?;
    let associations = acls.iter().flat_map(types::NetworkAcl::associations);
    let pair = |association: &types::NetworkAclAssociation| {
        Some((association.subnet_id()?.to_owned(), association.network_acl_association_id()?.to_owned()))
    };
    Ok(associations.filter_map(pair).collect())
}

/// What `DescribeSubnets` gives.
fn properties(subnet: &types::Subnet) -> Properties {
    let mut properties = shape::tagged_properties(&SubnetShape::from_sdk(subnet));
    let blocks: Vec<&str> = subnet_ipv6::associated(subnet).filter_map(|block| block.ipv6_cidr_block()).collect();
    if let Some(block) = blocks.first() {
        properties.insert("Ipv6CidrBlock".into(), (*block).into());
    }
    properties.insert("Ipv6CidrBlocks".into(), blocks.into());
    properties
}
