use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, optional, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Who owns the objects that others upload.
pub struct Ownership;

mirror! {
    struct OwnershipControls: types::OwnershipControls {
        rules: Vec<OwnershipControlsRule>,
    }
    struct OwnershipControlsRule: types::OwnershipControlsRule {
        object_ownership: String,
    }
}

#[async_trait]
impl Configuration for Ownership {
    fn property(&self) -> &'static str {
        "OwnershipControls"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_ownership_controls().bucket(bucket).send().await;
        let output = optional(result.call("s3:GetBucketOwnershipControls"))?;
        let found = output.and_then(|output| output.ownership_controls);
        found.map(|found| json(&OwnershipControls::from_sdk(&found))).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: OwnershipControls = typed(self.property(), written)?;
        let call = cx.s3().put_bucket_ownership_controls().bucket(bucket).ownership_controls(wanted.to_sdk()?);
        call.send().await.call("s3:PutBucketOwnershipControls").map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        let call = cx.s3().delete_bucket_ownership_controls().bucket(bucket);
        call.send().await.call("s3:PutBucketOwnershipControls").map(drop)
    }
}
