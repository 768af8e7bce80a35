use async_trait::async_trait;
use aws_sdk_s3::types::BucketCannedAcl;
use serde_json::Value;

use super::configuration::{Configuration, typed};
use crate::aws::{AwsError, CallResult, Context};

/// A canned ACL. S3 turns it into grants and does not give it back. Buckets are made without ACLs, which is as good as a private
/// one, and then refuse all calls that set one. Source: S3 user guide, "Controlling ownership of objects and disabling ACLs for
/// your bucket".
pub struct AccessControl;

const PRIVATE: &str = "private";

#[async_trait]
impl Configuration for AccessControl {
    fn property(&self) -> &'static str {
        "AccessControl"
    }

    async fn get(&self, _cx: &Context, _bucket: &str) -> Result<Option<Value>, AwsError> {
        Ok(None)
    }

    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError> {
        let name: String = typed(self.property(), written)?;
        match header(&name) {
            acl if acl == PRIVATE => self.clear(cx, bucket).await,
            acl => set(cx, bucket, &acl).await,
        }
    }

    fn is_default(&self, written: &Value) -> bool {
        written.as_str().is_some_and(|name| header(name) == PRIVATE)
    }

    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError> {
        match set(cx, bucket, PRIVATE).await {
            Err(error) if error.code() == "AccessControlListNotSupported" => Ok(()),
            result => result,
        }
    }
}

async fn set(cx: &Context, bucket: &str, acl: &str) -> Result<(), AwsError> {
    let call = cx.s3().put_bucket_acl().bucket(bucket).acl(BucketCannedAcl::from(acl));
    call.send().await.call("s3:PutBucketAcl").map(drop)
}

/// The schema's `PublicReadWrite` is the header's `public-read-write`.
fn header(name: &str) -> String {
    let mut header = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !header.is_empty() {
            header.push('-');
        }
        header.push(letter.to_ascii_lowercase());
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canned_acls_have_the_header_s_spelling() {
        for (name, spelled) in [
            ("Private", "private"),
            ("PublicReadWrite", "public-read-write"),
            ("LogDeliveryWrite", "log-delivery-write"),
            ("AwsExecRead", "aws-exec-read"),
        ] {
            assert_eq!(header(name), spelled);
        }
    }
}
