//! Names for the calls of the REST services, whose requests hold only a method and a path.

use std::collections::BTreeMap;

use hyper::{Method, Uri};

type Named = (String, BTreeMap<String, String>);

/// The operation's name and what the path tells: `Bucket` and `Key`, or Route 53's `Id`.
pub fn operation(service: &str, method: &Method, uri: &Uri) -> Named {
    let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let query: BTreeMap<String, String> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let named = match service {
        "s3" => s3(method, &segments, &query),
        "route53" => route53(method, &segments),
        _ => None,
    };
    named.unwrap_or_else(|| (format!("{method} {}", uri.path()), BTreeMap::new()))
}

/// What S3 calls a bucket's configurations, by the query parameter that asks for them. The first name follows `Get` and
/// `Put`, the second `Delete`. Source: Amazon S3 API reference, "Actions".
const BUCKET_PARTS: [(&str, &str, &str); 20] = [
    ("accelerate", "BucketAccelerateConfiguration", ""),
    ("acl", "BucketAcl", ""),
    ("cors", "BucketCors", "BucketCors"),
    ("encryption", "BucketEncryption", "BucketEncryption"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration", "BucketIntelligentTieringConfiguration"),
    ("inventory", "BucketInventoryConfiguration", "BucketInventoryConfiguration"),
    ("lifecycle", "BucketLifecycleConfiguration", "BucketLifecycle"),
    ("location", "BucketLocation", ""),
    ("logging", "BucketLogging", ""),
    ("metrics", "BucketMetricsConfiguration", "BucketMetricsConfiguration"),
    ("notification", "BucketNotificationConfiguration", ""),
    ("object-lock", "ObjectLockConfiguration", ""),
    ("ownershipControls", "BucketOwnershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus", ""),
    ("publicAccessBlock", "PublicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication", "BucketReplication"),
    ("tagging", "BucketTagging", "BucketTagging"),
    ("versioning", "BucketVersioning", ""),
    ("website", "BucketWebsite", "BucketWebsite"),
];

fn s3(method: &Method, segments: &[&str], query: &BTreeMap<String, String>) -> Option<Named> {
    let mut parameters = BTreeMap::new();
    if let [bucket, key @ ..] = segments {
        parameters.insert("Bucket".to_owned(), (*bucket).to_owned());
        parameters.insert("Key".to_owned(), key.join("/"));
    }
    let name = match (query.get("x-id"), segments) {
        (Some(name), _) => name.clone(),
        (None, []) => "ListBuckets".to_owned(),
        (None, [_]) => bucket_operation(method, query)?,
        (None, [_, ..]) => object_operation(method, query)?.to_owned(),
    };
    Some((name, parameters))
}

fn bucket_operation(method: &Method, query: &BTreeMap<String, String>) -> Option<String> {
    if let Some((_, put, delete)) = BUCKET_PARTS.iter().find(|(part, ..)| query.contains_key(*part)) {
        return Some(match *method {
            Method::GET => format!("Get{put}"),
            Method::PUT => format!("Put{put}"),
            _ => format!("Delete{delete}"),
        });
    }
    let has = |part: &str| query.contains_key(part);
    let name = match *method {
        Method::GET if has("versions") => "ListObjectVersions",
        Method::GET if has("uploads") => "ListMultipartUploads",
        Method::GET if has("list-type") => "ListObjectsV2",
        Method::GET => "ListObjects",
        Method::HEAD => "HeadBucket",
        Method::PUT => "CreateBucket",
        Method::DELETE => "DeleteBucket",
        Method::POST if has("delete") => "DeleteObjects",
        _ => return None,
    };
    Some(name.to_owned())
}

fn object_operation(method: &Method, query: &BTreeMap<String, String>) -> Option<&'static str> {
    Some(match *method {
        Method::GET if query.contains_key("tagging") => "GetObjectTagging",
        Method::GET => "GetObject",
        Method::HEAD => "HeadObject",
        Method::PUT if query.contains_key("uploadId") => "UploadPart",
        Method::PUT => "PutObject",
        Method::DELETE => "DeleteObject",
        _ => return None,
    })
}

/// Paths begin with the API's version. Source: Amazon Route 53 API reference, "Actions".
fn route53(method: &Method, segments: &[&str]) -> Option<Named> {
    let post = *method == Method::POST;
    let (name, id) = match (method, segments.get(1..)?) {
        (&Method::POST, ["hostedzone"]) => ("CreateHostedZone", ""),
        (&Method::GET, ["hostedzone"]) => ("ListHostedZones", ""),
        (&Method::GET, ["hostedzonesbyname"]) => ("ListHostedZonesByName", ""),
        (&Method::GET, ["hostedzonesbyvpc"]) => ("ListHostedZonesByVPC", ""),
        (&Method::GET, ["hostedzone", id]) => ("GetHostedZone", *id),
        (&Method::DELETE, ["hostedzone", id]) => ("DeleteHostedZone", *id),
        (&Method::POST, ["hostedzone", id]) => ("UpdateHostedZoneComment", *id),
        (_, ["hostedzone", id, "rrset"]) if post => ("ChangeResourceRecordSets", *id),
        (_, ["hostedzone", id, "rrset"]) => ("ListResourceRecordSets", *id),
        (&Method::POST, ["hostedzone", id, "associatevpc"]) => ("AssociateVPCWithHostedZone", *id),
        (&Method::POST, ["hostedzone", id, "disassociatevpc"]) => ("DisassociateVPCFromHostedZone", *id),
        (&Method::GET, ["change", id]) => ("GetChange", *id),
        (&Method::POST, ["tags", _]) => ("ListTagsForResources", ""),
        (_, ["tags", _, id]) if post => ("ChangeTagsForResource", *id),
        (_, ["tags", _, id]) => ("ListTagsForResource", *id),
        (&Method::POST, ["queryloggingconfig"]) => ("CreateQueryLoggingConfig", ""),
        (&Method::GET, ["queryloggingconfig"]) => ("ListQueryLoggingConfigs", ""),
        (&Method::DELETE, ["queryloggingconfig", id]) => ("DeleteQueryLoggingConfig", *id),
        _ => return None,
    };
    let parameters = if id.is_empty() { BTreeMap::new() } else { BTreeMap::from([("Id".to_owned(), id.to_owned())]) };
    Some((name.to_owned(), parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_calls_have_the_names_that_their_references_give_them() {
        for (service, method, uri, name) in [
            ("s3", Method::GET, "/", "ListBuckets"),
            ("s3", Method::PUT, "/web", "CreateBucket"),
            ("s3", Method::PUT, "/web/?lifecycle", "PutBucketLifecycleConfiguration"),
            ("s3", Method::DELETE, "/web?lifecycle", "DeleteBucketLifecycle"),
            ("s3", Method::GET, "/web?publicAccessBlock", "GetPublicAccessBlock"),
            ("s3", Method::PUT, "/state/shop/dev/lock.json?x-id=PutObject", "PutObject"),
            ("route53", Method::POST, "/2013-04-01/hostedzone/Z1/rrset/", "ChangeResourceRecordSets"),
            ("route53", Method::GET, "/2013-04-01/tags/hostedzone/Z1", "ListTagsForResource"),
            ("lambda", Method::GET, "/2015-03-31/functions", "GET /2015-03-31/functions"),
        ] {
            assert_eq!(operation(service, &method, &uri.parse().unwrap()).0, name);
        }
    }
}
