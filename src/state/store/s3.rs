use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::response_date::ResponseDate;
use super::s3_access::{S3Access, S3Clients};
use super::{Condition, Location, ObjectVersion, PutOutcome, Store, StoreError, Stored};
use crate::aws::{AwsError, CallError, CallResult, ErrorKind};

/// State in an S3 bucket. Versions are ETags; conditions are S3's own (S3 user guide, "Conditional writes").
pub struct S3Store {
    access: S3Access,
    prefix: String,
    upload_timeouts: Option<UploadTimeouts>,
}

/// How long an attempt to write so many bytes may take.
pub type UploadTimeouts = Arc<dyn Fn(usize) -> TimeoutConfig + Send + Sync>;

/// How often a conditional write is made whose outcome stays open although its condition still holds.
const ATTEMPTS: u32 = 5;
/// The most keys that DeleteObjects takes.
const DELETE_LIMIT: usize = 1000;

impl S3Store {
    /// `region` is where to look first; the bucket may lie in another one.
    pub fn new(clients: S3Clients, region: &str, bucket: &str, prefix: &str) -> Self {
        let location = Location::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() };
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let access = S3Access::new(clients, region, bucket, location.to_string());
        Self { access, prefix, upload_timeouts: None }
    }

    /// With timeouts for writes that go by their size, in the place of the clients' own.
    pub fn with_upload_timeouts(self, timeouts: UploadTimeouts) -> Self {
        Self { upload_timeouts: Some(timeouts), ..self }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn put_once(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<ObjectVersion, AwsError> {
        let put = |client: Arc<aws_sdk_s3::Client>| async move {
            let put = client.put_object().bucket(&self.access.bucket).key(self.key(key));
            let put = match condition {
                Condition::Always => put,
                Condition::Absent => put.if_none_match("*"),
                Condition::Matches(version) => put.if_match(version.as_str()),
            };
            let put = put.content_type("application/json").body(ByteStream::from(bytes.to_vec()));
            match &self.upload_timeouts {
                None => put.send().await,
                Some(timeouts) => {
                    let timeouts = aws_sdk_s3::Config::builder().timeout_config(timeouts(bytes.len()));
                    put.customize().config_override(timeouts).send().await
                }
            }
            .call("s3:PutObject")
        };
        let output = self.access.call(put).await?;
        output.e_tag().map(ObjectVersion::new).ok_or_else(|| AwsError::missing("s3:PutObject", "ETag"))
    }

    /// What became of a conditional write that S3 answered with an error, from what the key holds now. `None`: nothing
    /// yet, and the condition still holds. A retry inside the SDK meets its own first write, a timeout says nothing,
    /// and a race can end in 409 or worse; only the content tells.
    async fn settle(
        &self,
        key: &str,
        bytes: &[u8],
        condition: &Condition,
        error: &AwsError,
    ) -> Result<Option<PutOutcome>, StoreError> {
        let unsettled = !matches!(error.kind(), ErrorKind::Denied | ErrorKind::Credentials)
            && error.code() != "NoSuchBucket"
            && *condition != Condition::Always;
        if !unsettled {
            return Err(self.access.error(error.clone()));
        }
        let Ok(current) = self.get(key).await else {
            return Err(self.access.error(error.clone()));
        };
        Ok(match current {
            Some(stored) if stored.bytes == bytes => Some(PutOutcome::Written(stored.version)),
            stored if condition.holds(stored.as_ref().map(|stored| &stored.version)) => None,
            _ => Some(PutOutcome::Conflict),
        })
    }

    async fn list_page(&self, prefix: &str, token: Option<String>) -> Result<(Vec<String>, Option<String>), AwsError> {
        let list = |client: Arc<aws_sdk_s3::Client>| {
            let token = token.clone();
            async move {
                let list = client.list_objects_v2().bucket(&self.access.bucket).prefix(self.key(prefix));
                list.set_continuation_token(token).send().await.call("s3:ListObjectsV2")
            }
        };
        let page = self.access.call(list).await?;
        let keys = page.contents().iter().filter_map(|object| object.key()?.strip_prefix(self.prefix.as_str()));
        Ok((keys.map(str::to_owned).collect(), page.next_continuation_token().map(str::to_owned)))
    }

    async fn delete_some(&self, keys: &[String]) -> Result<(), AwsError> {
        let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(self.key(key)).build());
        let objects = objects.collect::<Result<Vec<_>, _>>().map_err(invalid)?;
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build().map_err(invalid)?;
        let request = |client: Arc<aws_sdk_s3::Client>| {
            let delete = delete.clone();
            async move {
                let request = client.delete_objects().bucket(&self.access.bucket).delete(delete);
                request.send().await.call("s3:DeleteObjects")
            }
        };
        let answer = self.access.call(request).await?;
        match answer.errors().first() {
            None => Ok(()),
            Some(error) => Err(refused(error.code().unwrap_or_default(), error.message().unwrap_or_default())),
        }
    }
}

#[async_trait]
impl Store for S3Store {
    fn place(&self) -> String {
        self.access.place().to_owned()
    }

    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let date = ResponseDate::default();
        let get = |client: Arc<aws_sdk_s3::Client>| {
            let date = date.clone();
            async move {
                let get = client.get_object().bucket(&self.access.bucket).key(self.key(key));
                get.customize().interceptor(date).send().await.call("s3:GetObject")
            }
        };
        let object = match self.access.call(get).await {
            Ok(object) => object,
            Err(error) if error.code() == "NoSuchKey" => return Ok(None),
            Err(error) => return Err(self.access.error(error)),
        };
        let age = date.age(object.last_modified());
        let version = ObjectVersion::new(object.e_tag().unwrap_or_default());
        let body = object.body.collect().await.map_err(|error| self.access.error(cut_off(&error)))?;
        Ok(Some(Stored { bytes: body.to_vec(), version, age }))
    }

    async fn put(&self, key: &str, bytes: &[u8], condition: &Condition) -> Result<PutOutcome, StoreError> {
        let mut attempt = 1;
        loop {
            let error = match self.put_once(key, bytes, condition).await {
                Ok(version) => return Ok(PutOutcome::Written(version)),
                Err(error) => error,
            };
            match self.settle(key, bytes, condition, &error).await? {
                Some(outcome) => return Ok(outcome),
                None if attempt == ATTEMPTS => return Err(self.access.error(error)),
                None => tokio::time::sleep(Duration::from_millis(50 << attempt)).await,
            }
            attempt += 1;
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (mut keys, mut next) = self.list_page(prefix, None).await.map_err(|error| self.access.error(error))?;
        while let Some(token) = next {
            let page = self.list_page(prefix, Some(token)).await.map_err(|error| self.access.error(error))?;
            keys.extend(page.0);
            next = page.1;
        }
        keys.sort();
        Ok(keys)
    }

    async fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        for keys in keys.chunks(DELETE_LIMIT) {
            self.delete_some(keys).await.map_err(|error| self.access.error(error))?;
        }
        Ok(())
    }
}

fn invalid(error: impl std::fmt::Display) -> AwsError {
    AwsError::Invalid(error.to_string())
}

fn refused(code: &str, message: &str) -> AwsError {
    call_error("s3:DeleteObjects", ErrorKind::of_code(code), code, message.to_owned())
}

fn cut_off(error: &aws_sdk_s3::primitives::ByteStreamError) -> AwsError {
    call_error("s3:GetObject", ErrorKind::Network, "", DisplayErrorContext(error).to_string())
}

fn call_error(operation: &'static str, kind: ErrorKind, code: &str, message: String) -> AwsError {
    AwsError::from(Box::new(CallError { operation, kind, code: code.to_owned(), message, request_id: None }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::state::store::testing;

    #[tokio::test]
    async fn a_bucket_keeps_the_contract_of_a_store() {
        let Some(clients) = testing::s3_clients() else { return };
        let bucket = testing::new_bucket(&clients).await;
        testing::contract(Arc::new(S3Store::new(clients.clone(), "us-east-1", &bucket, "team/state"))).await;
        testing::contract(Arc::new(S3Store::new(clients, "us-east-1", &bucket, ""))).await;
    }

    #[tokio::test]
    async fn a_missing_bucket_tells_how_to_make_it() {
        let Some(clients) = testing::s3_clients() else { return };
        let store = S3Store::new(clients, "us-west-2", "no-such-bucket-here", "team");
        let read = store.get("a").await.unwrap_err().to_string();
        assert!(read.contains("infra init --state s3://no-such-bucket-here/team"), "{read}");
        let written = store.put("a", b"1", &Condition::Absent).await.unwrap_err();
        assert!(matches!(written, StoreError::NoBucket { .. }), "{written}");
    }
}
