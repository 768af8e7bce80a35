//! The names that a bucket has by its own name and region.

use serde_json::json;

use crate::aws::Context;
use crate::resources::Properties;

/// Regions older than 2014 write their web sites with a dash.
/// Source: AWS general reference, "Amazon S3 website endpoints".
const DASHED: [&str; 9] = [
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "eu-west-1",
    "sa-east-1",
    "us-gov-west-1",
];

pub fn of(cx: &Context, bucket: &str) -> Properties {
    let (region, partition) = (cx.region(), cx.partition());
    let domain = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let website = if DASHED.contains(&region) { '-' } else { '.' };
    let outputs = json!({
        "Arn": format!("arn:{partition}:s3:::{bucket}"),
        "BucketName": bucket,
        "DomainName": format!("{bucket}.s3.{domain}"),
        "DualStackDomainName": format!("{bucket}.s3.dualstack.{region}.{domain}"),
        "RegionalDomainName": format!("{bucket}.s3.{region}.{domain}"),
        "WebsiteURL": format!("http://{bucket}.s3-website{website}{region}.{domain}"),
    });
    outputs.as_object().cloned().unwrap_or_default()
}
