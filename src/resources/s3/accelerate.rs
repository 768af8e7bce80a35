use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// Transfer acceleration.
pub struct Accelerate;

mirror! {
    struct AccelerateConfiguration: types::AccelerateConfiguration {
        #[serde(rename = "AccelerationStatus")]
        status: String,
    }
}

#[async_trait]
impl Configuration for Accelerate {
    fn property(&self) -> &'static str {
        "AccelerateConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_bucket_accelerate_configuration().bucket(bucket).send().await;
        let output = match result.call("s3:GetAccelerateConfiguration") {
            // Some regions, and buckets with a dot in their name, know no acceleration.
            Err(error) if error.code() == "MethodNotAllowed" || error.code() == "InvalidRequest" => return Ok(None),
            result => result?,
        };
        let status = output.status().filter(|status| !status.as_str().is_empty());
        let found = status.map(|status| AccelerateConfiguration { status: Some(status.as_str().to_owned()) });
        found.map(|found| json(&found)).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: AccelerateConfiguration = typed(self.property(), written)?;
        let call = cx.s3().put_bucket_accelerate_configuration().bucket(bucket);
        let call = call.accelerate_configuration(wanted.to_sdk()?);
        call.send().await.call("s3:PutAccelerateConfiguration").map(drop)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        self.put(cx, bucket, &serde_json::json!({"AccelerationStatus": "Suspended"})).await
    }
}
