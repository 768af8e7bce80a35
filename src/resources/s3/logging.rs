use async_trait::async_trait;
use aws_sdk_s3::types;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};

use super::configuration::{Configuration, json, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Where S3 writes who read what.
pub struct Logging;

mirror! {
    struct LoggingConfiguration: types::LoggingEnabled {
        #[serde(rename = "DestinationBucketName")]
        target_bucket: String,
        #[serde(rename = "LogFilePrefix")]
        target_prefix: String,
        target_object_key_format: TargetObjectKeyFormat,
    }
    struct PartitionedPrefix: types::PartitionedPrefix {
        partition_date_source: String,
    }
}

/// One of two; the simple one has no members.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TargetObjectKeyFormat {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    simple_prefix: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    partitioned_prefix: Option<PartitionedPrefix>,
}

impl Mirror<types::TargetObjectKeyFormat> for TargetObjectKeyFormat {
    fn to_sdk(&self) -> Result<types::TargetObjectKeyFormat, AwsError> {
        let format = types::TargetObjectKeyFormat::builder();
        let simple = self.simple_prefix.as_ref().map(|_| types::SimplePrefix::builder().build());
        let partitioned = self.partitioned_prefix.as_ref().map(Mirror::to_sdk).transpose()?;
        Ok(format.set_simple_prefix(simple).set_partitioned_prefix(partitioned).build())
    }

    fn from_sdk(sdk: &types::TargetObjectKeyFormat) -> Self {
        Self {
            simple_prefix: sdk.simple_prefix().map(|_| object!({})),
            partitioned_prefix: sdk.partitioned_prefix().map(Mirror::from_sdk),
        }
    }
}

#[async_trait]
impl Configuration for Logging {
    fn property(&self) -> &'static str {
        "LoggingConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_logging().bucket(bucket).send().await;
        let found = result.call("s3:GetBucketLogging")?.logging_enabled;
        found.map(|found| json(&LoggingConfiguration::from_sdk(&found))).transpose()
    }

    /// Without a destination the bucket logs to itself. Source: CloudFormation template reference, `LoggingConfiguration`.
    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let mut wanted: LoggingConfiguration = typed(self.property(), written)?;
        wanted.target_bucket.get_or_insert_with(|| bucket.to_owned());
        wanted.target_prefix.get_or_insert_default();
        set(cx, bucket, Some(wanted.to_sdk()?)).await
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        set(cx, bucket, None).await
    }
}

async fn set(cx: &Context, bucket: &str, enabled: Option<types::LoggingEnabled>) -> Result<(), AwsError> {
    let status = types::BucketLoggingStatus::builder().set_logging_enabled(enabled).build();
    let call = cx.s3().put_bucket_logging().bucket(bucket).bucket_logging_status(status);
    call.send().await.call("s3:PutBucketLogging").map(drop)
}
