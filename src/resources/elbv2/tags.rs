//! Tags of load balancers, target groups and listeners, which all have them by ARN.

use std::collections::HashMap;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use serde_json::Value;

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Desired, ReadRequest, TagChange, concurrently, tags};

/// The written tags as the API takes them; it refuses an empty list.
pub fn written(desired: &Desired) -> Option<Vec<Tag>> {
    Some(tags::as_sdk(desired.properties.get("Tags"), tag)).filter(|tags| !tags.is_empty())
}

/// The tags of those objects whose reader wants them, by ARN, in the engine's form. `DescribeTags` takes 20 a call.
pub async fn wanted(
    cx: &Context,
    requests: &[ReadRequest],
    exists: impl Fn(&str) -> bool,
) -> Result<HashMap<String, Value>, AwsError> {
    let wanted = requests.iter().filter(|request| request.wants("Tags") && exists(request.id.as_str()));
    let arns: Vec<String> = wanted.map(|request| request.id.to_string()).collect();
    let found =
        concurrently("ElasticLoadBalancingV2", arns.chunks(20).map(|chunk| describe(cx, chunk.to_vec()))).await?;
    Ok(found
        .into_iter()
        .flatten()
        .map(|(arn, found)| (arn, tags::to_json(found.iter().map(|tag| (tag.key(), tag.value())))))
        .collect())
}

/// True if the object's tags are those of the desired one's owner.
pub async fn are_ours(cx: &Context, desired: &Desired, arn: &str) -> Result<bool, AwsError> {
    let found = describe(cx, vec![arn.to_owned()]).await?;
    let tags = found.get(arn).map(Vec::as_slice).unwrap_or_default();
    Ok(desired.ownership.owns(tags.iter().map(|tag| (tag.key().unwrap_or(""), tag.value().unwrap_or("")))))
}

pub async fn change(cx: &Context, arn: &str, change: &TagChange) -> Result<(), AwsError> {
    if !change.set.is_empty() {
        let call = cx.elbv2().add_tags().resource_arns(arn).set_tags(Some(change.set_as(tag)));
        call.send().await.call("elasticloadbalancing:AddTags")?;
    }
    if !change.remove.is_empty() {
        let call = cx.elbv2().remove_tags().resource_arns(arn).set_tag_keys(Some(change.remove.clone()));
        call.send().await.call("elasticloadbalancing:RemoveTags")?;
    }
    Ok(())
}

async fn describe(cx: &Context, arns: Vec<String>) -> Result<HashMap<String, Vec<Tag>>, AwsError> {
    let call = cx.elbv2().describe_tags().set_resource_arns(Some(arns));
    let output = call.send().await.call_optional("elasticloadbalancing:DescribeTags")?;
    let found = output.and_then(|output| output.tag_descriptions).unwrap_or_default();
    Ok(found.into_iter().filter_map(|one| Some((one.resource_arn?, one.tags.unwrap_or_default()))).collect())
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}
