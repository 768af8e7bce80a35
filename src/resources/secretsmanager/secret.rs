use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types;
use serde::Deserialize;
use serde_json::{Value, json};

use super::generate::GenerateSecretString;
use super::replicas::{self, ReplicaRegion};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::sdk;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ReservedNames,
    ResourceId, Update, concurrently, tags,
};

/// `AWS::SecretsManager::Secret`, identified by its ARN; a call each. The value itself is never read.
pub struct Secret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SecretProperties {
    name: Option<String>,
    description: Option<String>,
    generate_secret_string: Option<GenerateSecretString>,
    kms_key_id: Option<String>,
    replica_regions: Option<Vec<ReplicaRegion>>,
    secret_string: Option<String>,
    tags: Option<Vec<Tag>>,
    r#type: Option<String>,
}

mirror! {
    struct Tag: types::Tag {
        key: String,
        value: String,
    }
}

/// The key that a secret has when nobody names one; Secrets Manager does not give it back.
/// Source: Secrets Manager API reference, `DescribeSecret`.
const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

/// A forced deletion is asynchronous. Source: Secrets Manager API reference, `DeleteSecret`.
const GONE_WITHIN: Duration = Duration::from_secs(120);

/// A client token has at least 32 characters. Source: Secrets Manager API reference, `CreateSecret`.
const TOKEN_LENGTH: usize = 32;

/// How people name one.
const FORMS: &[Form] = &[Form::new("NAME"), Form::new("arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME")];

/// What AWS gives a new one. Source: Secrets Manager API reference, `ReplicaRegionType`.
const DEFAULTS: &[(&str, &str)] = &[("/properties/ReplicaRegions/*/KmsKeyId", r#""alias/aws/secretsmanager""#)];

#[async_trait]
impl Driver for Secret {
    fn type_name(&self) -> &'static str {
        "AWS::SecretsManager::Secret"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["resource policy", "rotation"]
    }

    /// A name that ends in a hyphen and six characters is taken for the end of an ARN. Source: Secrets Manager API
    /// reference, `CreateSecret`, `Name`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("Name", 512).avoiding(ReservedNames { tail: Some(6), ..ReservedNames::NONE }))
    }

    fn stateful(&self) -> bool {
        true
    }

    /// Secrets Manager leaves out its own key, and names one for copies whose key nobody wrote.
    fn align(&self, desired: &Properties, live: &mut Properties) {
        if desired.get("KmsKeyId").and_then(Value::as_str) == Some(DEFAULT_KEY) {
            live.entry("KmsKeyId").or_insert_with(|| DEFAULT_KEY.into());
        }
        let written = desired.get("ReplicaRegions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let replicas = live.get_mut("ReplicaRegions").and_then(Value::as_array_mut);
        for replica in replicas.into_iter().flatten().filter_map(Value::as_object_mut) {
            let same = |wanted: &&Value| wanted.get("Region") == replica.get("Region");
            if written.iter().find(same).is_some_and(|wanted| wanted.get("KmsKeyId").is_none()) {
                replica.remove("KmsKeyId");
            }
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        concurrently(
            "SecretsManager",
            requests.iter().map(|request| async {
                let secret = describe(cx, request.id.as_str()).await?;
                Ok(secret.filter(|secret| secret.deleted_date().is_none()).as_ref().and_then(live))
            }),
        )
        .await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: SecretProperties = desired.typed()?;
        let value = properties.value(cx).await?;
        let arn = match create(cx, &properties, desired, value.clone()).await {
            Err(error) if error.to_string().contains("scheduled for deletion") => {
                take_over(cx, &properties, desired, value, error).await?
            }
            arn => arn?,
        };
        let id = ResourceId::new(&arn);
        if properties.replica_regions.iter().flatten().next().is_some() {
            replicas::await_sync(cx, &arn).await.map_err(|error| CreateError::partial(&id, error))?;
        }
        let outputs = json!({"Id": arn, "Name": properties.name});
        Ok(Created { outputs: Live::of(id.clone(), outputs).properties, id })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let (arn, properties): (_, SecretProperties) = (update.id.as_str(), update.desired.typed()?);
        let value_changed = update.changes(&["SecretString", "GenerateSecretString"]);
        let value = if value_changed { properties.value(cx).await? } else { None };
        if value.is_some() || update.changes(&["Description", "KmsKeyId", "Type"]) {
            // An empty text takes the description out, and the key back to the default.
            let cleared =
                |name: &str, text: &Option<String>| update.changes(&[name]).then(|| text.clone().unwrap_or_default());
            let call = cx.secrets().update_secret().secret_id(arn).set_secret_string(value);
            let call = call.set_description(cleared("Description", &properties.description));
            let call = call.set_kms_key_id(cleared("KmsKeyId", &properties.kms_key_id));
            let call = call.set_type(properties.r#type.clone().filter(|_| update.changes(&["Type"])));
            call.send().await.call("secretsmanager:UpdateSecret")?;
        }
        if update.changes(&["ReplicaRegions"]) {
            let live = described_replicas(cx, arn).await?;
            replicas::change(cx, arn, &live, properties.replica_regions.as_deref().unwrap_or_default()).await?;
        }
        put_tags(cx, arn, &update.tags.set_as(tag), &update.tags.remove).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let arn = deletion.id.as_str();
        let Some(secret) = describe(cx, arn).await? else { return Ok(()) };
        if secret.deleted_date().is_some() && !deletion.force {
            return Ok(());
        }
        let copies: Vec<_> = secret.replication_status().iter().map(ReplicaRegion::of).collect();
        replicas::remove(cx, arn, &copies.iter().collect::<Vec<_>>()).await?;
        let call = cx.secrets().delete_secret().secret_id(arn);
        let call = call.set_force_delete_without_recovery(deletion.force.then_some(true));
        call.send().await.call_optional("secretsmanager:DeleteSecret")?;
        if deletion.force { await_gone(cx, arn).await } else { Ok(()) }
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let secret = describe(cx, desired.text("Name")).await?;
        let ours = secret.filter(|secret| secret.deleted_date().is_none() && owned(secret, desired));
        Ok(ours.and_then(|secret| secret.arn).map(ResourceId::new))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut pages = cx.secrets().list_secrets().max_results(100).into_paginator().send();
        let mut ids = Vec::new();
        while let Some(page) = pages.next().await {
            let secrets = page.call("secretsmanager:ListSecrets")?.secret_list.unwrap_or_default();
            ids.extend(secrets.into_iter().filter_map(|secret| secret.arn).map(ResourceId::new));
        }
        Ok(ids)
    }
}

impl SecretProperties {
    /// The value to store, written or generated; a secret may have none.
    async fn value(&self, cx: &Context) -> Result<Option<String>, AwsError> {
        match (&self.secret_string, &self.generate_secret_string) {
            (Some(_), Some(_)) => {
                Err(AwsError::Invalid("SecretString and GenerateSecretString exclude each other".into()))
            }
            (Some(text), None) => Ok(Some(text.clone())),
            (None, Some(generate)) => generate.generate(cx).await.map(Some),
            (None, None) => Ok(None),
        }
    }
}

async fn create(
    cx: &Context,
    properties: &SecretProperties,
    desired: &Desired,
    value: Option<String>,
) -> Result<String, AwsError> {
    let call = assign!(cx.secrets().create_secret(), properties, name, description, kms_key_id, tags);
    let call = call.set_add_replica_regions(sdk(&properties.replica_regions)?).set_secret_string(value);
    let call = call.set_type(properties.r#type.clone());
    let token = format!("{:0<TOKEN_LENGTH$}", desired.token);
    let output = call.client_request_token(token).send().await.call("secretsmanager:CreateSecret")?;
    output.arn.ok_or_else(|| AwsError::missing("secretsmanager:CreateSecret", "ARN"))
}

/// The name belongs to a secret that waits for its deletion: ours comes back with the new value, another's is left alone,
/// and one that is being deleted for good makes way within moments.
async fn take_over(
    cx: &Context,
    properties: &SecretProperties,
    desired: &Desired,
    value: Option<String>,
    refusal: AwsError,
) -> Result<String, AwsError> {
    let name = desired.text("Name");
    match describe(cx, name).await? {
        Some(secret) if owned(&secret, desired) => restore(cx, &secret, properties, desired, value).await,
        Some(secret) => Err(AwsError::Failed {
            what: format!("the name {name} belongs to a secret that is scheduled for deletion"),
            reasons: vec![
                format!("{} does not carry this resource's tags, so it is not restored", secret.arn().unwrap_or(name)),
                "restore it and import it, delete it without recovery, or choose another Name".into(),
                refusal.to_string(),
            ],
        }),
        None => {
            let wait = cx.wait("the name of a deleted secret to be free again", GONE_WITHIN);
            let passes = |error: &AwsError| error.to_string().contains("scheduled for deletion");
            wait.retry(passes, || create(cx, properties, desired, value.clone())).await
        }
    }
}

async fn restore(
    cx: &Context,
    secret: &DescribeSecretOutput,
    properties: &SecretProperties,
    desired: &Desired,
    value: Option<String>,
) -> Result<String, AwsError> {
    let arn = secret.arn().ok_or_else(|| AwsError::missing("secretsmanager:DescribeSecret", "ARN"))?;
    cx.secrets().restore_secret().secret_id(arn).send().await.call("secretsmanager:RestoreSecret")?;
    let call = cx.secrets().update_secret().secret_id(arn).set_secret_string(value);
    let call = call.description(properties.description.clone().unwrap_or_default());
    let call = call.kms_key_id(properties.kms_key_id.clone().unwrap_or_default()).set_type(properties.r#type.clone());
    call.send().await.call("secretsmanager:UpdateSecret")?;
    put_tags(cx, arn, &tags::as_sdk(desired.properties.get("Tags"), tag), &[]).await?;
    let live: Vec<_> = secret.replication_status().iter().map(ReplicaRegion::of).collect();
    replicas::change(cx, arn, &live, properties.replica_regions.as_deref().unwrap_or_default()).await?;
    Ok(arn.to_owned())
}

/// The secret by ARN or name, one that is scheduled for deletion too.
async fn describe(cx: &Context, id: &str) -> Result<Option<DescribeSecretOutput>, AwsError> {
    cx.secrets().describe_secret().secret_id(id).send().await.call_optional("secretsmanager:DescribeSecret")
}

async fn described_replicas(cx: &Context, arn: &str) -> Result<Vec<ReplicaRegion>, AwsError> {
    let secret = describe(cx, arn).await?;
    Ok(secret.iter().flat_map(|secret| secret.replication_status()).map(ReplicaRegion::of).collect())
}

fn live(secret: &DescribeSecretOutput) -> Option<Live> {
    let replicas: Vec<_> = secret.replication_status().iter().map(ReplicaRegion::of).collect();
    let properties = json!({
        "Id": secret.arn(),
        "Name": secret.name(),
        "Description": secret.description().filter(|text| !text.is_empty()),
        "KmsKeyId": secret.kms_key_id(),
        "ReplicaRegions": replicas,
        "Type": secret.r#type(),
        "Tags": tags::to_json(secret.tags().iter().map(|tag| (tag.key(), tag.value()))),
    });
    secret.arn().map(|arn| Live::of(ResourceId::new(arn), properties))
}

fn owned(secret: &DescribeSecretOutput, desired: &Desired) -> bool {
    desired.ownership.owns(secret.tags().iter().filter_map(|tag| Some((tag.key()?, tag.value()?))))
}

fn tag(key: &str, value: &str) -> types::Tag {
    types::Tag::builder().key(key).value(value).build()
}

async fn put_tags(cx: &Context, arn: &str, set: &[types::Tag], remove: &[String]) -> Result<(), AwsError> {
    let secrets = cx.secrets();
    if !set.is_empty() {
        let call = secrets.tag_resource().secret_id(arn).set_tags(Some(set.to_vec()));
        call.send().await.call("secretsmanager:TagResource")?;
    }
    if !remove.is_empty() {
        let call = secrets.untag_resource().secret_id(arn).set_tag_keys(Some(remove.to_vec()));
        call.send().await.call("secretsmanager:UntagResource")?;
    }
    Ok(())
}

async fn await_gone(cx: &Context, arn: &str) -> Result<(), AwsError> {
    let ask = || async { Ok(describe(cx, arn).await?.is_none().then_some(())) };
    cx.wait("the secret to be gone", GONE_WITHIN).until(ask).await
}
