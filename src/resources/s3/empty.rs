//! What is in a bucket, and how to take it out.

use std::collections::BTreeSet;

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::aws::{AwsError, CallResult, Context};

/// The first page of objects, old versions and delete markers, at most 1,000.
async fn first_page(cx: &Context, bucket: &str) -> Result<ListObjectVersionsOutput, AwsError> {
    cx.s3().list_object_versions().bucket(bucket).send().await.call("s3:ListBucketVersions")
}

/// True if nothing is in the bucket.
pub async fn is_empty(cx: &Context, bucket: &str) -> Result<bool, AwsError> {
    let page = first_page(cx, bucket).await?;
    Ok(page.versions().is_empty() && page.delete_markers().is_empty())
}

/// `12`, or `more than 1000`: enough to know what deleting the bucket would mean.
pub async fn count(cx: &Context, bucket: &str) -> Result<String, AwsError> {
    let page = first_page(cx, bucket).await?;
    let count = page.versions().len() + page.delete_markers().len();
    Ok(if page.is_truncated() == Some(true) { format!("more than {count}") } else { count.to_string() })
}

/// Deletes everything, old versions and delete markers too, in pages of 1,000, and tells how many.
///
/// # Errors
/// `AwsError::Failed` naming what S3 does not delete: objects that are locked.
pub async fn empty(cx: &Context, bucket: &str) -> Result<(), AwsError> {
    let mut deleted = 0;
    loop {
        let page = first_page(cx, bucket).await?;
        let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
        let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
        let objects = versions.chain(markers).map(identifier).collect::<Result<Vec<_>, _>>()?;
        if objects.is_empty() {
            return Ok(());
        }
        deleted += objects.len();
        delete(cx, bucket, objects).await?;
        cx.progress(&format!("{deleted} objects and versions deleted"));
    }
}

async fn delete(cx: &Context, bucket: &str, objects: Vec<ObjectIdentifier>) -> Result<(), AwsError> {
    let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build();
    let delete = delete.map_err(|error| AwsError::Invalid(error.to_string()))?;
    let output = cx.s3().delete_objects().bucket(bucket).delete(delete).send().await.call("s3:DeleteObjectVersion")?;
    if output.errors().is_empty() {
        return Ok(());
    }
    let reason = |error: &aws_sdk_s3::types::Error| {
        format!("{}: {}", error.code().unwrap_or_default(), error.message().unwrap_or_default())
    };
    let reasons: BTreeSet<String> = output.errors().iter().map(reason).collect();
    let first = output.errors().first().and_then(|error| error.key()).unwrap_or_default();
    Err(AwsError::Failed {
        what: format!("{} objects of {bucket} could not be deleted, {first} first", output.errors().len()),
        reasons: reasons.into_iter().collect(),
    })
}

fn identifier((key, version): (Option<&str>, Option<&str>)) -> Result<ObjectIdentifier, AwsError> {
    let object = ObjectIdentifier::builder().key(key.unwrap_or_default()).set_version_id(version.map(str::to_owned));
    object.build().map_err(|error| AwsError::Invalid(error.to_string()))
}
