use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, optional, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Which pages of other origins may read the bucket.
pub struct Cors;

mirror! {
    struct CorsConfiguration: types::CorsConfiguration {
        cors_rules: Vec<CorsRule>,
    }
    struct CorsRule: types::CorsRule {
        allowed_headers: Vec<String>,
        allowed_methods: Vec<String>,
        allowed_origins: Vec<String>,
        #[serde(rename = "ExposedHeaders")]
        expose_headers: Vec<String>,
        id: String,
        #[serde(rename = "MaxAge")]
        max_age_seconds: i32,
    }
}

#[async_trait]
impl Configuration for Cors {
    fn property(&self) -> &'static str {
        "CorsConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_cors().bucket(bucket).send().await;
        let output = optional(result.call("s3:GetBucketCORS"))?;
        output.map(|output| json(&reflect!(CorsConfiguration, output, cors_rules))).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: CorsConfiguration = typed(self.property(), written)?;
        let call = cx.s3().put_bucket_cors().bucket(bucket).cors_configuration(wanted.to_sdk()?);
        call.send().await.call("s3:PutBucketCORS").map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        cx.s3().delete_bucket_cors().bucket(bucket).send().await.call("s3:PutBucketCORS").map(drop)
    }
}
