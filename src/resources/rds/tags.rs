//! Tags of RDS objects: all are tagged by ARN.

use aws_sdk_rds::types::Tag;

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::TagChange;

/// One tag.
pub fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// The pairs of RDS's tags, as ownership is asked for.
pub fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|tag| Some((tag.key()?, tag.value()?)))
}

/// The object's tags; `None` where it is gone.
pub async fn read(cx: &Context, arn: &str) -> Result<Option<Vec<Tag>>, AwsError> {
    let output = cx.rds().list_tags_for_resource().resource_name(arn).send().await;
    Ok(output.call_optional("rds:ListTagsForResource")?.map(|output| output.tag_list.unwrap_or_default()))
}

pub async fn change(cx: &Context, arn: &str, change: &TagChange) -> Result<(), AwsError> {
    let rds = cx.rds();
    if !change.set.is_empty() {
        let call = rds.add_tags_to_resource().resource_name(arn).set_tags(Some(change.set_as(tag)));
        call.send().await.call("rds:AddTagsToResource")?;
    }
    if !change.remove.is_empty() {
        let call = rds.remove_tags_from_resource().resource_name(arn).set_tag_keys(Some(change.remove.clone()));
        call.send().await.call("rds:RemoveTagsFromResource")?;
    }
    Ok(())
}
