//! A bucket's tags, which S3 only replaces as a whole.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{Tag, Tagging};

use super::configuration::optional;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::TagChange;

/// # Errors
/// With S3's code `NoSuchBucket` where the bucket is gone.
pub async fn read(cx: &Context, bucket: &str) -> Result<BTreeMap<String, String>, AwsError> {
    let result = cx.s3().get_bucket_tagging().bucket(bucket).send().await;
    let output = optional(result.call("s3:GetBucketTagging"))?;
    let tags = output.map(|output| output.tag_set).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// Applies the change to the tags as they are now, so that those of others stay.
pub async fn change(cx: &Context, bucket: &str, change: &TagChange) -> Result<(), AwsError> {
    if change.is_empty() {
        return Ok(());
    }
    let mut tags = read(cx, bucket).await?;
    tags.retain(|key, _| !change.remove.contains(key));
    tags.extend(change.set.clone());
    replace(cx, bucket, &tags).await
}

pub async fn replace(cx: &Context, bucket: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
    if tags.is_empty() {
        let result = cx.s3().delete_bucket_tagging().bucket(bucket).send().await;
        return result.call("s3:PutBucketTagging").map(drop);
    }
    let tagging = Tagging::builder().set_tag_set(Some(to_sdk(tags)?)).build();
    let tagging = tagging.map_err(|error| AwsError::Invalid(error.to_string()))?;
    let call = cx.s3().put_bucket_tagging().bucket(bucket).tagging(tagging);
    call.send().await.call("s3:PutBucketTagging").map(drop)
}

pub fn to_sdk(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, AwsError> {
    let tag = |(key, value): (&String, &String)| {
        Tag::builder().key(key).value(value).build().map_err(|error| AwsError::Invalid(error.to_string()))
    };
    tags.iter().map(tag).collect()
}
