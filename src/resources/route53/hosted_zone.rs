use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_route53::operation::get_hosted_zone::GetHostedZoneOutput;
use aws_sdk_route53::types;
use serde::Deserialize;
use serde_json::{Value, json};

use super::hosted_zone_settings as settings;
use super::zones::{bare_zone, named, only, zones};
use super::{change, dns_name};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::{Mirror, sdk};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Properties, ReadRequest, ResourceId, Update, tags,
};

/// `AWS::Route53::HostedZone`, identified by its id. One call reads 100 zones; name servers, networks and delegation sets
/// cost a call a zone where they are wanted, tags a call for ten zones.
pub struct HostedZone;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ZoneProperties {
    pub name: Option<String>,
    pub delegation_set_id: Option<String>,
    pub hosted_zone_config: Option<HostedZoneConfig>,
    pub hosted_zone_features: Option<HostedZoneFeatures>,
    hosted_zone_tags: Option<Value>,
    pub query_logging_config: Option<QueryLoggingConfig>,
    #[serde(rename = "VPCs")]
    pub vpcs: Option<Vec<Vpc>>,
}

mirror! {
    pub(super) struct Vpc: types::Vpc {
        #[serde(rename = "VPCId")]
        vpc_id: String,
        #[serde(rename = "VPCRegion")]
        vpc_region: String,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct HostedZoneConfig {
    comment: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct HostedZoneFeatures {
    pub enable_accelerated_recovery: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct QueryLoggingConfig {
    pub cloud_watch_logs_log_group_arn: String,
}

/// What only `GetHostedZone` gives.
const DETAILS: [&str; 3] = ["DelegationSetId", "NameServers", "VPCs"];

const ZONE_ID: Form = Form::new("ZONE_ID");

/// How people name one.
const FORMS: &[Form] = &[
    ZONE_ID,
    Form::new("/hostedzone/ZONE_ID").giving("ZONE_ID"),
    Form::new("arn:PARTITION:route53:::hostedzone/ZONE_ID").giving("ZONE_ID"),
    Form::new("DOMAIN"),
];

/// What AWS gives a new one. Source: Route 53 API reference, `HostedZoneFeatures`.
const DEFAULTS: &[(&str, &str)] = &[("/properties/HostedZoneFeatures/EnableAcceleratedRecovery", "false")];

#[async_trait]
impl Driver for HostedZone {
    fn type_name(&self) -> &'static str {
        "AWS::Route53::HostedZone"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["records that are no resources", "DNSSEC"]
    }

    fn usual_at_first(&self) -> &'static [&'static str] {
        &["HostedZoneConfig", "HostedZoneFeatures", "QueryLoggingConfig", "VPCs"]
    }

    fn stateful(&self) -> bool {
        true
    }

    fn canonicalize(&self, properties: &mut Properties) {
        dns_name::canonicalize(properties.get_mut("Name"));
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let mut zones = read_zones(cx, requests).await?;
        settings::add_tags(cx, requests, &mut zones).await?;
        settings::add_query_logging(cx, requests, &mut zones).await?;
        Ok(zones)
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: ZoneProperties = desired.typed()?;
        // A zone is private if its first network comes with it; the others join later.
        let mut networks = properties.vpcs.iter().flatten();
        let call = cx.route53().create_hosted_zone().set_name(properties.name.clone()).caller_reference(&desired.token);
        let call = call.set_hosted_zone_config(config(&properties));
        let call = call.set_delegation_set_id(properties.delegation_set_id.clone());
        let output = call.set_vpc(sdk(&networks.next().cloned())?).send().await.call("route53:CreateHostedZone")?;
        let zone = output.hosted_zone().ok_or_else(|| AwsError::missing("route53:CreateHostedZone", "HostedZone"))?;
        let id = ResourceId::new(bare_zone(zone.id()));
        let rest = async {
            settings::tag(cx, &id, &tags::from_json(properties.hosted_zone_tags.as_ref()), &[]).await?;
            for vpc in networks {
                settings::associate(cx, &id, vpc).await?;
            }
            settings::put_features(cx, &id, properties.hosted_zone_features.as_ref()).await?;
            if properties.query_logging_config.is_some() {
                settings::put_query_logging(cx, &id, properties.query_logging_config.as_ref()).await?;
            }
            change::await_sync(cx, output.change_info()).await
        };
        rest.await.map_err(|error| CreateError::partial(&id, error))?;
        let servers = output.delegation_set().map(|set| set.name_servers().to_vec()).unwrap_or_default();
        let outputs = json!({"Id": id, "NameServers": servers, "Name": properties.name});
        Ok(Created { outputs: Live::of(id.clone(), outputs).properties, id })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let properties: ZoneProperties = update.desired.typed()?;
        if update.changes(&["HostedZoneConfig"]) {
            let comment = properties.hosted_zone_config.and_then(|config| config.comment);
            let call = cx.route53().update_hosted_zone_comment().id(update.id.as_str()).set_comment(comment);
            call.send().await.call("route53:UpdateHostedZoneComment")?;
        }
        if update.changes(&["VPCs"]) {
            settings::change_networks(cx, update.id, properties.vpcs.as_deref().unwrap_or_default()).await?;
        }
        if update.changes(&["HostedZoneFeatures"]) {
            let off = HostedZoneFeatures { enable_accelerated_recovery: Some(false) };
            settings::put_features(cx, update.id, Some(properties.hosted_zone_features.as_ref().unwrap_or(&off)))
                .await?;
        }
        if update.changes(&["QueryLoggingConfig"]) {
            settings::put_query_logging(cx, update.id, properties.query_logging_config.as_ref()).await?;
        }
        settings::tag(cx, update.id, &update.tags.set, &update.tags.remove).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let id = deletion.id;
        if deletion.live.is_some_and(|live| live.properties.contains_key("QueryLoggingConfig")) {
            settings::put_query_logging(cx, id, None).await?;
        }
        match cx.route53().delete_hosted_zone().id(id.as_str()).send().await.call_optional("route53:DeleteHostedZone") {
            Err(error) if error.code() == "HostedZoneNotEmpty" => Err(settings::not_empty(cx, id, error).await),
            result => result.map(drop),
        }
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let zones = named(cx, desired.text("Name")).await?;
        // Tags come a call later than the zone, so that one whose create was cut off may have none: the caller
        // reference, which is the create's token, is what tells.
        let ours = zones.iter().find(|zone| zone.caller_reference() == desired.token);
        let Some(id) = ours.map(|zone| ResourceId::new(bare_zone(zone.id()))) else { return Ok(None) };
        let tags = settings::tags(cx, &id).await?;
        let tags: Vec<_> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let untagged = !tags.iter().any(|(key, _)| key.starts_with("infra:"));
        Ok((untagged || desired.ownership.owns(tags)).then_some(id))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        Ok(zones(cx).await?.iter().map(|zone| ResourceId::new(bare_zone(zone.id()))).collect())
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        if ZONE_ID.meaning(text).is_some() {
            let id = ResourceId::new(text);
            return Ok(get(cx, &id).await?.map(|_| id));
        }
        Ok(only(text, &named(cx, text).await?)?.map(|zone| ResourceId::new(bare_zone(zone.id()))))
    }
}

fn config(properties: &ZoneProperties) -> Option<types::HostedZoneConfig> {
    let comment = properties.hosted_zone_config.as_ref().and_then(|config| config.comment.clone());
    let private = properties.vpcs.iter().flatten().next().is_some();
    (private || comment.is_some())
        .then(|| types::HostedZoneConfig::builder().set_comment(comment).private_zone(private).build())
}

async fn get(cx: &Context, id: &ResourceId) -> Result<Option<GetHostedZoneOutput>, AwsError> {
    cx.route53().get_hosted_zone().id(id.as_str()).send().await.call_optional("route53:GetHostedZone")
}

/// One after the other: Route 53 takes five calls a second from the whole account.
async fn read_zones(cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
    let needs_details = |request: &ReadRequest| DETAILS.iter().any(|name| request.wants(name));
    let listed: HashMap<String, types::HostedZone> = match requests {
        [_, _, ..] if !requests.iter().all(needs_details) => {
            zones(cx).await?.into_iter().map(|zone| (bare_zone(zone.id()).to_owned(), zone)).collect()
        }
        _ => HashMap::new(),
    };
    let mut live = Vec::with_capacity(requests.len());
    for request in requests {
        if needs_details(request) || requests.len() == 1 {
            live.push(get(cx, &request.id).await?.as_ref().and_then(details));
        } else {
            let zone = listed.get(request.id.as_str());
            live.push(zone.map(|zone| Live::of(request.id.clone(), zone_json(zone))));
        }
    }
    Ok(live)
}

fn zone_json(zone: &types::HostedZone) -> Value {
    let comment = zone.config().and_then(types::HostedZoneConfig::comment).filter(|comment| !comment.is_empty());
    let recovery = zone.features().and_then(types::HostedZoneFeatures::accelerated_recovery_status);
    json!({
        "Id": bare_zone(zone.id()),
        "Name": dns_name::canonical(zone.name()),
        "HostedZoneConfig": comment.map(|comment| json!({"Comment": comment})),
        "HostedZoneFeatures": {"EnableAcceleratedRecovery": recovery.is_some_and(settings::is_on)},
    })
}

fn details(output: &GetHostedZoneOutput) -> Option<Live> {
    let zone = output.hosted_zone()?;
    let mut live = Live::of(ResourceId::new(bare_zone(zone.id())), zone_json(zone));
    let set = output.delegation_set();
    let servers = set.map(|set| set.name_servers().to_vec()).unwrap_or_default();
    live.properties.insert("NameServers".into(), servers.into());
    if let Some(id) = set.and_then(|set| set.id()) {
        live.properties.insert("DelegationSetId".into(), id.trim_start_matches("/delegationset/").into());
    }
    let vpcs: Vec<Vpc> = output.vpcs().iter().map(Mirror::from_sdk).collect();
    live.properties.insert("VPCs".into(), json!(vpcs));
    Some(live)
}
