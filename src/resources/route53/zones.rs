//! The zones of an account, as both zones and records ask for them.

use aws_sdk_route53::types;

use super::dns_name;
use crate::aws::{AwsError, CallResult, Context};

/// A zone's id without the `/hostedzone/` that Route 53 puts before it.
pub fn bare_zone(id: &str) -> &str {
    id.trim_start_matches("/hostedzone/")
}

/// All zones of the account.
pub(super) async fn zones(cx: &Context) -> Result<Vec<types::HostedZone>, AwsError> {
    let mut pages = cx.route53().list_hosted_zones().into_paginator().items().send();
    let mut zones = Vec::new();
    while let Some(zone) = pages.next().await {
        zones.push(zone.call("route53:ListHostedZones")?);
    }
    Ok(zones)
}

/// The zone that a name means.
///
/// # Errors
/// `AwsError::Invalid` with the ids where several zones have it.
pub(super) fn only<'a>(name: &str, zones: &'a [types::HostedZone]) -> Result<Option<&'a types::HostedZone>, AwsError> {
    match zones {
        [] => Ok(None),
        [zone] => Ok(Some(zone)),
        several => {
            let ids: Vec<&str> = several.iter().map(|zone| bare_zone(zone.id())).collect();
            Err(AwsError::Invalid(format!("several hosted zones are named {name}, {}: give the id", ids.join(", "))))
        }
    }
}

/// The zones of that name; a private and a public one may share it. They come first in the answer, which starts there.
pub(super) async fn named(cx: &Context, name: &str) -> Result<Vec<types::HostedZone>, AwsError> {
    let name = dns_name::canonical(name);
    let output =
        cx.route53().list_hosted_zones_by_name().dns_name(&name).send().await.call("route53:ListHostedZonesByName")?;
    let zones = output.hosted_zones.into_iter();
    Ok(zones.take_while(|zone| dns_name::canonical(zone.name()) == name).collect())
}
