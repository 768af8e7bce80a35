//! What a zone has besides its records: tags, networks, query logging, accelerated recovery.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_route53::types::{self, AcceleratedRecoveryStatus, TagResourceType};
use serde_json::json;

use super::hosted_zone::{HostedZoneFeatures, QueryLoggingConfig, Vpc};
use super::zones::bare_zone;
use super::{change, dns_name};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;
use crate::resources::{Live, ReadRequest, ResourceId, tags};

/// Source: Route 53 API reference, `ListTagsForResources`.
const TAGGED_A_CALL: usize = 10;

const RECOVERY_IS_SET_WITHIN: Duration = Duration::from_secs(60 * 60);

/// How many of a zone's remaining records an error names.
const RECORDS_NAMED: usize = 10;

/// Adds `HostedZoneTags` where they are wanted.
pub async fn add_tags(cx: &Context, requests: &[ReadRequest], zones: &mut [Option<Live>]) -> Result<(), AwsError> {
    let wanted = requests.iter().zip(zones).filter(|(request, _)| request.wants("HostedZoneTags"));
    let mut wanted: Vec<&mut Live> = wanted.filter_map(|(_, live)| live.as_mut()).collect();
    for chunk in wanted.chunks_mut(TAGGED_A_CALL) {
        let ids = chunk.iter().map(|live| live.id.to_string()).collect();
        let call = cx.route53().list_tags_for_resources().resource_type(TagResourceType::Hostedzone);
        let output = call.set_resource_ids(Some(ids)).send().await.call("route53:ListTagsForResources")?;
        for live in chunk.iter_mut() {
            let set = output.resource_tag_sets().iter().find(|set| set.resource_id() == Some(live.id.as_str()));
            let pairs = set.into_iter().flat_map(|set| set.tags()).map(|tag| (tag.key(), tag.value()));
            live.properties.insert("HostedZoneTags".into(), tags::to_json(pairs));
        }
    }
    Ok(())
}

/// One zone's tags.
pub async fn tags(cx: &Context, zone: &ResourceId) -> Result<BTreeMap<String, String>, AwsError> {
    let call = cx.route53().list_tags_for_resource().resource_type(TagResourceType::Hostedzone);
    let output = call.resource_id(zone.as_str()).send().await.call_optional("route53:ListTagsForResource")?;
    let set = output.and_then(|output| output.resource_tag_set);
    let tags = set.and_then(|set| set.tags).unwrap_or_default().into_iter();
    Ok(tags.map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())).collect())
}

/// Adds `QueryLoggingConfig` where it is wanted: one call for a zone or, listed, for all.
pub async fn add_query_logging(
    cx: &Context,
    requests: &[ReadRequest],
    zones: &mut [Option<Live>],
) -> Result<(), AwsError> {
    let wanted = requests.iter().zip(zones).filter(|(request, _)| request.wants("QueryLoggingConfig"));
    let mut wanted: Vec<&mut Live> = wanted.filter_map(|(_, live)| live.as_mut()).collect();
    let only = match wanted.as_slice() {
        [] => return Ok(()),
        [live] => Some(live.id.to_string()),
        _ => None,
    };
    let configs = query_logging(cx, only).await?;
    for live in &mut wanted {
        if let Some(config) = configs.get(live.id.as_str()) {
            let group = json!({"CloudWatchLogsLogGroupArn": config.cloud_watch_logs_log_group_arn()});
            live.properties.insert("QueryLoggingConfig".into(), group);
        }
    }
    Ok(())
}

async fn query_logging(
    cx: &Context,
    zone: Option<String>,
) -> Result<HashMap<String, types::QueryLoggingConfig>, AwsError> {
    let call = cx.route53().list_query_logging_configs().set_hosted_zone_id(zone);
    let mut pages = call.into_paginator().items().send();
    let mut configs = HashMap::new();
    while let Some(config) = pages.next().await {
        let Some(config) = config.call_optional("route53:ListQueryLoggingConfigs")? else { break };
        configs.insert(bare_zone(config.hosted_zone_id()).to_owned(), config);
    }
    Ok(configs)
}

/// Makes the zone's queries go to this log group, or to none. A zone has one configuration, which cannot change.
pub async fn put_query_logging(
    cx: &Context,
    zone: &ResourceId,
    desired: Option<&QueryLoggingConfig>,
) -> Result<(), AwsError> {
    let route53 = cx.route53();
    for config in query_logging(cx, Some(zone.to_string())).await?.values() {
        let call = route53.delete_query_logging_config().id(config.id());
        call.send().await.call_optional("route53:DeleteQueryLoggingConfig")?;
    }
    let Some(desired) = desired else { return Ok(()) };
    let call = route53.create_query_logging_config().hosted_zone_id(zone.as_str());
    let call = call.cloud_watch_logs_log_group_arn(&desired.cloud_watch_logs_log_group_arn);
    call.send().await.call("route53:CreateQueryLoggingConfig").map(drop)
}

pub async fn tag(
    cx: &Context,
    zone: &ResourceId,
    set: &BTreeMap<String, String>,
    remove: &[String],
) -> Result<(), AwsError> {
    if set.is_empty() && remove.is_empty() {
        return Ok(());
    }
    let tags: Vec<_> = set.iter().map(|(key, value)| types::Tag::builder().key(key).value(value).build()).collect();
    let call = cx.route53().change_tags_for_resource().resource_type(TagResourceType::Hostedzone);
    let call = call.resource_id(zone.as_str()).set_add_tags(Some(tags).filter(|tags| !tags.is_empty()));
    let call = call.set_remove_tag_keys(Some(remove.to_vec()).filter(|keys| !keys.is_empty()));
    call.send().await.call("route53:ChangeTagsForResource").map(drop)
}

pub async fn associate(cx: &Context, zone: &ResourceId, vpc: &Vpc) -> Result<(), AwsError> {
    let call = cx.route53().associate_vpc_with_hosted_zone().hosted_zone_id(zone.as_str()).vpc(vpc.to_sdk()?);
    let output = call.send().await.call("route53:AssociateVPCWithHostedZone")?;
    change::await_sync(cx, output.change_info()).await
}

/// Makes the zone's networks exactly these. New ones come first: a private zone never loses its last.
pub async fn change_networks(cx: &Context, zone: &ResourceId, desired: &[Vpc]) -> Result<(), AwsError> {
    let output = cx.route53().get_hosted_zone().id(zone.as_str()).send().await.call("route53:GetHostedZone")?;
    let live: Vec<Vpc> = output.vpcs().iter().map(Mirror::from_sdk).collect();
    for vpc in desired.iter().filter(|vpc| !live.contains(vpc)) {
        associate(cx, zone, vpc).await?;
    }
    for vpc in live.iter().filter(|vpc| !desired.contains(vpc)) {
        let call = cx.route53().disassociate_vpc_from_hosted_zone().hosted_zone_id(zone.as_str()).vpc(vpc.to_sdk()?);
        let output = call.send().await.call("route53:DisassociateVPCFromHostedZone")?;
        change::await_sync(cx, output.change_info()).await?;
    }
    Ok(())
}

pub fn is_on(status: &AcceleratedRecoveryStatus) -> bool {
    matches!(status, AcceleratedRecoveryStatus::Enabled | AcceleratedRecoveryStatus::Enabling)
}

/// Switches accelerated recovery and waits until it is switched.
pub async fn put_features(
    cx: &Context,
    zone: &ResourceId,
    features: Option<&HostedZoneFeatures>,
) -> Result<(), AwsError> {
    let Some(enabled) = features.and_then(|features| features.enable_accelerated_recovery) else { return Ok(()) };
    let call = cx.route53().update_hosted_zone_features().hosted_zone_id(zone.as_str());
    call.enable_accelerated_recovery(enabled).send().await.call("route53:UpdateHostedZoneFeatures")?;
    let ask = || async {
        let output = cx.route53().get_hosted_zone().id(zone.as_str()).send().await.call("route53:GetHostedZone")?;
        recovery_is(enabled, output.hosted_zone().and_then(|zone| zone.features()))
    };
    cx.wait("accelerated recovery to be switched", RECOVERY_IS_SET_WITHIN).until(ask).await
}

fn recovery_is(enabled: bool, features: Option<&types::HostedZoneFeatures>) -> Result<Option<()>, AwsError> {
    use AcceleratedRecoveryStatus::{DisableFailed, Disabled, EnableFailed, Enabled};
    match features.and_then(types::HostedZoneFeatures::accelerated_recovery_status) {
        Some(EnableFailed | DisableFailed) => {
            let reasons = features.and_then(|features| features.failure_reasons()?.accelerated_recovery());
            let reasons = reasons.map(str::to_owned).into_iter().collect();
            Err(AwsError::Failed { what: "accelerated recovery could not be switched".into(), reasons })
        }
        Some(Enabled) if enabled => Ok(Some(())),
        Some(Disabled) | None if !enabled => Ok(Some(())),
        _ => Ok(None),
    }
}

/// AWS's refusal, with the records that are in the way.
pub async fn not_empty(cx: &Context, zone: &ResourceId, refusal: AwsError) -> AwsError {
    let output = cx.route53().list_resource_record_sets().hosted_zone_id(zone.as_str()).send().await;
    let Ok(page) = output.call("route53:ListResourceRecordSets") else { return refusal };
    let records = page.resource_record_sets();
    let apex = records.iter().find(|record| *record.r#type() == types::RrType::Soa).map(types::ResourceRecordSet::name);
    let own = |record: &&types::ResourceRecordSet| {
        Some(record.name()) == apex && matches!(record.r#type(), types::RrType::Ns | types::RrType::Soa)
    };
    let records = records.iter().filter(|record| !own(record));
    let named = records.map(|record| format!("{} {}", dns_name::canonical(record.name()), record.r#type()));
    let mut reasons: Vec<String> = named.take(RECORDS_NAMED).collect();
    reasons.push("delete these records first, or import them into the stack".to_owned());
    reasons.push(refusal.to_string());
    AwsError::Failed { what: format!("the hosted zone {zone} still holds records"), reasons }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(status: AcceleratedRecoveryStatus) -> types::HostedZoneFeatures {
        types::HostedZoneFeatures::builder().accelerated_recovery_status(status).build()
    }

    #[test]
    fn recovery_is_awaited_until_it_is_as_wanted() {
        let enabling = features(AcceleratedRecoveryStatus::Enabling);
        assert_eq!(recovery_is(true, Some(&enabling)).unwrap(), None);
        let enabled = features(AcceleratedRecoveryStatus::Enabled);
        assert_eq!(recovery_is(true, Some(&enabled)).unwrap(), Some(()));
        assert_eq!(recovery_is(false, None).unwrap(), Some(()));
    }

    #[test]
    fn a_failed_switch_ends_the_wait() {
        let failed = features(AcceleratedRecoveryStatus::EnableFailed);
        assert!(recovery_is(true, Some(&failed)).unwrap_err().to_string().contains("could not be switched"));
    }
}
