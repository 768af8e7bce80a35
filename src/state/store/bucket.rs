use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration,
    ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};

use super::bucket_policy::tls_only;
use super::bucket_report::{BucketReport, BucketSetting, SettingOutcome};
use super::s3_access::{S3Access, S3Clients, bucket_region};
use super::{Location, StoreError};
use crate::aws::{AwsError, CallResult};

/// Makes a bucket fit to hold state, or completes one that exists: versioned, encrypted, private, TLS only. Asking again
/// changes nothing.
///
/// # Errors
/// The name is taken by another account, a permission is missing, or AWS cannot be reached.
pub async fn prepare_bucket(clients: &S3Clients, region: &str, bucket: &str) -> Result<BucketReport, StoreError> {
    let place = Location::S3 { bucket: bucket.to_owned(), prefix: String::new() }.to_string();
    let access = S3Access::new(Arc::clone(clients), region, bucket, place);
    Preparation::run(clients, region, bucket).await.map_err(|error| access.error(error))
}

struct Preparation {
    client: Arc<Client>,
    bucket: String,
    region: String,
}

impl Preparation {
    async fn run(clients: &S3Clients, region: &str, bucket: &str) -> Result<BucketReport, AwsError> {
        let client = clients(region);
        let found = bucket_region(&client, bucket).await;
        let existed = found.is_some();
        let region = found.unwrap_or_else(|| region.to_owned());
        let this = Self { client: clients(&region), bucket: bucket.to_owned(), region };
        let made = if existed && this.reachable().await? { SettingOutcome::AlreadySo } else { this.create().await? };
        let mut settings = vec![
            (BucketSetting::Bucket, made),
            (BucketSetting::PublicAccessBlock, this.block_public_access().await?),
            (BucketSetting::Versioning, this.enable_versioning().await?),
            (BucketSetting::Encryption, this.encrypt().await?),
            (BucketSetting::TlsOnly, this.require_tls().await?),
        ];
        if made == SettingOutcome::Done {
            settings.push((BucketSetting::OldVersions, this.expire_old_versions().await?));
        }
        Ok(BucketReport { bucket: this.bucket, region: this.region, settings })
    }

    async fn reachable(&self) -> Result<bool, AwsError> {
        let head = self.client.head_bucket().bucket(&self.bucket).send().await;
        Ok(head.call_optional("s3:HeadBucket")?.is_some())
    }

    /// us-east-1 is the one region that must not be named (S3 API, "CreateBucket").
    async fn create(&self) -> Result<SettingOutcome, AwsError> {
        let place = (self.region != "us-east-1").then(|| {
            let region = BucketLocationConstraint::from(self.region.as_str());
            CreateBucketConfiguration::builder().location_constraint(region).build()
        });
        let create = self.client.create_bucket().bucket(&self.bucket).set_create_bucket_configuration(place);
        match create.send().await.call("s3:CreateBucket") {
            Ok(_) => Ok(SettingOutcome::Done),
            Err(error) if error.code() == "BucketAlreadyOwnedByYou" => Ok(SettingOutcome::AlreadySo),
            Err(error) => Err(error),
        }
    }

    async fn block_public_access(&self) -> Result<SettingOutcome, AwsError> {
        let wanted = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let read = self.client.get_public_access_block().bucket(&self.bucket).send().await;
        let current = read.call_optional("s3:GetBucketPublicAccessBlock")?;
        if current.is_some_and(|current| current.public_access_block_configuration() == Some(&wanted)) {
            return Ok(SettingOutcome::AlreadySo);
        }
        let put = self.client.put_public_access_block().bucket(&self.bucket);
        put.public_access_block_configuration(wanted).send().await.call("s3:PutBucketPublicAccessBlock")?;
        Ok(SettingOutcome::Done)
    }

    /// Enabling twice is harmless, so a bucket that does not tell is written to.
    async fn enable_versioning(&self) -> Result<SettingOutcome, AwsError> {
        let read = self.client.get_bucket_versioning().bucket(&self.bucket).send().await;
        if read.is_ok_and(|current| current.status() == Some(&BucketVersioningStatus::Enabled)) {
            return Ok(SettingOutcome::AlreadySo);
        }
        let wanted = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let put = self.client.put_bucket_versioning().bucket(&self.bucket).versioning_configuration(wanted);
        put.send().await.call("s3:PutBucketVersioning")?;
        Ok(SettingOutcome::Done)
    }

    /// AWS encrypts every new bucket with SSE-S3; what is there, KMS included, stays.
    async fn encrypt(&self) -> Result<SettingOutcome, AwsError> {
        let read = self.client.get_bucket_encryption().bucket(&self.bucket).send().await;
        if read.call_optional("s3:GetEncryptionConfiguration")?.is_some() {
            return Ok(SettingOutcome::AlreadySo);
        }
        let default = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256);
        let default = default.build().map_err(invalid)?;
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let wanted = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(invalid)?;
        let put = self.client.put_bucket_encryption().bucket(&self.bucket);
        let put = put.server_side_encryption_configuration(wanted);
        put.send().await.call("s3:PutEncryptionConfiguration")?;
        Ok(SettingOutcome::Done)
    }

    async fn require_tls(&self) -> Result<SettingOutcome, AwsError> {
        let read = self.client.get_bucket_policy().bucket(&self.bucket).send().await;
        let current = read.call_optional("s3:GetBucketPolicy")?;
        let current = current.as_ref().and_then(|current| current.policy());
        let Some(policy) = tls_only(&self.bucket, &self.region, current).map_err(invalid)? else {
            return Ok(SettingOutcome::AlreadySo);
        };
        let put = self.client.put_bucket_policy().bucket(&self.bucket).policy(policy);
        put.send().await.call("s3:PutBucketPolicy")?;
        Ok(SettingOutcome::Done)
    }

    async fn expire_old_versions(&self) -> Result<SettingOutcome, AwsError> {
        let rule = LifecycleRule::builder()
            .id("infra-state-old-versions")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .noncurrent_version_expiration(NoncurrentVersionExpiration::builder().noncurrent_days(90).build())
            .expiration(LifecycleExpiration::builder().expired_object_delete_marker(true).build());
        let rules = BucketLifecycleConfiguration::builder().rules(rule.build().map_err(invalid)?);
        let put = self.client.put_bucket_lifecycle_configuration().bucket(&self.bucket);
        let put = put.lifecycle_configuration(rules.build().map_err(invalid)?);
        put.send().await.call("s3:PutLifecycleConfiguration")?;
        Ok(SettingOutcome::Done)
    }
}

fn invalid(error: impl std::fmt::Display) -> AwsError {
    AwsError::Invalid(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::store::testing;

    #[tokio::test]
    async fn a_bucket_is_made_once_and_then_left_alone() {
        let Some(clients) = testing::s3_clients() else { return };
        let bucket = format!("init-{}", uuid::Uuid::new_v4().simple());
        let first = prepare_bucket(&clients, "eu-central-1", &bucket).await.unwrap();
        assert_eq!(first.region, "eu-central-1");
        assert_eq!(first.settings.len(), 6);
        assert_eq!(first.settings[0], (BucketSetting::Bucket, SettingOutcome::Done));
        let second = prepare_bucket(&clients, "eu-central-1", &bucket).await.unwrap();
        // moto answers GetBucketVersioning with a root element that the SDK refuses, so there it is written again.
        let mut told = second.settings.iter().filter(|(setting, _)| *setting != BucketSetting::Versioning);
        assert!(told.all(|(_, outcome)| *outcome == SettingOutcome::AlreadySo), "{second:?}");
    }

    #[tokio::test]
    async fn a_bare_bucket_is_completed() {
        let Some(clients) = testing::s3_clients() else { return };
        let bucket = format!("bare-{}", uuid::Uuid::new_v4().simple());
        clients("us-east-1").create_bucket().bucket(&bucket).send().await.unwrap();
        let report = prepare_bucket(&clients, "us-east-1", &bucket).await.unwrap();
        assert_eq!(report.settings[0], (BucketSetting::Bucket, SettingOutcome::AlreadySo));
        assert!(report.settings.contains(&(BucketSetting::Versioning, SettingOutcome::Done)), "{report:?}");
        assert!(report.settings.contains(&(BucketSetting::TlsOnly, SettingOutcome::Done)), "{report:?}");
    }
}
