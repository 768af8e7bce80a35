use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, optional, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Whether ACLs and policies may make anything public.
pub struct PublicAccessBlock;

mirror! {
    struct PublicAccessBlockConfiguration: types::PublicAccessBlockConfiguration {
        block_public_acls: bool,
        block_public_policy: bool,
        ignore_public_acls: bool,
        restrict_public_buckets: bool,
    }
}

#[async_trait]
impl Configuration for PublicAccessBlock {
    fn property(&self) -> &'static str {
        "PublicAccessBlockConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_public_access_block().bucket(bucket).send().await;
        let output = optional(result.call("s3:GetBucketPublicAccessBlock"))?;
        let found = output.and_then(|output| output.public_access_block_configuration);
        found.map(|found| json(&PublicAccessBlockConfiguration::from_sdk(&found))).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: PublicAccessBlockConfiguration = typed(self.property(), written)?;
        let call = cx.s3().put_public_access_block().bucket(bucket);
        let call = call.public_access_block_configuration(wanted.to_sdk()?);
        call.send().await.call("s3:PutBucketPublicAccessBlock").map(drop)
    }

    /// A new bucket blocks everything. Source: S3 user guide, "Blocking public access to your Amazon S3 storage".
    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        let all = types::PublicAccessBlockConfiguration::builder().block_public_acls(true).ignore_public_acls(true);
        let all = all.block_public_policy(true).restrict_public_buckets(true).build();
        let call = cx.s3().put_public_access_block().bucket(bucket).public_access_block_configuration(all);
        call.send().await.call("s3:PutBucketPublicAccessBlock").map(drop)
    }
}
