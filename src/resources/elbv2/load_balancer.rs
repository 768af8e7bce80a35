use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{
    self, CapacityReservationStateEnum, LoadBalancerAttribute, LoadBalancerStateEnum, RemoveIpamPoolEnum,
};
use serde_json::{Value, json};

use super::load_balancer_defaults::DEFAULTS;
use super::load_balancer_properties::{LoadBalancerProperties, MinimumLoadBalancerCapacity};
use super::{arn, attributes, tags};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::{Mirror, sdk};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ReservedNames,
    ResourceId, Update, concurrently, tags as pairs,
};

/// `AWS::ElasticLoadBalancingV2::LoadBalancer`, identified by its ARN. `DescribeLoadBalancers` gives 20 by ARN or all,
/// 400 a page; attributes and reserved capacity are one call each, where wanted.
pub struct LoadBalancer;

const ATTRIBUTES: &str = "LoadBalancerAttributes";
const BY_ARN: usize = 20;
const ACTIVE_AFTER: Duration = Duration::from_secs(15 * 60);
const GONE_AFTER: Duration = Duration::from_secs(10 * 60);

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("LOAD_BALANCER"),
    Form::new("arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/KIND/LOAD_BALANCER/HASH"),
];

#[async_trait]
impl Driver for LoadBalancer {
    fn type_name(&self) -> &'static str {
        "AWS::ElasticLoadBalancingV2::LoadBalancer"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// The subnets twice: mappings say more only where they have addresses.
    fn redundant(&self, live: &Properties) -> Vec<&'static str> {
        let mappings = live.get("SubnetMappings").and_then(Value::as_array);
        let has_addresses = |mapping: &Value| mapping.as_object().is_some_and(|mapping| mapping.len() > 1);
        match mappings.is_some_and(|mappings| mappings.iter().any(has_addresses)) {
            true => vec!["Subnets"],
            false => vec!["SubnetMappings"],
        }
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["listeners that are no resources"]
    }

    fn usual_at_first(&self) -> &'static [&'static str] {
        &["MinimumLoadBalancerCapacity"]
    }

    /// Source: Elastic Load Balancing API reference, `CreateLoadBalancer`, `Name`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("Name", 32).avoiding(ReservedNames::beginning(&["internal-"])))
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
        let properties: LoadBalancerProperties = desired.typed()?;
        let name = desired.text("Name");
        // CreateLoadBalancer hands out a load balancer with the same settings as if it had just been made.
        if by_name(cx, name).await?.is_some() {
            return Err(AwsError::already_exists(
                "elasticloadbalancing:CreateLoadBalancer",
                &format!("the load balancer {name}"),
            )
            .into());
        }
        let made = create(cx, desired, &properties).await?;
        let id = ResourceId::new(made.load_balancer_arn().unwrap_or_default());
        complete(cx, &id, desired, &properties).await.map_err(|error| CreateError::partial(&id, error))?;
        let outputs = json!({
            "LoadBalancerArn": id, "LoadBalancerName": name, "LoadBalancerFullName": arn::full_name(id.as_str()),
            "DNSName": made.dns_name(), "CanonicalHostedZoneID": made.canonical_hosted_zone_id(),
        });
        Ok(Created { id, outputs: outputs.as_object().cloned().unwrap_or_default() })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let properties: LoadBalancerProperties = update.desired.typed()?;
        set_network(cx, update, &properties).await?;
        set_security_groups(cx, update, &properties).await?;
        set_ipam_pool(cx, update, &properties).await?;
        if update.changes(&["MinimumLoadBalancerCapacity"]) {
            reserve(cx, update.id, &properties).await?;
        }
        if update.changes(&[ATTRIBUTES]) {
            set_attributes(cx, update.id, attributes::changed(update, ATTRIBUTES)).await?;
        }
        tags::change(cx, update.id.as_str(), &update.tags).await
    }

    async fn settle(&self, cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
        wait_until_active(cx, id).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        match delete(cx, deletion.id).await {
            Err(error)
                if error.code() == "OperationNotPermitted" && error.to_string().contains("eletion protection") =>
            {
                let off = ("deletion_protection.enabled".to_owned(), "false".to_owned());
                set_attributes(cx, deletion.id, [off]).await?;
                delete(cx, deletion.id).await?;
            }
            result => result?,
        }
        cx.wait("the load balancer to be gone", GONE_AFTER)
            .until(|| async { Ok(describe_one(cx, deletion.id).await?.is_none().then_some(())) })
            .await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let Some(found) = by_name(cx, desired.text("Name")).await? else { return Ok(None) };
        let arn = found.load_balancer_arn().unwrap_or_default();
        Ok(tags::are_ours(cx, desired, arn).await?.then(|| ResourceId::new(arn)))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        Ok(describe_all(cx).await?.into_keys().map(ResourceId::new).collect())
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let found = if text.starts_with("arn:") {
            describe_one(cx, &ResourceId::new(text)).await?
        } else {
            by_name(cx, text).await?
        };
        Ok(found.and_then(|found| found.load_balancer_arn.map(ResourceId::new)))
    }
}

async fn create(
    cx: &Context,
    desired: &Desired,
    properties: &LoadBalancerProperties,
) -> Result<types::LoadBalancer, AwsError> {
    let call = assign!(
        cx.elbv2().create_load_balancer(),
        properties,
        name,
        subnets,
        subnet_mappings,
        security_groups,
        scheme,
        r#type,
        ip_address_type,
        enable_prefix_for_ipv6_source_nat,
    );
    let call = call.set_ipam_pools(properties.ipam_pools()).set_tags(tags::written(desired));
    let output = call.send().await.call("elasticloadbalancing:CreateLoadBalancer")?;
    let made = output.load_balancers.unwrap_or_default().into_iter().next();
    made.ok_or_else(|| AwsError::missing("elasticloadbalancing:CreateLoadBalancer", "load balancer"))
}

/// What `CreateLoadBalancer` does not take.
async fn complete(
    cx: &Context,
    id: &ResourceId,
    desired: &Desired,
    properties: &LoadBalancerProperties,
) -> Result<(), AwsError> {
    wait_until_active(cx, id).await?;
    set_attributes(cx, id, pairs::from_json(desired.properties.get(ATTRIBUTES))).await?;
    if properties.enforce_security_group_inbound_rules_on_private_link_traffic.is_some() {
        enforce(cx, id, properties.security_groups.clone(), properties).await?;
    }
    if properties.minimum_load_balancer_capacity.is_some() {
        reserve(cx, id, properties).await?;
    }
    Ok(())
}

/// Subnets and address type: one call where the subnets change, another where only the type does.
async fn set_network(cx: &Context, update: &Update<'_>, properties: &LoadBalancerProperties) -> Result<(), AwsError> {
    let address_type = || Some(properties.ip_address_type.as_deref().unwrap_or("ipv4").into());
    if update.changes(&["Subnets", "SubnetMappings", "EnablePrefixForIpv6SourceNat"]) {
        let call = cx.elbv2().set_subnets().load_balancer_arn(update.id.as_str());
        let call = assign!(call, properties, subnets, subnet_mappings, enable_prefix_for_ipv6_source_nat);
        let call = call.set_ip_address_type(update.changes(&["IpAddressType"]).then(address_type).flatten());
        call.send().await.call("elasticloadbalancing:SetSubnets")?;
    } else if update.changes(&["IpAddressType"]) {
        let call = cx.elbv2().set_ip_address_type().load_balancer_arn(update.id.as_str());
        let call = call.set_ip_address_type(address_type());
        call.send().await.call("elasticloadbalancing:SetIpAddressType")?;
    }
    Ok(())
}

async fn set_security_groups(
    cx: &Context,
    update: &Update<'_>,
    properties: &LoadBalancerProperties,
) -> Result<(), AwsError> {
    if !update.changes(&["SecurityGroups", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"]) {
        return Ok(());
    }
    let live: LoadBalancerProperties = update.live_typed()?;
    enforce(cx, update.id, properties.security_groups.clone().or(live.security_groups), properties).await
}

async fn enforce(
    cx: &Context,
    id: &ResourceId,
    groups: Option<Vec<String>>,
    properties: &LoadBalancerProperties,
) -> Result<(), AwsError> {
    let call = cx.elbv2().set_security_groups().load_balancer_arn(id.as_str()).set_security_groups(groups);
    let call = assign!(call, properties, enforce_security_group_inbound_rules_on_private_link_traffic);
    call.send().await.call("elasticloadbalancing:SetSecurityGroups").map(drop)
}

async fn set_ipam_pool(cx: &Context, update: &Update<'_>, properties: &LoadBalancerProperties) -> Result<(), AwsError> {
    if !update.changes(&["Ipv4IpamPoolId"]) {
        return Ok(());
    }
    let call = cx.elbv2().modify_ip_pools().load_balancer_arn(update.id.as_str());
    let call = match properties.ipam_pools() {
        Some(pools) => call.ipam_pools(pools),
        None => call.remove_ipam_pools(RemoveIpamPoolEnum::Ipv4),
    };
    call.send().await.call("elasticloadbalancing:ModifyIpPools").map(drop)
}

/// Reserves the written capacity, or gives the reservation back; waits for it where the file says so.
async fn reserve(cx: &Context, id: &ResourceId, properties: &LoadBalancerProperties) -> Result<(), AwsError> {
    let call = cx.elbv2().modify_capacity_reservation().load_balancer_arn(id.as_str());
    let call = match sdk(&properties.minimum_load_balancer_capacity)? {
        Some(capacity) => call.minimum_load_balancer_capacity(capacity),
        None => call.reset_capacity_reservation(true),
    };
    call.send().await.call("elasticloadbalancing:ModifyCapacityReservation")?;
    if properties.enable_capacity_reservation_provision_stabilize != Some(true) {
        return Ok(());
    }
    cx.wait("the capacity to be reserved", ACTIVE_AFTER).until(|| is_reserved(cx, id)).await
}

async fn is_reserved(cx: &Context, id: &ResourceId) -> Result<Option<()>, AwsError> {
    let call = cx.elbv2().describe_capacity_reservation().load_balancer_arn(id.as_str());
    let output = call.send().await.call("elasticloadbalancing:DescribeCapacityReservation")?;
    let states: Vec<_> = output.capacity_reservation_state().iter().filter_map(|zone| zone.state()).collect();
    if let Some(failed) = states.iter().find(|state| state.code() == Some(&CapacityReservationStateEnum::Failed)) {
        let reasons = failed.reason().map(str::to_owned).into_iter().collect();
        return Err(AwsError::Failed { what: "the capacity could not be reserved".to_owned(), reasons });
    }
    Ok(states.iter().all(|state| state.code() == Some(&CapacityReservationStateEnum::Provisioned)).then_some(()))
}

async fn set_attributes(
    cx: &Context,
    id: &ResourceId,
    changed: impl IntoIterator<Item = (String, String)>,
) -> Result<(), AwsError> {
    let changed: Vec<_> = changed
        .into_iter()
        .map(|(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build())
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let call = cx.elbv2().modify_load_balancer_attributes().load_balancer_arn(id.as_str());
    let call = call.set_attributes(Some(changed));
    call.send().await.call("elasticloadbalancing:ModifyLoadBalancerAttributes").map(drop)
}

async fn wait_until_active(cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
    cx.wait("the load balancer to be active", ACTIVE_AFTER)
        .until(|| async {
            let found = describe_one(cx, id).await?;
            let state = found.as_ref().and_then(types::LoadBalancer::state);
            match state.and_then(|state| state.code()) {
                Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => Ok(Some(())),
                Some(LoadBalancerStateEnum::Failed) => Err(AwsError::Failed {
                    what: "the load balancer could not be set up".to_owned(),
                    reasons: state.and_then(|state| state.reason().map(str::to_owned)).into_iter().collect(),
                }),
                _ => Ok(None),
            }
        })
        .await
}

async fn delete(cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
    let call = cx.elbv2().delete_load_balancer().load_balancer_arn(id.as_str());
    call.send().await.call_optional("elasticloadbalancing:DeleteLoadBalancer").map(drop)
}

async fn read(
    cx: &Context,
    request: &ReadRequest,
    found: Option<&types::LoadBalancer>,
    tags: Option<Value>,
) -> Result<Option<Live>, AwsError> {
    let Some(found) = found else { return Ok(None) };
    let mut properties = LoadBalancerProperties { tags, ..LoadBalancerProperties::from_sdk(found) };
    if request.wants(ATTRIBUTES) {
        let call = cx.elbv2().describe_load_balancer_attributes().load_balancer_arn(request.id.as_str());
        let output = call.send().await.call_optional("elasticloadbalancing:DescribeLoadBalancerAttributes")?;
        let Some(output) = output else { return Ok(None) };
        let found = output.attributes().iter().map(|attribute| (attribute.key(), attribute.value()));
        properties.load_balancer_attributes = Some(pairs::to_json(found));
    }
    if request.wants("MinimumLoadBalancerCapacity") {
        let call = cx.elbv2().describe_capacity_reservation().load_balancer_arn(request.id.as_str());
        let output = call.send().await.call_optional("elasticloadbalancing:DescribeCapacityReservation")?;
        let capacity = output.and_then(|output| output.minimum_load_balancer_capacity);
        properties.minimum_load_balancer_capacity = capacity.as_ref().map(MinimumLoadBalancerCapacity::from_sdk);
    }
    Live::typed(request.id.clone(), &properties).map(Some)
}

pub(super) async fn by_name(cx: &Context, name: &str) -> Result<Option<types::LoadBalancer>, AwsError> {
    let call = cx.elbv2().describe_load_balancers().names(name);
    let output = call.send().await.call_optional("elasticloadbalancing:DescribeLoadBalancers")?;
    Ok(output.and_then(|output| output.load_balancers).and_then(|found| found.into_iter().next()))
}

async fn describe_one(cx: &Context, id: &ResourceId) -> Result<Option<types::LoadBalancer>, AwsError> {
    Ok(describe(cx, vec![id.to_string()]).await?.remove(id.as_str()))
}

/// By ARN. One unknown ARN fails the whole call; then, and for more than a call takes, all are listed.
async fn describe(cx: &Context, arns: Vec<String>) -> Result<HashMap<String, types::LoadBalancer>, AwsError> {
    let count = arns.len();
    if count == 0 {
        return Ok(HashMap::new());
    }
    if count <= BY_ARN {
        let call = cx.elbv2().describe_load_balancers().set_load_balancer_arns(Some(arns));
        match call.send().await.call_optional("elasticloadbalancing:DescribeLoadBalancers")? {
            Some(output) => return Ok(keyed(output.load_balancers.unwrap_or_default())),
            None if count <= 1 => return Ok(HashMap::new()),
            None => {}
        }
    }
    describe_all(cx).await
}

async fn describe_all(cx: &Context) -> Result<HashMap<String, types::LoadBalancer>, AwsError> {
    let mut pages = cx.elbv2().describe_load_balancers().page_size(400).into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(one) = pages.next().await {
        found.push(one.call("elasticloadbalancing:DescribeLoadBalancers")?);
    }
    Ok(keyed(found))
}

fn keyed(found: Vec<types::LoadBalancer>) -> HashMap<String, types::LoadBalancer> {
    found.into_iter().map(|one| (one.load_balancer_arn().unwrap_or_default().to_owned(), one)).collect()
}
