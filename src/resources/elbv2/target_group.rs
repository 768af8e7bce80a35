use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{self, TargetGroupAttribute};
use serde_json::{Value, json};

use super::target_group_defaults::DEFAULTS;
use super::target_group_properties::TargetGroupProperties;
use super::{arn, attributes, tags, targets};
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ResourceId, Update,
    concurrently, tags as pairs,
};

/// `AWS::ElasticLoadBalancingV2::TargetGroup`, identified by its ARN. `DescribeTargetGroups` gives 20 by ARN or all, 400 a
/// page; attributes and targets are one call each, where wanted.
pub struct TargetGroup;

const ATTRIBUTES: &str = "TargetGroupAttributes";
const BY_ARN: usize = 20;
/// A listener, a rule or a service that used the group lets go of it within minutes of its own end.
const UNUSED_AFTER: Duration = Duration::from_secs(5 * 60);

/// What `ModifyTargetGroup` can change.
const HEALTH_CHECK: [&str; 8] = [
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
];

/// How people name one.
const FORMS: &[Form] =
    &[Form::new("NAME"), Form::new("arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/HASH")];

#[async_trait]
impl Driver for TargetGroup {
    fn type_name(&self) -> &'static str {
        "AWS::ElasticLoadBalancingV2::TargetGroup"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// Targets that a service registers are not the file's, and what is usual for the protocol.
    /// Source: Elastic Load Balancing API reference, `CreateTargetGroup`.
    fn redundant(&self, live: &Properties) -> Vec<&'static str> {
        let text = |name: &str| live.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| live.get(name).and_then(Value::as_i64);
        let code = live.get("Matcher").and_then(|matcher| matcher.get("HttpCode")).and_then(Value::as_str);
        let usual = match (text("TargetType"), text("Protocol")) {
            ("lambda", _) => return Vec::new(),
            (_, "HTTP" | "HTTPS") => ("HTTP", 5, "200"),
            _ => ("TCP", 10, "200-399"),
        };
        let redundant = [
            ("Targets", true),
            ("HealthCheckIntervalSeconds", number("HealthCheckIntervalSeconds") == Some(30)),
            ("HealthCheckProtocol", text("HealthCheckProtocol") == usual.0),
            ("HealthCheckTimeoutSeconds", number("HealthCheckTimeoutSeconds") == Some(usual.1)),
            ("Matcher", code == Some(usual.2)),
        ];
        redundant.into_iter().filter_map(|(name, is_redundant)| is_redundant.then_some(name)).collect()
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("Name", 32))
    }

    fn canonicalize(&self, properties: &mut Properties) {
        attributes::canonicalize(ATTRIBUTES, properties);
    }

    fn align(&self, desired: &Properties, live: &mut Properties) {
        attributes::align(ATTRIBUTES, desired, live);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = describe(cx, requests.iter().map(|request| request.id.to_string()).collect()).await?;
        let mut tags = tags::wanted(cx, requests, |arn| found.contains_key(arn)).await?;
        let read = requests.iter().map(|request| {
            let (found, tags) = (found.get(request.id.as_str()), tags.remove(request.id.as_str()));
            read(cx, request, found, tags)
        });
        concurrently("ElasticLoadBalancingV2", read).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: TargetGroupProperties = desired.typed()?;
        let name = desired.text("Name");
        // CreateTargetGroup hands out a target group with the same settings as if it had just been made.
        if by_name(cx, name).await?.is_some() {
            let what = format!("the target group {name}");
            return Err(AwsError::already_exists("elasticloadbalancing:CreateTargetGroup", &what).into());
        }
        let id = create(cx, desired, &properties).await?;
        complete(cx, &id, desired, &properties).await.map_err(|error| CreateError::partial(&id, error))?;
        let outputs = json!({
            "TargetGroupArn": id, "TargetGroupName": name, "TargetGroupFullName": arn::full_name(id.as_str()),
            "LoadBalancerArns": [],
        });
        Ok(Created { id, outputs: outputs.as_object().cloned().unwrap_or_default() })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        if update.changes(&HEALTH_CHECK) || update.changes(&["Matcher"]) {
            modify(cx, update).await?;
        }
        if update.changes(&[ATTRIBUTES]) {
            set_attributes(cx, update.id, attributes::changed(update, ATTRIBUTES)).await?;
        }
        if update.changes(&["Targets"]) {
            let (live, desired): (TargetGroupProperties, TargetGroupProperties) =
                (update.live_typed()?, update.desired.typed()?);
            let (registered, wanted) = (live.targets.unwrap_or_default(), desired.targets.unwrap_or_default());
            targets::change(cx, update.id.as_str(), live.port, &registered, &wanted).await?;
        }
        tags::change(cx, update.id.as_str(), &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let call = cx.elbv2().delete_target_group().target_group_arn(deletion.id.as_str());
        cx.wait("listeners to let go of the target group", UNUSED_AFTER)
            .retry_naming(
                |error| error.kind() == ErrorKind::InUse,
                || async { call.clone().send().await.call_optional("elasticloadbalancing:DeleteTargetGroup") },
                || self.holder(cx, deletion.id),
            )
            .await
            .map(drop)
    }

    async fn holder(&self, cx: &Context, id: &ResourceId) -> Option<String> {
        users(cx, id).await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let Some(found) = by_name(cx, desired.text("Name")).await? else { return Ok(None) };
        let arn = found.target_group_arn().unwrap_or_default();
        Ok(tags::are_ours(cx, desired, arn).await?.then(|| ResourceId::new(arn)))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        Ok(describe_all(cx).await?.into_keys().map(ResourceId::new).collect())
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let found = if text.starts_with("arn:") {
            describe(cx, vec![text.to_owned()]).await?.remove(text)
        } else {
            by_name(cx, text).await?
        };
        Ok(found.and_then(|found| found.target_group_arn.map(ResourceId::new)))
    }
}

async fn create(cx: &Context, desired: &Desired, properties: &TargetGroupProperties) -> Result<ResourceId, AwsError> {
    let call = assign!(
        cx.elbv2().create_target_group(),
        properties,
        health_check_enabled,
        health_check_interval_seconds,
        health_check_path,
        health_check_port,
        health_check_protocol,
        health_check_timeout_seconds,
        healthy_threshold_count,
        ip_address_type,
        matcher,
        name,
        port,
        protocol,
        protocol_version,
        target_control_port,
        target_type,
        unhealthy_threshold_count,
        vpc_id,
    );
    let output = call.set_tags(tags::written(desired)).send().await.call("elasticloadbalancing:CreateTargetGroup")?;
    let made = output.target_groups.unwrap_or_default().into_iter().next();
    let arn = made.and_then(|made| made.target_group_arn);
    arn.map(ResourceId::new).ok_or_else(|| AwsError::missing("elasticloadbalancing:CreateTargetGroup", "target group"))
}

/// What `CreateTargetGroup` does not take.
async fn complete(
    cx: &Context,
    id: &ResourceId,
    desired: &Desired,
    properties: &TargetGroupProperties,
) -> Result<(), AwsError> {
    set_attributes(cx, id, pairs::from_json(desired.properties.get(ATTRIBUTES))).await?;
    let wanted = properties.targets.as_deref().unwrap_or_default();
    targets::change(cx, id.as_str(), properties.port, &[], wanted).await
}

async fn modify(cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
    let live: TargetGroupProperties = update.live_typed()?;
    let changed: TargetGroupProperties = update.changed_typed(|property| live.default_of(property))?;
    let call = assign!(
        cx.elbv2().modify_target_group().target_group_arn(update.id.as_str()),
        changed,
        health_check_enabled,
        health_check_interval_seconds,
        health_check_path,
        health_check_port,
        health_check_protocol,
        health_check_timeout_seconds,
        healthy_threshold_count,
        matcher,
        unhealthy_threshold_count,
    );
    call.send().await.call("elasticloadbalancing:ModifyTargetGroup").map(drop)
}

async fn set_attributes(
    cx: &Context,
    id: &ResourceId,
    changed: impl IntoIterator<Item = (String, String)>,
) -> Result<(), AwsError> {
    let changed: Vec<_> =
        changed.into_iter().map(|(key, value)| TargetGroupAttribute::builder().key(key).value(value).build()).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let call = cx.elbv2().modify_target_group_attributes().target_group_arn(id.as_str());
    let call = call.set_attributes(Some(changed));
    call.send().await.call("elasticloadbalancing:ModifyTargetGroupAttributes").map(drop)
}

async fn read(
    cx: &Context,
    request: &ReadRequest,
    found: Option<&types::TargetGroup>,
    tags: Option<Value>,
) -> Result<Option<Live>, AwsError> {
    let Some(found) = found else { return Ok(None) };
    let mut properties = TargetGroupProperties { tags, ..TargetGroupProperties::from_sdk(found) };
    if request.wants(ATTRIBUTES) {
        let call = cx.elbv2().describe_target_group_attributes().target_group_arn(request.id.as_str());
        let output = call.send().await.call_optional("elasticloadbalancing:DescribeTargetGroupAttributes")?;
        let Some(output) = output else { return Ok(None) };
        let found = output.attributes().iter().map(|attribute| (attribute.key(), attribute.value()));
        properties.target_group_attributes = Some(pairs::to_json(found));
    }
    if request.wants("Targets") {
        properties.targets = targets::read(cx, request.id.as_str()).await?;
    }
    Live::typed(request.id.clone(), &properties).map(Some)
}

async fn by_name(cx: &Context, name: &str) -> Result<Option<types::TargetGroup>, AwsError> {
    let call = cx.elbv2().describe_target_groups().names(name);
    let output = call.send().await.call_optional("elasticloadbalancing:DescribeTargetGroups")?;
    Ok(output.and_then(|output| output.target_groups).and_then(|found| found.into_iter().next()))
}

/// By ARN. One unknown ARN fails the whole call; then, and for more than a call takes, all are listed.
async fn describe(cx: &Context, arns: Vec<String>) -> Result<HashMap<String, types::TargetGroup>, AwsError> {
    let count = arns.len();
    if count == 0 {
        return Ok(HashMap::new());
    }
    if count <= BY_ARN {
        let call = cx.elbv2().describe_target_groups().set_target_group_arns(Some(arns));
        match call.send().await.call_optional("elasticloadbalancing:DescribeTargetGroups")? {
            Some(output) => return Ok(keyed(output.target_groups.unwrap_or_default())),
            None if count == 1 => return Ok(HashMap::new()),
            None => {}
        }
    }
    describe_all(cx).await
}

async fn describe_all(cx: &Context) -> Result<HashMap<String, types::TargetGroup>, AwsError> {
    let mut pages = cx.elbv2().describe_target_groups().page_size(400).into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(one) = pages.next().await {
        found.push(one.call("elasticloadbalancing:DescribeTargetGroups")?);
    }
    Ok(keyed(found))
}

fn keyed(found: Vec<types::TargetGroup>) -> HashMap<String, types::TargetGroup> {
    found.into_iter().map(|one| (one.target_group_arn().unwrap_or_default().to_owned(), one)).collect()
}
/// The load balancers whose listeners or rules forward to the group, for people.
async fn users(cx: &Context, id: &ResourceId) -> Option<String> {
    let call = cx.elbv2().describe_target_groups().target_group_arns(id.as_str());
    let output = call.send().await.call("elasticloadbalancing:DescribeTargetGroups").ok()?;
    let balancers: Vec<String> =
        output.target_groups().iter().flat_map(|group| group.load_balancer_arns().to_vec()).collect();
    (!balancers.is_empty()).then(|| format!("listeners or rules of {}", balancers.join(", ")))
}
