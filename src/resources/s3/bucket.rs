use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::operation::create_bucket::builders::CreateBucketFluentBuilder;
use aws_sdk_s3::types::{BucketLocationConstraint, BucketNamespace, CreateBucketConfiguration};
use serde_json::{Value, json};

use super::access_control::AccessControl;
use super::configuration::{self, Configuration, is_gone};
use super::{empty, lifecycle, notification, outputs, tags};
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::lost_answer::made;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Part, Properties, ReadRequest,
    ReservedNames, ResourceId, Uniqueness, Update, concurrently, tags as pairs,
};

/// `AWS::S3::Bucket`, identified by its name. S3 gives each configuration by a call of its own: as many calls a bucket as
/// properties are wanted, and one where none is.
pub struct Bucket;

/// A bucket that was just made, or deleted under the same name, is not known everywhere at once; and S3 refuses a second
/// configuration while it still works on the first.
const KNOWN_AFTER: Duration = Duration::from_secs(2 * 60);
/// The one region whose buckets have no location, and where making a bucket again is no error.
const FIRST_REGION: &str = "us-east-1";
const LOCK: &str = "ObjectLockConfiguration";
const ACL: &str = "AccessControl";

/// Source: S3 user guide, "General purpose bucket naming rules".
const RESERVED: ReservedNames = ReservedNames {
    beginnings: &["xn--", "sthree-", "amzn-s3-demo-"],
    endings: &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"],
    ..ReservedNames::NONE
};

/// How people name one.
const FORMS: &[Form] =
    &[Form::new("NAME"), Form::new("s3://NAME").giving("NAME"), Form::new("arn:PARTITION:s3:::NAME").giving("NAME")];

/// What AWS gives a new one. Source: S3 user guide, "Default settings for new S3 buckets FAQ"; S3 API reference, `PutBucketLifecycleConfiguration`.
const DEFAULTS: &[(&str, &str)] = &[
    (
        "/properties/BucketEncryption",
        r#"{"ServerSideEncryptionConfiguration":[{"BucketKeyEnabled":false,"ServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}"#,
    ),
    ("/properties/LifecycleConfiguration/TransitionDefaultMinimumObjectSize", r#""all_storage_classes_128K""#),
    ("/properties/NotificationConfiguration/EventBridgeConfiguration/EventBridgeEnabled", "false"),
    ("/properties/ObjectLockEnabled", "false"),
    ("/properties/OwnershipControls", r#"{"Rules":[{"ObjectOwnership":"BucketOwnerEnforced"}]}"#),
    (
        "/properties/PublicAccessBlockConfiguration",
        r#"{"BlockPublicAcls":true,"BlockPublicPolicy":true,"IgnorePublicAcls":true,"RestrictPublicBuckets":true}"#,
    ),
];

#[async_trait]
impl Driver for Bucket {
    fn type_name(&self) -> &'static str {
        "AWS::S3::Bucket"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["policy", "analytics", "inventories", "metrics", "tiering", "replication"]
    }

    fn usual_at_first(&self) -> &'static [&'static str] {
        &[
            "AccelerateConfiguration",
            "CorsConfiguration",
            "LifecycleConfiguration",
            "LoggingConfiguration",
            "NotificationConfiguration",
            "ObjectLockConfiguration",
            "ObjectLockEnabled",
            "VersioningConfiguration",
            "WebsiteConfiguration",
        ]
    }

    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::lowercase("BucketName", 63).avoiding(RESERVED))
    }

    /// Bucket names are global. Source: S3 user guide, "General purpose bucket naming rules".
    fn unique_by(&self) -> Option<Uniqueness> {
        Some(Uniqueness::by([Part::of(["BucketName"])]).in_all_regions())
    }

    fn stateful(&self) -> bool {
        true
    }

    /// `AbacStatus` turns off the tagging calls that ownership rests on. `BucketNamePrefix` asks CloudFormation to make up
    /// a name, which we do ourselves. `MetadataTableConfiguration` is refused for new buckets in favour of
    /// `MetadataConfiguration`, whose tables live in S3 Tables. Analytics, inventories, metrics, tiering and replication
    /// are lists of objects of their own, each with its own set of calls, which Cloud Control reaches.
    fn unsupported(&self) -> &'static [&'static str] {
        &[
            "/properties/AbacStatus",
            "/properties/AnalyticsConfigurations",
            "/properties/BucketNamePrefix",
            "/properties/IntelligentTieringConfigurations",
            "/properties/InventoryConfigurations",
            "/properties/MetadataConfiguration",
            "/properties/MetadataTableConfiguration",
            "/properties/MetricsConfigurations",
            "/properties/ReplicationConfiguration",
        ]
    }

    fn canonicalize(&self, properties: &mut Properties) {
        if let Some(written) = properties.get_mut("LifecycleConfiguration") {
            lifecycle::canonicalize(written);
        }
        if let Some(written) = properties.get_mut("NotificationConfiguration") {
            notification::canonicalize(written);
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        concurrently(
            "S3",
            requests.iter().map(|request| async move {
                match read(cx, request).await {
                    Err(error) if is_gone(&error) => Ok(None),
                    result => result.map(Some),
                }
            }),
        )
        .await
    }

    /// In us-east-1, a bucket that the account has already is handed out as if it had just been made, and elsewhere a create
    /// may be cut off before its tags are there.
    async fn ensure_free(&self, cx: &Context, desired: &Desired) -> Result<(), AwsError> {
        let name = desired.text("BucketName");
        let stranger = |what: &str| Err(AwsError::stranger("s3:CreateBucket", &format!("the bucket {name}{what}")));
        match tags_of(cx, name).await {
            Ok(Some(tags)) if !is_ours(desired, &tags) => stranger(""),
            Err(error) if error.code() == "PermanentRedirect" => stranger(", in another region,"),
            result => result.map(drop),
        }
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let name = desired.text("BucketName");
        if cx.region() == FIRST_REGION && exists(cx, name).await? {
            return Err(AwsError::already_exists("s3:CreateBucket", &format!("the bucket {name}")).into());
        }
        let call = creation(cx, desired)?;
        let id = made(cx, self, desired, || create(cx, &call, name)).await?;
        configure(cx, desired).await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { outputs: outputs::of(cx, name), id })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let (bucket, desired) = (update.id.as_str(), &update.desired.properties);
        for configuration in in_order(desired) {
            let property = configuration.property();
            let locks = property == LOCK && update.changes(&["ObjectLockEnabled"]);
            if update.changes(&[property]) || locks {
                set(cx, bucket, configuration, wanted(property, desired)?).await?;
            }
        }
        tags::change(cx, bucket, &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let bucket = deletion.id.as_str();
        match delete(cx, bucket).await {
            Err(error) if error.code() == "BucketNotEmpty" && deletion.force => {
                // Objects may still come in while the bucket is emptied.
                cx.wait("the bucket to be empty", KNOWN_AFTER)
                    .retry(
                        |error| error.code() == "BucketNotEmpty",
                        || async {
                            empty::empty(cx, bucket).await?;
                            delete(cx, bucket).await
                        },
                    )
                    .await
            }
            Err(error) if error.code() == "BucketNotEmpty" => Err(AwsError::Failed {
                what: format!(
                    "the bucket {bucket} holds {} objects and versions: empty it, or name the resource in the command \
                     to have them deleted",
                    empty::count(cx, bucket).await?,
                ),
                reasons: Vec::new(),
            }),
            result => result,
        }
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let bucket = desired.text("BucketName");
        let Some(found) = tags_of(cx, bucket).await? else { return Ok(None) };
        // Where S3 drops the tags that a bucket is made with, an interrupted create leaves it without any and empty.
        let is_ours = if found.is_empty() { empty::is_empty(cx, bucket).await? } else { is_ours(desired, &found) };
        Ok(is_ours.then(|| ResourceId::new(bucket)))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let call = cx.s3().list_buckets().bucket_region(cx.region()).max_buckets(1000);
        let mut pages = call.into_paginator().send();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.call("s3:ListAllMyBuckets")?;
            names.extend(page.buckets().iter().filter_map(|bucket| bucket.name().map(ResourceId::new)));
        }
        Ok(names)
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        Ok(exists(cx, text).await?.then(|| ResourceId::new(text)))
    }
}

/// The tags of a bucket of this account; `None` where there is none.
async fn tags_of(cx: &Context, bucket: &str) -> Result<Option<BTreeMap<String, String>>, AwsError> {
    match tags::read(cx, bucket).await {
        // Names are global: the bucket is somebody else's.
        Err(error) if is_gone(&error) || error.kind() == ErrorKind::Denied => Ok(None),
        result => result.map(Some),
    }
}

fn is_ours(desired: &Desired, tags: &BTreeMap<String, String>) -> bool {
    desired.ownership.owns(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

async fn read(cx: &Context, request: &ReadRequest) -> Result<Live, AwsError> {
    let bucket = request.id.as_str();
    let wanted: Vec<&dyn Configuration> = configuration::ALL
        .into_iter()
        .filter(|one| request.wants(one.property()) || (one.property() == LOCK && request.wants("ObjectLockEnabled")))
        .collect();
    let mut properties = outputs::of(cx, bucket);
    if wanted.is_empty() && !request.wants("Tags") {
        cx.s3().head_bucket().bucket(bucket).send().await.call("s3:ListBucket")?;
    }
    let found = concurrently("S3", wanted.iter().map(|one| one.get(cx, bucket))).await?;
    for (one, found) in wanted.iter().zip(found) {
        if one.property() == LOCK {
            properties.insert("ObjectLockEnabled".into(), found.is_some().into());
        }
        if let Some(found) = found {
            properties.insert(one.property().into(), found);
        }
    }
    if request.wants("Tags") {
        let tags = tags::read(cx, bucket).await?;
        let found = tags.iter().map(|(key, value)| (Some(key.as_str()), Some(value.as_str())));
        properties.insert("Tags".into(), pairs::to_json(found));
    }
    Ok(Live::new(request.id.clone(), properties))
}

fn creation(cx: &Context, desired: &Desired) -> Result<CreateBucketFluentBuilder, AwsError> {
    let location = (cx.region() != FIRST_REGION).then(|| BucketLocationConstraint::from(cx.region()));
    let tags = tags::to_sdk(&pairs::from_json(desired.properties.get("Tags")))?;
    let made = CreateBucketConfiguration::builder().set_location_constraint(location);
    let made = made.set_tags((!tags.is_empty()).then_some(tags)).build();
    let has_lock = desired.properties.get("ObjectLockEnabled").and_then(Value::as_bool);
    let namespace = Some(desired.text("BucketNamespace")).filter(|text| !text.is_empty());
    let call = cx.s3().create_bucket().bucket(desired.text("BucketName")).create_bucket_configuration(made);
    let call = call.set_bucket_namespace(namespace.map(BucketNamespace::from));
    Ok(call.set_object_lock_enabled_for_bucket(has_lock))
}

/// Sent once: a second call would be refused, as the bucket is ours already.
async fn create(cx: &Context, call: &CreateBucketFluentBuilder, bucket: &str) -> Result<ResourceId, AwsError> {
    let once = || aws_sdk_s3::config::Builder::new().retry_config(RetryConfig::disabled());
    let send = || async { call.clone().customize().config_override(once()).send().await.call("s3:CreateBucket") };
    let passes = |error: &AwsError| error.code() == "OperationAborted" || error.kind() == ErrorKind::Throttled;
    cx.wait("the name of a deleted bucket to be free again", KNOWN_AFTER).retry(passes, send).await?;
    Ok(ResourceId::new(bucket))
}

/// Everything that `CreateBucket` does not take, and the tags once more: not every S3 takes them there.
async fn configure(cx: &Context, desired: &Desired) -> Result<(), AwsError> {
    let (bucket, properties) = (desired.text("BucketName"), &desired.properties);
    let written = pairs::from_json(properties.get("Tags"));
    if !written.is_empty() {
        cx.wait("the new bucket to be known everywhere", KNOWN_AFTER)
            .retry(passes, || tags::replace(cx, bucket, &written))
            .await?;
    }
    for configuration in configuration::ALL {
        let written = properties.get(configuration.property());
        if let Some(written) = written.filter(|written| !configuration.is_default(written)) {
            set(cx, bucket, configuration, Some(written.clone())).await?;
        }
    }
    Ok(())
}

/// S3 turns ACLs off only where the bucket's is private already. Source: S3 API reference, `PutBucketOwnershipControls`,
/// `InvalidBucketAclWithObjectOwnership`.
fn in_order(desired: &Properties) -> Vec<&'static dyn Configuration> {
    let mut all = configuration::ALL.to_vec();
    if desired.get(ACL).is_none_or(|written| AccessControl.is_default(written)) {
        all.sort_by_key(|configuration| configuration.property() != ACL);
    }
    all
}

/// What a configuration is to become; `None` takes it away.
fn wanted(property: &str, desired: &Properties) -> Result<Option<Value>, AwsError> {
    let written = desired.get(property).cloned();
    let locked = desired.get("ObjectLockEnabled").and_then(Value::as_bool);
    match (property, written) {
        (LOCK, None) if locked == Some(false) => {
            Err(AwsError::Invalid("ObjectLockEnabled cannot be turned off again".to_owned()))
        }
        (LOCK, None) if locked == Some(true) => Ok(Some(json!({}))),
        (_, written) => Ok(written),
    }
}

async fn set(
    cx: &Context,
    bucket: &str,
    configuration: &dyn Configuration,
    wanted: Option<Value>,
) -> Result<(), AwsError> {
    let call = || async {
        match &wanted {
            Some(written) => configuration.put(cx, bucket, written).await,
            None => configuration.clear(cx, bucket).await,
        }
    };
    cx.wait("the bucket to take its configuration", KNOWN_AFTER).retry(passes, call).await
}

fn passes(error: &AwsError) -> bool {
    matches!(error.code(), "NoSuchBucket" | "OperationAborted")
}

async fn exists(cx: &Context, bucket: &str) -> Result<bool, AwsError> {
    Ok(cx.s3().head_bucket().bucket(bucket).send().await.call_optional("s3:ListBucket")?.is_some())
}

async fn delete(cx: &Context, bucket: &str) -> Result<(), AwsError> {
    cx.s3().delete_bucket().bucket(bucket).send().await.call_optional("s3:DeleteBucket").map(drop)
}
