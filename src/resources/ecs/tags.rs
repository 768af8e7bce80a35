//! Tags of ECS objects, which all have them by ARN.

use aws_sdk_ecs::types::Tag;
use serde_json::Value;

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{Desired, TagChange, tags};

/// The written tags as ECS takes them.
pub fn written(desired: &Desired) -> Option<Vec<Tag>> {
    desired.properties.get("Tags").map(|written| tags::as_sdk(Some(written), tag))
}

pub fn to_json(found: &[Tag]) -> Value {
    tags::to_json(found.iter().map(|tag| (tag.key(), tag.value())))
}

/// True if an object's tags are those of the desired one's owner.
pub fn are_ours(desired: &Desired, found: &[Tag]) -> bool {
    desired.ownership.owns(found.iter().map(|tag| (tag.key().unwrap_or(""), tag.value().unwrap_or(""))))
}

pub async fn change(cx: &Context, arn: &str, change: &TagChange) -> Result<(), AwsError> {
    if !change.set.is_empty() {
        let call = cx.ecs().tag_resource().resource_arn(arn).set_tags(Some(change.set_as(tag)));
        call.send().await.call("ecs:TagResource")?;
    }
    if !change.remove.is_empty() {
        let call = cx.ecs().untag_resource().resource_arn(arn).set_tag_keys(Some(change.remove.clone()));
        call.send().await.call("ecs:UntagResource")?;
    }
    Ok(())
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}
