use async_trait::async_trait;
use aws_sdk_s3::types;
use serde_json::Value;

use super::configuration::{Configuration, json, optional, typed};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;

/// How long new versions of objects cannot be deleted.
pub struct ObjectLock;

mirror! {
    struct ObjectLockConfiguration: types::ObjectLockConfiguration {
        object_lock_enabled: String,
        rule: ObjectLockRule,
    }
    struct ObjectLockRule: types::ObjectLockRule {
        default_retention: DefaultRetention,
    }
    struct DefaultRetention: types::DefaultRetention {
        days: i32,
        default_event_hold: DefaultEventHold,
        mode: String,
        years: i32,
    }
    struct DefaultEventHold: types::EventHoldDuration {
        days: i32,
        years: i32,
    }
}

#[async_trait]
impl Configuration for ObjectLock {
    fn property(&self) -> &'static str {
        "ObjectLockConfiguration"
    }

    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError> {
        let result = cx.s3().get_object_lock_configuration().bucket(bucket).send().await;
        let output = optional(result.call("s3:GetBucketObjectLockConfiguration"))?;
        let found = output.and_then(|output| output.object_lock_configuration);
        found.map(|found| json(&ObjectLockConfiguration::from_sdk(&found))).transpose()
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let wanted: ObjectLockConfiguration = typed(self.property(), written)?;
        let wanted =
            ObjectLockConfiguration { object_lock_enabled: Some("Enabled".to_owned()), rule: wanted.rule }.to_sdk()?;
        let call = cx.s3().put_object_lock_configuration().bucket(bucket).object_lock_configuration(wanted);
        call.send().await.call("s3:PutBucketObjectLockConfiguration").map(drop)
    }

    /// The lock itself stays for the bucket's life; only its default rule can go.
    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        self.put(cx, bucket, &serde_json::json!({})).await
    }
}
