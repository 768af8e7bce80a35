use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_route53::config;
use aws_sdk_route53::config::retry::RetryConfig;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecordSet};
use serde_json::{Value, json};

use super::record_shape::Record;
use super::zone_memory::ZoneMemory;
use super::zones::{bare_zone, named, zones};
use super::{change, dns_name, record_naming, record_reading};
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::lost_answer::made;
use crate::resources::mirror::{Finish, Mirror};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Part, Properties, ReadRequest, ResourceId, Uniqueness,
    Update,
};
use crate::value::Value as PlannedValue;

/// `AWS::Route53::RecordSet`, identified by name, zone, type and set identifier (`www.example.com|Z1|A`). All records of a
/// zone come in pages of 300.
#[derive(Default)]
pub struct RecordSet {
    zones: ZoneMemory,
}

/// Route 53 takes five calls a second from an account, and one change of a zone at a time.
const TAKEN_WITHIN: Duration = Duration::from_secs(2 * 60);

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("ZONE_ID/DOMAIN/RECORD_TYPE").giving("DOMAIN|ZONE_ID|RECORD_TYPE"),
    Form::new("ZONE_ID/DOMAIN/RECORD_TYPE/SET_IDENTIFIER").giving("DOMAIN|ZONE_ID|RECORD_TYPE|SET_IDENTIFIER"),
    Form::new("DOMAIN|ZONE_ID|RECORD_TYPE"),
    Form::new("DOMAIN|ZONE_ID|RECORD_TYPE|SET_IDENTIFIER"),
    Form::new("DOMAIN/RECORD_TYPE").giving("DOMAIN||RECORD_TYPE"),
    Form::new("DOMAIN").giving("DOMAIN||"),
];

/// What AWS gives a new one. Source: Route 53 API reference, `ResourceRecordSet`.
const DEFAULTS: &[(&str, &str)] = &[("/properties/MultiValueAnswer", "false")];

#[async_trait]
impl Driver for RecordSet {
    fn type_name(&self) -> &'static str {
        "AWS::Route53::RecordSet"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn usual_at_first(&self) -> &'static [&'static str] {
        &[
            "AliasTarget",
            "CidrRoutingConfig",
            "Failover",
            "GeoLocation",
            "GeoProximityLocation",
            "HealthCheckId",
            "MultiValueAnswer",
            "Region",
            "ResourceRecords",
            "TTL",
            "Weight",
        ]
    }

    /// Source: Route 53 API reference, `ResourceRecordSet`, `Name`, `Type` and `SetIdentifier`.
    fn unique_by(&self) -> Option<Uniqueness> {
        let zone = Part::of(["HostedZoneId", "HostedZoneName"]);
        let records = Uniqueness::by([zone, Part::of(["Name"])]).in_all_regions();
        Some(records.unless(["Type", "SetIdentifier"], are_in_each_others_way))
    }

    fn canonicalize(&self, properties: &mut Properties) {
        canonicalize(properties);
    }

    /// An alias without the flag does not evaluate its target, and gives the flag back.
    fn align(&self, desired: &Properties, live: &mut Properties) {
        let written = desired.get("AliasTarget").is_some_and(|target| target.get("EvaluateTargetHealth").is_some());
        if !written && let Some(target) = live.get_mut("AliasTarget").and_then(Value::as_object_mut) {
            target.retain(|name, value| name != "EvaluateTargetHealth" || *value == Value::Bool(true));
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let records = record_reading::find(cx, requests.iter().map(|request| &request.id)).await?;
        let live = requests.iter().map(|request| {
            let key = record_reading::parse(&request.id);
            records.get(&key).map(|record| live(&key.0, record))
        });
        Ok(live.collect())
    }

    /// `CREATE` refuses a record that is there, but a run that is cut off before the refusal cannot tell a stranger's from its
    /// own.
    async fn ensure_free(&self, cx: &Context, desired: &Desired) -> Result<(), AwsError> {
        let (zone, known) = self.zones.of(cx, &desired.properties).await?;
        let id = record_reading::id(&zone, &record(&desired.properties)?);
        let is_free = known.is_some_and(|known| !known.contains(&record_reading::parse(&id).1));
        // What was there a moment ago may be gone.
        match is_free || record_reading::find(cx, [&id]).await?.is_empty() {
            true => Ok(()),
            false => Err(AwsError::stranger("route53:ChangeResourceRecordSets", &format!("the record {id}"))),
        }
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (zone, record) = (zone_of(cx, &desired.properties).await?, record(&desired.properties)?);
        let id = record_reading::id(&zone, &record);
        // `CREATE` refuses to overwrite: records carry no tags, so one that exists may be anyone's.
        let change = || async {
            put(cx, &zone, vec![(ChangeAction::Create, record.clone())], desired).await.map(|()| id.clone())
        };
        made(cx, self, desired, change).await?;
        Ok(created(id, &zone))
    }

    /// Both changes are one batch, which Route 53 takes as a whole or not at all.
    fn replaces_in_one_call(&self, live: &Properties, desired: &PlannedValue) -> bool {
        let zone = live.get("HostedZoneId").and_then(Value::as_str);
        let wanted = desired.get("HostedZoneId").and_then(PlannedValue::to_json);
        zone.is_some() && wanted.as_ref().and_then(Value::as_str) == zone
    }

    async fn replace(&self, cx: &Context, former: &ResourceId, desired: &Desired) -> Result<Created, CreateError> {
        let key = record_reading::parse(former);
        let zone = zone_of(cx, &desired.properties).await?;
        let old = record_reading::find(cx, [former]).await?.remove(&key).filter(|_| key.0 == zone);
        let Some(old) = old else { return self.create(cx, desired).await };
        let record = record(&desired.properties)?;
        let id = record_reading::id(&zone, &record);
        let changes = [(ChangeAction::Delete, old), (ChangeAction::Create, record)];
        let change = || async { put(cx, &zone, changes.to_vec(), desired).await.map(|()| id.clone()) };
        made(cx, self, desired, change).await?;
        Ok(created(id, &zone))
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let record = record(&update.desired.properties)?;
        put(cx, update.id.part(1), vec![(ChangeAction::Upsert, record)], update.desired).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        // A deletion must name all values as they are now. Source: Route 53 API reference, `ChangeResourceRecordSets`.
        let key = record_reading::parse(deletion.id);
        let known = deletion.live.and_then(|live| record(&live.properties).ok());
        if let Some(record) = known {
            match delete(cx, &key.0, record).await {
                Err(error) if error.code() == "InvalidChangeBatch" => {}
                result => return result,
            }
        }
        // What the plan saw may be another record by now.
        match record_reading::find(cx, [deletion.id]).await?.remove(&key) {
            Some(record) => delete(cx, &key.0, record).await,
            None => Ok(()),
        }
    }

    /// Records carry no tags: one that is exactly what the interrupted create wrote is taken for its own.
    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let zone = match zone_of(cx, &desired.properties).await {
            // A zone that is gone took its records with it.
            Err(AwsError::Invalid(_)) => return Ok(None),
            zone => zone?,
        };
        let record = record(&desired.properties).map_err(|_| unreadable(desired))?;
        let id = record_reading::id(&zone, &record);
        let found = record_reading::find(cx, [&id]).await?;
        let same = found.values().next().is_some_and(|found| canonical(found) == canonical(&record));
        Ok(same.then_some(id))
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        record_naming::meant(cx, text).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut ids = Vec::new();
        for zone in zones(cx).await? {
            let zone = bare_zone(zone.id());
            let mut next = Some((None, None, None));
            while let Some((name, kind, set)) = next {
                let call = cx.route53().list_resource_record_sets().hosted_zone_id(zone).set_start_record_name(name);
                let call = call.set_start_record_type(kind).set_start_record_identifier(set).send().await;
                let Some(page) = call.call_optional("route53:ListResourceRecordSets")? else { break };
                ids.extend(page.resource_record_sets().iter().map(|record| record_reading::id(zone, record)));
                let start = (page.next_record_name, page.next_record_type, page.next_record_identifier);
                next = page.is_truncated.then_some(start);
            }
        }
        Ok(ids)
    }
}

/// A name has one record of a type, or several that all have set identifiers; and an alias name (`CNAME`) has no other record.
/// Source: Route 53 developer guide, "Supported DNS record types" and "Values specific for weighted records".
fn are_in_each_others_way(one: &[&str], other: &[&str]) -> bool {
    let ([kind, set], [other_kind, other_set]) = (one, other) else { return false };
    match kind == other_kind {
        true => set == other_set || set.is_empty() || other_set.is_empty(),
        false => [kind, other_kind].contains(&&"CNAME"),
    }
}

fn canonicalize(properties: &mut Properties) {
    dns_name::canonicalize(properties.get_mut("Name"));
    dns_name::canonicalize(properties.get_mut("HostedZoneName"));
    dns_name::canonicalize(properties.get_mut("AliasTarget").and_then(|target| target.get_mut("DNSName")));
    if let Some(zone) = properties.get_mut("HostedZoneId").filter(|zone| zone.is_string()) {
        *zone = bare_zone(zone.as_str().unwrap_or_default()).into();
    }
    if let Some(ttl) = properties.get_mut("TTL").filter(|ttl| ttl.is_number()) {
        *ttl = ttl.to_string().into();
    }
    // The values of a record have no order.
    if let Some(values) = properties.get_mut("ResourceRecords").and_then(Value::as_array_mut) {
        values.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    }
}

fn canonical(record: &ResourceRecordSet) -> Properties {
    let mut properties = live("", record).properties;
    canonicalize(&mut properties);
    properties
}

fn live(zone: &str, record: &ResourceRecordSet) -> Live {
    let mut live = Live::of(record_reading::id(zone, record), json!(Record::from_sdk(record)));
    live.properties.insert("Name".into(), dns_name::canonical(record.name()).into());
    live.properties.insert("HostedZoneId".into(), zone.into());
    live
}

/// The record itself: what the zone is called and why the change is made are no part of it.
fn record(properties: &Properties) -> Result<ResourceRecordSet, AwsError> {
    let mut properties = properties.clone();
    canonicalize(&mut properties);
    properties.retain(|name, _| !["HostedZoneId", "HostedZoneName", "Comment"].contains(&name.as_str()));
    let mut record: Record = crate::resources::desired::typed(&properties)?;
    if let Some(target) = &mut record.alias_target {
        target.evaluate_target_health.get_or_insert(false);
    }
    record.to_sdk()
}

/// Records carry no tags, so only their values tell whose they are.
fn unreadable(desired: &Desired) -> AwsError {
    let name = desired.text("Name");
    AwsError::Invalid(format!(
        "a run was cut off while it made the record {name}, whose value is a secret that is not known now: give that \
         secret again, or look at the record and use `infra state rm`"
    ))
}

/// The zone that the properties name, by id or by its own name.
///
/// # Errors
/// `AwsError::Invalid` where no zone or more than one has the name.
pub async fn zone_of(cx: &Context, properties: &Properties) -> Result<String, AwsError> {
    let text = |name: &str| properties.get(name).and_then(Value::as_str);
    if let Some(id) = text("HostedZoneId") {
        return Ok(bare_zone(id).to_owned());
    }
    let name =
        text("HostedZoneName").ok_or_else(|| AwsError::Invalid("HostedZoneId or HostedZoneName is needed".into()))?;
    let zones = named(cx, name).await?;
    match zones.as_slice() {
        [zone] => Ok(bare_zone(zone.id()).to_owned()),
        [] => Err(AwsError::Invalid(format!("no hosted zone is named {name}"))),
        _ => {
            let ids: Vec<&str> = zones.iter().map(|zone| bare_zone(zone.id())).collect();
            Err(AwsError::Invalid(format!("{} have the name {name}: choose one with HostedZoneId", ids.join(", "))))
        }
    }
}

fn created(id: ResourceId, zone: &str) -> Created {
    let outputs = json!({"HostedZoneId": zone, "Name": id.part(0), "Type": id.part(2)});
    Created { outputs: Live::of(id.clone(), outputs).properties, id }
}

/// What is done to each record, in this order.
type Changes = Vec<(ChangeAction, ResourceRecordSet)>;

fn batch(changes: Changes, comment: Option<&str>) -> Result<ChangeBatch, AwsError> {
    let change = |(action, record)| {
        Finish::<Change>::finish(Change::builder().action(action).resource_record_set(record).build())
    };
    let changes = changes.into_iter().map(change).collect::<Result<Vec<_>, _>>()?;
    ChangeBatch::builder().set_changes(Some(changes)).set_comment(comment.map(str::to_owned)).build().finish()
}

async fn delete(cx: &Context, zone: &str, record: ResourceRecordSet) -> Result<(), AwsError> {
    let batch = batch(vec![(ChangeAction::Delete, record)], None)?;
    let call = cx.route53().change_resource_record_sets().hosted_zone_id(zone).change_batch(batch);
    match call.send().await.call_optional("route53:ChangeResourceRecordSets") {
        Err(error) if error.to_string().contains("not found") => Ok(()),
        result => result.map(drop),
    }
}

async fn put(cx: &Context, zone: &str, changes: Changes, desired: &Desired) -> Result<(), AwsError> {
    let comment = desired.properties.get("Comment").and_then(Value::as_str);
    let call = cx.route53().change_resource_record_sets().hosted_zone_id(zone);
    // A `CREATE` whose answer was lost is not repeated by the SDK: it would be refused as if the record were a stranger's.
    let creates = changes.iter().any(|(action, _)| *action == ChangeAction::Create);
    let retry = creates.then(RetryConfig::disabled);
    let call = call.change_batch(batch(changes, comment)?);
    let busy = |error: &AwsError| error.kind() == ErrorKind::Throttled;
    let output = cx
        .wait("Route 53 to take the change", TAKEN_WITHIN)
        .retry(busy, || async {
            let mut overrides = config::Builder::new();
            overrides.set_retry_config(retry.clone());
            let call = call.clone().customize().config_override(overrides);
            call.send().await.call("route53:ChangeResourceRecordSets")
        })
        .await?;
    change::await_sync(cx, output.change_info()).await
}
