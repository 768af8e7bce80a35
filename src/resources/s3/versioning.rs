use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Whether overwritten and deleted objects stay as versions.
pub struct Versioning;

mirror! {
    struct VersioningConfiguration: types::VersioningConfiguration {
        status: String,
    }
}

#[async_trait]
impl Configuration for Versioning {
    fn property(&self) -> &'static str {
        "VersioningConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_versioning().bucket(bucket).send().await;
        let output = result.call("s3:GetBucketVersioning")?;
        let found = output.status().map(|status| VersioningConfiguration { status: Some(status.as_str().to_owned()) });
        found.map(|found| json(&found)).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: VersioningConfiguration = typed(self.property(), written)?;
        let call = cx.s3().put_bucket_versioning().bucket(bucket).versioning_configuration(wanted.to_sdk()?);
        call.send().await.call("s3:PutBucketVersioning").map(drop)
    }

    /// A bucket that ever had versions can only suspend them. Source: S3 user guide, "How S3 Versioning works".
    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        self.put(cx, bucket, &serde_json::json!({"Status": "Suspended"})).await
    }
}
