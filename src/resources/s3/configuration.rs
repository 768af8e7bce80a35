use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::accelerate::Accelerate;
use super::access_control::AccessControl;
use super::cors::Cors;
use super::encryption::Encryption;
use super::lifecycle::Lifecycle;
use super::logging::Logging;
use super::notification::Notification;
use super::object_lock::ObjectLock;
use super::ownership::Ownership;
use super::public_access_block::PublicAccessBlock;
use super::versioning::Versioning;
use super::website::Website;
use crate::aws::{AwsError, Context};

/// One configuration of a bucket, which S3 reads and writes with calls of its own: one property of the type.
#[async_trait]
pub trait Configuration: Send + Sync {
    /// `VersioningConfiguration`.
    fn property(&self) -> &'static str;

    /// The live value in the schema's shape; `None` where the bucket has no such configuration.
    ///
    /// # Errors
    /// With S3's code `NoSuchBucket` where the bucket is gone.
    async fn get(&self, cx: &Context, bucket: &str) -> Result<Option<Value>, AwsError>;

    /// Replaces the configuration.
    async fn put(&self, cx: &Context, bucket: &str, written: &Value) -> Result<(), AwsError>;

    /// True if a new bucket is so by itself.
    fn is_default(&self, _written: &Value) -> bool {
        false
    }

    /// Takes it away, back to what a new bucket has.
    async fn clear(&self, cx: &Context, bucket: &str) -> Result<(), AwsError>;
}

/// In the order in which a new bucket needs them: who owns objects and whether they may be public before the ACL, versions
/// before the lock and the rules for old ones.
pub const ALL: [&dyn Configuration; 12] = [
    &Ownership,
    &PublicAccessBlock,
    &AccessControl,
    &Encryption,
    &Versioning,
    &ObjectLock,
    &Lifecycle,
    &Cors,
    &Logging,
    &Website,
    &Accelerate,
    &Notification,
];

/// S3 has a code of its own for each configuration that a bucket lacks (`NoSuchCORSConfiguration`,
/// `OwnershipControlsNotFoundError`), all of the class of missing objects; only a missing bucket stays an error.
pub fn optional<T>(result: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match result {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.is_not_found() && !is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// True where the bucket itself does not exist; `HeadBucket` has no code, only the class.
pub fn is_gone(error: &AwsError) -> bool {
    error.is_not_found() && matches!(error.code(), "NoSuchBucket" | "NotFound" | "")
}

/// # Errors
/// `AwsError::Invalid` naming the property that the driver does not know or that has another shape.
pub fn typed<T: DeserializeOwned>(property: &str, written: &Value) -> Result<T, AwsError> {
    T::deserialize(written).map_err(|error| AwsError::Invalid(format!("{property}: {error}")))
}

/// # Errors
/// `AwsError::Invalid` where the value has no JSON form.
pub fn json(value: &impl Serialize) -> Result<Value, AwsError> {
    serde_json::to_value(value).map_err(|error| AwsError::Invalid(error.to_string()))
}
