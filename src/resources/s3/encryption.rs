use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, optional, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// How objects are encrypted that come without a word on it.
pub struct Encryption;

mirror! {
    struct BucketEncryption: types::ServerSideEncryptionConfiguration {
        #[serde(rename = "ServerSideEncryptionConfiguration")]
        rules: Vec<ServerSideEncryptionRule>,
    }
    struct ServerSideEncryptionRule: types::ServerSideEncryptionRule {
        blocked_encryption_types: BlockedEncryptionTypes,
        bucket_key_enabled: bool,
        #[serde(rename = "ServerSideEncryptionByDefault")]
        apply_server_side_encryption_by_default: ServerSideEncryptionByDefault,
    }
    struct BlockedEncryptionTypes: types::BlockedEncryptionTypes {
        encryption_type: Vec<String>,
    }
    struct ServerSideEncryptionByDefault: types::ServerSideEncryptionByDefault {
        #[serde(rename = "KMSMasterKeyID")]
        kms_master_key_id: String,
        #[serde(rename = "SSEAlgorithm")]
        sse_algorithm: String,
    }
}

#[async_trait]
impl Configuration for Encryption {
    fn property(&self) -> &'static str {
        "BucketEncryption"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_encryption().bucket(bucket).send().await;
        let output = optional(result.call("s3:GetEncryptionConfiguration"))?;
        let found = output.and_then(|output| output.server_side_encryption_configuration);
        found.map(|found| json(&BucketEncryption::from_sdk(&found))).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: BucketEncryption = typed(self.property(), written)?;
        let call = cx.s3().put_bucket_encryption().bucket(bucket);
        let call = call.server_side_encryption_configuration(wanted.to_sdk()?);
        call.send().await.call("s3:PutEncryptionConfiguration").map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        let call = cx.s3().delete_bucket_encryption().bucket(bucket);
        call.send().await.call("s3:PutEncryptionConfiguration").map(drop)
    }
}
