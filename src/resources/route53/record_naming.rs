//! Which record people mean: by name alone where that is enough, by name and type, or by the whole identifier.

use aws_sdk_route53::types::ResourceRecordSet;

use super::dns_name;
use super::record_reading::{id, key, parse};
use super::zones::{bare_zone, zones};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// What Route 53 puts into every zone; nobody makes or deletes these.
/// Source: Route 53 developer guide, "NS and SOA records that Amazon Route 53 creates for a public hosted zone".
const OF_EVERY_ZONE: [&str; 2] = ["NS", "SOA"];

/// The record of an identifier whose zone, type and set identifier may be left out: `www.example.com||`.
///
/// # Errors
/// `AwsError::Invalid` with the identifiers of all records that it may mean.
pub(super) async fn meant(cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
    let (zone, (name, kind, set)) = parse(&ResourceId::new(text));
    let zones = if zone.is_empty() { zones_around(cx, &name).await? } else { vec![(zone, String::new())] };
    let mut found = Vec::new();
    for (zone, apex) in zones {
        let records = at_name(cx, &zone, &name).await?;
        let fits = |record: &&ResourceRecordSet| {
            let (_, own_kind, own_set) = key(record);
            let is_of_zone = kind.is_empty() && apex == name && OF_EVERY_ZONE.contains(&own_kind.as_str());
            (kind.is_empty() || own_kind == kind) && (set.is_empty() || own_set == set) && !is_of_zone
        };
        found.extend(records.iter().filter(fits).map(|record| id(&zone, record)));
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => {
            let ids: Vec<&str> = several.iter().map(ResourceId::as_str).collect();
            Err(AwsError::Invalid(format!("{name} has several records: say which of {}", ids.join(", "))))
        }
    }
}

/// The zones that a record of that name is in, with their names: those nearest to it. A private and a public one may share a
/// name.
async fn zones_around(cx: &Context, name: &str) -> Result<Vec<(String, String)>, AwsError> {
    let all = zones(cx).await?;
    let named = all.iter().map(|zone| (bare_zone(zone.id()).to_owned(), dns_name::canonical(zone.name())));
    let around = |zone: &str| name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let around: Vec<_> = named.filter(|(_, zone)| around(zone)).collect();
    let nearest = around.iter().map(|(_, zone)| zone.len()).max();
    Ok(around.into_iter().filter(|(_, zone)| Some(zone.len()) == nearest).collect())
}

/// All records of that name in a zone; none where there is no such zone.
async fn at_name(cx: &Context, zone: &str, name: &str) -> Result<Vec<ResourceRecordSet>, AwsError> {
    let mut found = Vec::new();
    let mut start = Some((format!("{name}."), None, None));
    while let Some((from, kind, set)) = start {
        let call = cx.route53().list_resource_record_sets().hosted_zone_id(zone).start_record_name(from);
        let call = call.set_start_record_type(kind).set_start_record_identifier(set).send().await;
        let Some(page) = call.call_optional("route53:ListResourceRecordSets")? else { break };
        found.extend(page.resource_record_sets.into_iter().filter(|record| dns_name::canonical(record.name()) == name));
        let next = page.next_record_name.filter(|next| page.is_truncated && dns_name::canonical(next) == name);
        start = next.map(|next| (next, page.next_record_type, page.next_record_identifier));
    }
    Ok(found)
}
