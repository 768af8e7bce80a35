use async_trait::async_trait;
use aws_sdk_ec2::types::{self, ResourceType};
use serde_json::{Value, json};

use super::security_rule::{Rule, Side};
use super::settle::{made, once_free, sent_once};
use super::{holders, object, security_rules, tagging};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Part, Properties, ReadRequest,
    ReservedNames, ResourceId, Uniqueness, Update, tags,
};

/// `AWS::EC2::SecurityGroup`, identified by its id. Rules that are written in its lists are all that the group has on
/// that side; a list that is not written is left alone, so that rules can be resources of their own.
/// Source: EC2 API reference, `CreateSecurityGroup`, `DescribeSecurityGroups`, `DeleteSecurityGroup`.
pub struct SecurityGroup;

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("sg-ID"),
    Form::new("arn:PARTITION:ec2:REGION:ACCOUNT:security-group/sg-ID").giving("sg-ID"),
    Form::new("GROUP_NAME"),
];

/// What AWS gives a new one. Source: EC2 user guide, "Default security groups for your VPCs" and "Security group rules".
const DEFAULTS: &[(&str, &str)] =
    &[("/properties/SecurityGroupEgress", r#"[{"IpProtocol":"-1","CidrIp":"0.0.0.0/0"}]"#)];

#[async_trait]
impl Driver for SecurityGroup {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::SecurityGroup"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    /// Source: EC2 API reference, `CreateSecurityGroup`, `GroupName`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("GroupName", 255).avoiding(ReservedNames::beginning(&["sg-"])))
    }

    /// A name counts in its VPC. Source: EC2 API reference, `CreateSecurityGroup`.
    fn unique_by(&self) -> Option<Uniqueness> {
        Some(Uniqueness::by([Part::of(["VpcId"]).or("the default VPC"), Part::of(["GroupName"])]))
    }

    /// A legacy of EC2-Classic: AWS takes a group's name in default VPCs only and always answers with its id.
    fn unsupported(&self) -> &'static [&'static str] {
        &["/properties/SecurityGroupIngress/*/SourceSecurityGroupName"]
    }

    fn canonicalize(&self, properties: &mut Properties) {
        Side::BOTH.into_iter().for_each(|side| side.canonicalize(properties));
    }

    /// A group's id tells its owner: an own account that is written beside it is no difference.
    fn align(&self, desired: &Properties, live: &mut Properties) {
        security_rules::align_owners(desired, live);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = object::requested::<types::SecurityGroup>(cx, requests).await?;
        let pairs = requests.iter().zip(found);
        Ok(pairs.map(|(request, group)| Some(Live::new(request.id.clone(), properties(&group?)))).collect())
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let call = cx.ec2().create_security_group().group_name(desired.text("GroupName"));
        let call = call.description(desired.text("GroupDescription")).set_vpc_id(vpc(desired).map(str::to_owned));
        let call = call.set_tag_specifications(tagging::specifications(ResourceType::SecurityGroup, desired));
        let id = made(cx, self, desired, || async {
            let call = call.clone().customize().config_override(sent_once());
            let output = call.send().await.call("ec2:CreateSecurityGroup")?;
            let id = output.group_id().map(ResourceId::new);
            id.ok_or_else(|| AwsError::missing("ec2:CreateSecurityGroup", "GroupId"))
        })
        .await?;
        let outputs = finish(cx, &id, desired).await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs })
    }

    /// A list taken out of the file goes back to what a new group has: nothing comes in, everything goes out.
    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        for side in Side::BOTH {
            if update.changes(&[side.property()]) {
                let live = side.written(&update.live.properties)?.unwrap_or_default();
                let wanted = side.written(&update.desired.properties)?.unwrap_or_else(|| of_a_new_group(side, &live));
                security_rules::settle(cx, update.id, side, &live, &wanted).await?;
            }
        }
        tagging::change(cx, update.id, &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (ec2, id) = (cx.ec2(), deletion.id.as_str());
        once_free(
            cx,
            "what uses the security group to go",
            || async { ec2.delete_security_group().group_id(id).send().await.call("ec2:DeleteSecurityGroup") },
            || self.holder(cx, deletion.id),
        )
        .await
    }

    async fn holder(&self, cx: &Context, id: &ResourceId) -> Option<String> {
        holders::of_security_group(cx, id.as_str()).await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let mut filters = vec![object::exactly("group-name", desired.text("GroupName"))];
        if let Some(vpc) = vpc(desired) {
            filters.push(object::exactly("vpc-id", vpc));
        }
        object::owned::<types::SecurityGroup>(cx, desired, &filters).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        object::all::<types::SecurityGroup>(cx).await
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        object::meant::<types::SecurityGroup>(cx, "group-name", text).await
    }
}

/// The written VPC; a group without one is in the default VPC.
fn vpc(desired: &Desired) -> Option<&str> {
    desired.properties.get("VpcId").and_then(Value::as_str)
}

/// Sets the rules of a new group, and gives what is known of it besides. The rule that EC2 gives it goes, unless it is among the written ones.
async fn finish(cx: &Context, id: &ResourceId, desired: &Desired) -> Result<Properties, AwsError> {
    let group = object::shown::<types::SecurityGroup>(cx, "the security group to show", id).await?;
    let mut properties = properties(&group);
    for side in Side::BOTH {
        if let Some(wanted) = side.written(&desired.properties)? {
            security_rules::settle(cx, id, side, &side.rules(&group), &wanted).await?;
            properties.remove(side.property());
        }
    }
    Ok(properties)
}

/// Source: EC2 API reference, `CreateSecurityGroup`: all IPv6 traffic too, where the VPC has an IPv6 block.
fn of_a_new_group(side: Side, live: &[Rule]) -> Vec<Rule> {
    let ipv6 = Rule::everything_to(None, Some("::/0"));
    match side {
        Side::Ingress => Vec::new(),
        Side::Egress => {
            let ipv6 = live.iter().any(|rule| rule.same(&ipv6)).then_some(ipv6);
            [Rule::everything_to(Some("0.0.0.0/0"), None)].into_iter().chain(ipv6).collect()
        }
    }
}

/// What `DescribeSecurityGroups` gives, one entry a rule.
fn properties(group: &types::SecurityGroup) -> Properties {
    let mut properties = json!({
        "Id": group.group_id(),
        "GroupId": group.group_id(),
        "GroupName": group.group_name(),
        "GroupDescription": group.description(),
        "Tags": tags::to_json(group.tags().iter().map(|tag| (tag.key(), tag.value()))),
    });
    if let Some(vpc) = group.vpc_id() {
        properties["VpcId"] = vpc.into();
    }
    for side in Side::BOTH {
        properties[side.property()] = side.rules(group).iter().map(|rule| rule.to_json(side)).collect();
    }
    properties.as_object().cloned().unwrap_or_default()
}
