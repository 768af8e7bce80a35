use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_bucket::HeadBucketError;

use super::StoreError;
use crate::aws::AwsError;

/// Gives the S3 client of a region.
pub type S3Clients = Arc<dyn Fn(&str) -> Arc<Client> + Send + Sync>;

/// The way to one bucket. State often lies in another region than the stack; S3 tells which when it is asked in the
/// wrong one, so nobody has to write it down.
pub(super) struct S3Access {
    clients: S3Clients,
    region: Mutex<String>,
    pub bucket: String,
    place: String,
}

impl S3Access {
    pub fn new(clients: S3Clients, region: &str, bucket: &str, place: String) -> Self {
        Self { clients, region: Mutex::new(region.to_owned()), bucket: bucket.to_owned(), place }
    }

    pub fn place(&self) -> &str {
        &self.place
    }

    pub fn error(&self, source: AwsError) -> StoreError {
        StoreError::of_aws(&self.place, &self.bucket, source)
    }

    /// Makes a call, and makes it again where the bucket is if it is not where we looked.
    pub async fn call<T, F>(&self, request: impl Fn(Arc<Client>) -> F) -> Result<T, AwsError>
    where
        F: Future<Output = Result<T, AwsError>>,
    {
        let region = self.region();
        let client = (self.clients)(&region);
        match request(Arc::clone(&client)).await {
            Err(error) if lies_elsewhere(&error) => match bucket_region(&client, &self.bucket).await {
                Some(found) if found != region => {
                    let client = (self.clients)(&found);
                    *self.region.lock().unwrap_or_else(PoisonError::into_inner) = found;
                    request(client).await
                }
                _ => Err(error),
            },
            outcome => outcome,
        }
    }

    fn region(&self) -> String {
        self.region.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The answers of S3's "Error responses" page to a request that was signed for, or sent to, another region.
fn lies_elsewhere(error: &AwsError) -> bool {
    matches!(
        error.code(),
        "PermanentRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException"
            | "TemporaryRedirect"
    )
}

/// Where the bucket is; `None` where there is none. HeadBucket carries `x-amz-bucket-region` in refusals too; an
/// emulator that leaves it out has one region for all.
pub(super) async fn bucket_region(client: &Client, bucket: &str) -> Option<String> {
    match client.head_bucket().bucket(bucket).send().await {
        Ok(output) => {
            let asked = client.config().region().map(AsRef::as_ref);
            output.bucket_region().or(asked).map(str::to_owned)
        }
        Err(error) => region_header(&error),
    }
}

fn region_header(error: &SdkError<HeadBucketError>) -> Option<String> {
    error.raw_response()?.headers().get("x-amz-bucket-region").map(str::to_owned)
}
