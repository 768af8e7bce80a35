use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::config::retry::RetryConfig;
use aws_sdk_elasticloadbalancingv2::operation::create_listener::builders::CreateListenerFluentBuilder;
use aws_sdk_elasticloadbalancingv2::types::{self, ListenerAttribute};
use serde_json::{Value, json};

use super::action::Action;
use super::load_balancer::by_name;
use super::{arn, attributes, tags};
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::lost_answer::made;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Part, Properties, ReadRequest, ResourceId, Uniqueness,
    Update, concurrently, tags as pairs,
};
use crate::value::Value as PlannedValue;

/// `AWS::ElasticLoadBalancingV2::Listener`, identified by its ARN. `DescribeListeners` gives 20 by ARN or all of a load
/// balancer; attributes are one call each, where wanted.
pub struct Listener;

const ATTRIBUTES: &str = "ListenerAttributes";
const BY_ARN: usize = 20;
/// A certificate that was just made or imported is not known everywhere at once.
const CERTIFICATE_IS_KNOWN_AFTER: Duration = Duration::from_secs(60);

properties! {
    struct ListenerProperties {
        alpn_policy: Vec<String>,
        certificates: Vec<Certificate>,
        default_actions: Vec<Action>,
        listener_arn: String,
        listener_attributes: Value,
        load_balancer_arn: String,
        mutual_authentication: MutualAuthentication,
        port: i32,
        protocol: String,
        ssl_policy: String,
        tags: Value,
    }
}

mirror! {
    struct Certificate: types::Certificate {
        certificate_arn: String,
    }
    struct MutualAuthentication: types::MutualAuthenticationAttributes {
        advertise_trust_store_ca_names: String,
        ignore_client_certificate_expiry: bool,
        mode: String,
        trust_store_arn: String,
    }
}

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:listener/KIND/LOAD_BALANCER/HASH/HASH"),
    Form::new("LOAD_BALANCER:PORT"),
];

/// What AWS gives a new one. Source: Elastic Load Balancing API reference, `ListenerAttribute`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/ListenerAttributes/*", r#"{"Key":"tcp.idle_timeout.seconds","Value":"350"}"#),
    ("/properties/ListenerAttributes/*", r#"{"Key":"routing.http.response.server.enabled","Value":"true"}"#),
];

#[async_trait]
impl Driver for Listener {
    fn type_name(&self) -> &'static str {
        "AWS::ElasticLoadBalancingV2::Listener"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["rules", "further certificates"]
    }

    /// A load balancer has one listener a port, and another one for UDP.
    fn unique_by(&self) -> Option<Uniqueness> {
        let transport = Part::of(["Protocol"]).or("TCP").with_form(|_, protocol| transport(protocol).to_owned());
        Some(Uniqueness::by([Part::of(["LoadBalancerArn"]), Part::of(["Port"]), transport]))
    }

    /// A target group serves one load balancer.
    /// Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers", `TargetGroupAssociationLimit`.
    fn in_the_way(&self, live: &Properties, desired: &PlannedValue) -> Option<String> {
        let balancer = desired.get("LoadBalancerArn").and_then(PlannedValue::to_json);
        let same = balancer.as_ref() == live.get("LoadBalancerArn");
        let wanted = target_groups(&desired.get("DefaultActions")?.to_json()?);
        let now = target_groups(live.get("DefaultActions")?);
        let shared = now.into_iter().find(|group| wanted.contains(group)).filter(|_| !same);
        shared.map(|group| format!("TargetGroupArn {group}"))
    }

    fn canonicalize(&self, properties: &mut Properties) {
        attributes::canonicalize(ATTRIBUTES, properties);
    }

    fn align(&self, desired: &Properties, live: &mut Properties) {
        attributes::align(ATTRIBUTES, desired, live);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let chunks = requests.chunks(BY_ARN).map(|chunk| chunk.iter().map(|request| request.id.to_string()).collect());
        let found = concurrently("ElasticLoadBalancingV2", chunks.map(|arns| describe(cx, arns))).await?;
        let found: HashMap<_, _> =
            found.iter().flatten().map(|one| (one.listener_arn().unwrap_or_default(), one)).collect();
        let mut tags = tags::wanted(cx, requests, |arn| found.contains_key(arn)).await?;
        let read = requests.iter().map(|request| {
            let (found, tags) = (found.get(request.id.as_str()), tags.remove(request.id.as_str()));
            read(cx, request, found.copied(), tags)
        });
        concurrently("ElasticLoadBalancingV2", read).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let call = creation(cx, desired)?;
        let id = made(cx, self, desired, || create(cx, &call)).await?;
        let attributes = pairs::from_json(desired.properties.get(ATTRIBUTES));
        set_attributes(cx, &id, attributes).await.map_err(|error| CreateError::partial(&id, error))?;
        let outputs = Properties::from_iter([("ListenerArn".to_owned(), json!(id))]);
        Ok(Created { id, outputs })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        modify(cx, update).await?;
        if update.changes(&[ATTRIBUTES]) {
            set_attributes(cx, update.id, attributes::changed(update, ATTRIBUTES)).await?;
        }
        tags::change(cx, update.id.as_str(), &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let call = cx.elbv2().delete_listener().listener_arn(deletion.id.as_str());
        call.send().await.call_optional("elasticloadbalancing:DeleteListener").map(drop)
    }

    /// A load balancer has one listener a port.
    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let port = desired.properties.get("Port").and_then(Value::as_i64);
        for listener in of_load_balancer(cx, desired.text("LoadBalancerArn").to_owned()).await? {
            let arn = listener.listener_arn().unwrap_or_default();
            if listener.port().map(i64::from) == port && tags::are_ours(cx, desired, arn).await? {
                return Ok(Some(ResourceId::new(arn)));
            }
        }
        Ok(None)
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        if text.starts_with("arn:") {
            let found = describe(cx, vec![text.to_owned()]).await?;
            let arns = found.into_iter().filter_map(|one| one.listener_arn);
            return Ok(arns.map(ResourceId::new).find(|arn| arn.as_str() == text));
        }
        let Some((load_balancer, port)) = text.rsplit_once(':') else { return Ok(None) };
        let Some(load_balancer) = by_name(cx, load_balancer).await? else { return Ok(None) };
        let listeners = of_load_balancer(cx, load_balancer.load_balancer_arn.unwrap_or_default()).await?;
        let mut fitting = listeners.into_iter().filter(|one| one.port().is_some_and(|own| own.to_string() == port));
        match (fitting.next(), fitting.next()) {
            (Some(_), Some(_)) => {
                Err(AwsError::Invalid(format!("several listeners are at {text}: give the ARN of one")))
            }
            (one, _) => Ok(one.and_then(|one| one.listener_arn).map(ResourceId::new)),
        }
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut pages = cx.elbv2().describe_load_balancers().page_size(400).into_paginator().items().send();
        let mut load_balancers = Vec::new();
        while let Some(one) = pages.next().await {
            load_balancers.extend(one.call("elasticloadbalancing:DescribeLoadBalancers")?.load_balancer_arn);
        }
        let found =
            concurrently("ElasticLoadBalancingV2", load_balancers.into_iter().map(|arn| of_load_balancer(cx, arn)))
                .await?;
        Ok(found.into_iter().flatten().filter_map(|one| one.listener_arn.map(ResourceId::new)).collect())
    }
}

/// `UDP` for the protocols that run on it. Source: Elastic Load Balancing API reference, `CreateListener`, `Protocol`.
fn transport(protocol: &str) -> &str {
    if ["UDP", "QUIC"].contains(&protocol) { "UDP" } else { "TCP" }
}

fn creation(cx: &Context, desired: &Desired) -> Result<CreateListenerFluentBuilder, AwsError> {
    let properties: ListenerProperties = desired.typed()?;
    let call = assign!(
        cx.elbv2().create_listener(),
        properties,
        alpn_policy,
        certificates,
        default_actions,
        load_balancer_arn,
        mutual_authentication,
        port,
        protocol,
        ssl_policy,
    );
    Ok(call.set_tags(tags::written(desired)))
}

/// Sent once: a second call would be refused as a duplicate of the first.
async fn create(cx: &Context, call: &CreateListenerFluentBuilder) -> Result<ResourceId, AwsError> {
    let once = || aws_sdk_elasticloadbalancingv2::config::Builder::new().retry_config(RetryConfig::disabled());
    let send = || async {
        let call = call.clone().customize().config_override(once());
        call.send().await.call("elasticloadbalancing:CreateListener")
    };
    let certificate_is_young = || cx.young().has("AWS::CertificateManager::");
    let passes = |error: &AwsError| {
        error.code() == "CertificateNotFound" && certificate_is_young() || error.kind() == ErrorKind::Throttled
    };
    let output = cx.wait("the certificate to be known", CERTIFICATE_IS_KNOWN_AFTER).retry(passes, send).await?;
    let made = output.listeners.unwrap_or_default().into_iter().next();
    let arn = made.and_then(|made| made.listener_arn);
    arn.map(ResourceId::new).ok_or_else(|| AwsError::missing("elasticloadbalancing:CreateListener", "listener"))
}

/// Only what changed; with another protocol the whole, because what belongs to it changes its meaning.
async fn modify(cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
    let modifiable =
        ["AlpnPolicy", "Certificates", "DefaultActions", "MutualAuthentication", "Port", "Protocol", "SslPolicy"];
    if !update.changes(&modifiable) {
        return Ok(());
    }
    let properties: ListenerProperties =
        if update.changes(&["Protocol"]) { update.desired.typed()? } else { update.changed_typed(default_of)? };
    let call = assign!(
        cx.elbv2().modify_listener().listener_arn(update.id.as_str()),
        properties,
        alpn_policy,
        certificates,
        default_actions,
        mutual_authentication,
        port,
        protocol,
        ssl_policy,
    );
    call.send().await.call("elasticloadbalancing:ModifyListener").map(drop)
}

/// Every target group that actions forward to.
fn target_groups(actions: &Value) -> BTreeSet<String> {
    match actions {
        Value::Object(entries) => entries
            .iter()
            .flat_map(|(name, value)| match value.as_str().filter(|_| name == "TargetGroupArn") {
                Some(arn) => BTreeSet::from([arn.to_owned()]),
                None => target_groups(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(target_groups).collect(),
        _ => BTreeSet::new(),
    }
}

/// Source: Elastic Load Balancing API reference, `CreateListener`. A security policy and a certificate stay: a listener
/// that needs them has no default of its own that would be safe to choose.
fn default_of(property: &str) -> Option<Value> {
    match property {
        "AlpnPolicy" => Some(json!(["None"])),
        "MutualAuthentication" => Some(json!({"Mode": "off"})),
        _ => None,
    }
}

async fn set_attributes(
    cx: &Context,
    id: &ResourceId,
    changed: impl IntoIterator<Item = (String, String)>,
) -> Result<(), AwsError> {
    let changed: Vec<_> =
        changed.into_iter().map(|(key, value)| ListenerAttribute::builder().key(key).value(value).build()).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let call = cx.elbv2().modify_listener_attributes().listener_arn(id.as_str()).set_attributes(Some(changed));
    call.send().await.call("elasticloadbalancing:ModifyListenerAttributes").map(drop)
}

async fn read(
    cx: &Context,
    request: &ReadRequest,
    found: Option<&types::Listener>,
    tags: Option<Value>,
) -> Result<Option<Live>, AwsError> {
    let Some(found) = found else { return Ok(None) };
    let mut properties = reflect!(
        ListenerProperties,
        found,
        alpn_policy,
        certificates,
        default_actions,
        listener_arn,
        load_balancer_arn,
        mutual_authentication,
        port,
        protocol,
        ssl_policy,
    );
    properties.tags = tags;
    if request.wants(ATTRIBUTES) {
        let call = cx.elbv2().describe_listener_attributes().listener_arn(request.id.as_str());
        let output = call.send().await.call_optional("elasticloadbalancing:DescribeListenerAttributes")?;
        let Some(output) = output else { return Ok(None) };
        let found = output.attributes().iter().map(|attribute| (attribute.key(), attribute.value()));
        properties.listener_attributes = Some(pairs::to_json(found));
    }
    Live::typed(request.id.clone(), &properties).map(Some)
}

/// By ARN, at most 20. One unknown ARN fails the whole call; then all listeners of their load balancers.
async fn describe(cx: &Context, arns: Vec<String>) -> Result<Vec<types::Listener>, AwsError> {
    let load_balancers: BTreeSet<String> = arns.iter().map(|listener| arn::load_balancer(listener)).collect();
    let call = cx.elbv2().describe_listeners().set_listener_arns(Some(arns));
    if let Some(output) = call.send().await.call_optional("elasticloadbalancing:DescribeListeners")? {
        return Ok(output.listeners.unwrap_or_default());
    }
    Ok(concurrently("ElasticLoadBalancingV2", load_balancers.into_iter().map(|arn| of_load_balancer(cx, arn)))
        .await?
        .concat())
}

async fn of_load_balancer(cx: &Context, load_balancer: String) -> Result<Vec<types::Listener>, AwsError> {
    let call = cx.elbv2().describe_listeners().load_balancer_arn(load_balancer);
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(listener) = pages.next().await {
        match listener.call_optional("elasticloadbalancing:DescribeListeners")? {
            Some(listener) => found.push(listener),
            None => return Ok(Vec::new()),
        }
    }
    Ok(found)
}
