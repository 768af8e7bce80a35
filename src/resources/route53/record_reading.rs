//! Reading records: a zone's records come in pages of 300, so a zone is read once however many of its records are asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::dns_name;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// A record's identity in its zone: canonical name, type, and the set identifier, empty where it has none.
pub type Key = (String, String, String);

/// The schema's identifier: name, zone, type, and the set identifier where the record has one.
pub fn id(zone: &str, record: &ResourceRecordSet) -> ResourceId {
    let name = dns_name::canonical(record.name());
    let kind = record.r#type().as_str();
    match record.set_identifier() {
        Some(set) => ResourceId::joined(&[&name, zone, kind, set]),
        None => ResourceId::joined(&[&name, zone, kind]),
    }
}

/// What `id` consists of: the zone and the record's identity in it.
pub fn parse(id: &ResourceId) -> (String, Key) {
    let mut parts = id.as_str().splitn(4, '|').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let (name, zone, kind, set) = (next(), next(), next(), next());
    (zone, (dns_name::canonical(&name), kind, set))
}

pub fn key(record: &ResourceRecordSet) -> Key {
    let set = record.set_identifier().unwrap_or_default().to_owned();
    (dns_name::canonical(record.name()), record.r#type().as_str().to_owned(), set)
}

/// The records by zone and identity; one that is gone, or whose zone is, is absent.
pub async fn find<'a>(
    cx: &Context,
    ids: impl IntoIterator<Item = &'a ResourceId>,
) -> Result<HashMap<(String, Key), ResourceRecordSet>, AwsError> {
    let mut zones: BTreeMap<String, Vec<Key>> = BTreeMap::new();
    for (zone, key) in ids.into_iter().map(parse) {
        zones.entry(zone).or_default().push(key);
    }
    let mut found = HashMap::new();
    // One zone after the other: Route 53 takes five calls a second from the whole account.
    for (zone, keys) in zones {
        for record in of_zone(cx, &zone, &keys).await? {
            found.insert((zone.clone(), key(&record)), record);
        }
    }
    Ok(found)
}

/// The identities of a zone's records; `None` where they are more than a page has.
pub async fn all_of_a_page(cx: &Context, zone: &str) -> Result<Option<HashSet<Key>>, AwsError> {
    let call = cx.route53().list_resource_record_sets().hosted_zone_id(zone).send().await;
    let Some(page) = call.call_optional("route53:ListResourceRecordSets")? else { return Ok(Some(HashSet::new())) };
    Ok((!page.is_truncated).then(|| page.resource_record_sets.iter().map(key).collect()))
}

/// Walks the zone from the first record asked for to the last. A single one without a set identifier is a page of one.
async fn of_zone(cx: &Context, zone: &str, keys: &[Key]) -> Result<Vec<ResourceRecordSet>, AwsError> {
    let (first, last) = range(keys);
    let only = match keys {
        [(_, kind, set)] if set.is_empty() => Some(RrType::from(kind.as_str())),
        _ => None,
    };
    let mut found = Vec::new();
    let mut start = Some((first.map(|name| format!("{name}.")), only.clone(), None));
    while let Some((name, kind, set)) = start {
        let call = cx.route53().list_resource_record_sets().hosted_zone_id(zone).set_start_record_name(name);
        let call = call.set_start_record_type(kind).set_start_record_identifier(set);
        let call = call.set_max_items(only.as_ref().map(|_| 1)).send().await;
        let Some(page) = call.call_optional("route53:ListResourceRecordSets")? else { break };
        found.extend(page.resource_record_sets.into_iter().filter(|record| keys.contains(&key(record))));
        let done = only.is_some() || !page.is_truncated || found.len() == keys.len();
        let beyond = |name: &String| last.is_some_and(|last| dns_name::sort_key(name) > dns_name::sort_key(last));
        let next = page.next_record_name.filter(|name| !done && !beyond(name));
        start = next.map(|name| (Some(name), page.next_record_type, page.next_record_identifier));
    }
    Ok(found)
}

/// The first and the last name in Route 53's order. Where that order is not plain, as for `*`, which is sorted as itself or
/// as its escape, the whole zone is the range of several records: one that is missed would be taken for gone.
fn range(keys: &[Key]) -> (Option<&String>, Option<&String>) {
    let names = || keys.iter().map(|(name, ..)| name);
    let plain = |name: &String| name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if keys.len() > 1 && !names().all(plain) {
        return (None, None);
    }
    (names().min_by_key(|name| dns_name::sort_key(name)), names().max_by_key(|name| dns_name::sort_key(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_names_zone_and_record() {
        let key = |set: &str| ("www.example.com".to_owned(), "A".to_owned(), set.to_owned());
        for (text, expected) in [("www.example.com.|Z1|A", key("")), ("WWW.example.com|Z1|A|a|b", key("a|b"))] {
            assert_eq!(parse(&ResourceId::new(text)), ("Z1".to_owned(), expected), "{text}");
        }
    }

    #[test]
    fn several_records_span_a_range_unless_their_order_is_not_plain() {
        let key = |name: &str| (name.to_owned(), "A".to_owned(), String::new());
        let keys = [key("www.a.example"), key("api.a.example"), key("b.example")];
        assert_eq!(range(&keys), (Some(&"api.a.example".to_owned()), Some(&"b.example".to_owned())));
        assert_eq!(range(&[key("*.a.example"), key("a.example")]), (None, None));
        assert_eq!(range(&[key("*.a.example")]).0, Some(&"*.a.example".to_owned()));
    }

    #[test]
    fn a_record_has_the_identifier_that_is_parsed_back() {
        let record = ResourceRecordSet::builder().name(r"\052.example.com.").r#type(RrType::A).set_identifier("eu");
        let id = id("Z1", &record.build().unwrap());
        assert_eq!(id.as_str(), "*.example.com|Z1|A|eu");
        assert_eq!(parse(&id).1.0, "*.example.com");
    }
}
