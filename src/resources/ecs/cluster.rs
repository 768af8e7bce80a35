use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ecs::types::{self, ClusterField, ClusterSettingName};
use serde_json::{Value, json};

use super::names::name_of;
use super::shapes::{CapacityProviderStrategyItem, Tag};
use super::tags;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::{Mirror, sdk};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ResourceId, Update,
    concurrently,
};

/// `AWS::ECS::Cluster`, identified by its name. `DescribeClusters` gives 100 a call.
pub struct Cluster;

/// The first cluster of an account waits for ECS's service-linked role; capacity providers attach in the background.
const ACTIVE_AFTER: Duration = Duration::from_secs(10 * 60);
/// Tasks of a deleted service stop within their stop timeout, at most two minutes, and container instances drain.
const GONE_AFTER: Duration = Duration::from_secs(20 * 60);

/// Where a configuration names keys.
const KEYS: [&str; 3] = [
    "/ExecuteCommandConfiguration/KmsKeyId",
    "/ManagedStorageConfiguration/FargateEphemeralStorageKmsKeyId",
    "/ManagedStorageConfiguration/KmsKeyId",
];

mirror! {
    struct ClusterProperties: types::Cluster {
        #[serde(rename = "Arn")]
        cluster_arn: String,
        capacity_providers: Vec<String>,
        cluster_name: String,
        #[serde(rename = "ClusterSettings")]
        settings: Vec<ClusterSetting>,
        configuration: ClusterConfiguration,
        default_capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
        service_connect_defaults: ServiceConnectDefaults,
        tags: Vec<Tag>,
    }
    struct ClusterSetting: types::ClusterSetting {
        name: String,
        value: String,
    }
    struct ClusterConfiguration: types::ClusterConfiguration {
        execute_command_configuration: ExecuteCommandConfiguration,
        managed_storage_configuration: ManagedStorageConfiguration,
    }
    struct ExecuteCommandConfiguration: types::ExecuteCommandConfiguration {
        kms_key_id: String,
        log_configuration: ExecuteCommandLogConfiguration,
        logging: String,
    }
    struct ExecuteCommandLogConfiguration: types::ExecuteCommandLogConfiguration {
        cloud_watch_encryption_enabled: bool,
        cloud_watch_log_group_name: String,
        s3_bucket_name: String,
        s3_encryption_enabled: bool,
        s3_key_prefix: String,
    }
    struct ManagedStorageConfiguration: types::ManagedStorageConfiguration {
        fargate_ephemeral_storage_kms_key_id: String,
        kms_key_id: String,
    }
    struct ServiceConnectDefaults: types::ClusterServiceConnectDefaults {
        namespace: String,
    }
}

/// How people name one.
const FORMS: &[Form] =
    &[Form::new("CLUSTER"), Form::new("arn:PARTITION:ecs:REGION:ACCOUNT:cluster/CLUSTER").giving("CLUSTER")];

/// What AWS gives a new one. Source: ECS API reference, `ExecuteCommandLogConfiguration` and `ExecuteCommandConfiguration`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/Configuration/ExecuteCommandConfiguration/LogConfiguration/CloudWatchEncryptionEnabled", "false"),
    ("/properties/Configuration/ExecuteCommandConfiguration/LogConfiguration/S3EncryptionEnabled", "false"),
];

#[async_trait]
impl Driver for Cluster {
    fn type_name(&self) -> &'static str {
        "AWS::ECS::Cluster"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["services and tasks that are no resources"]
    }

    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("ClusterName", 255))
    }

    /// The order of capacity providers means nothing, and ECS does not keep it.
    fn canonicalize(&self, properties: &mut Properties) {
        if let Some(Value::Array(names)) = properties.get_mut("CapacityProviders") {
            names.sort_by_key(|name| name.as_str().unwrap_or_default().to_owned());
        }
        if let Some(Value::Array(items)) = properties.get_mut("DefaultCapacityProviderStrategy") {
            items.sort_by_key(|item| item["CapacityProvider"].as_str().unwrap_or_default().to_owned());
        }
    }

    /// A key's id and its ARN mean the same key.
    fn align(&self, desired: &Properties, live: &mut Properties) {
        for path in KEYS {
            let pointer = |properties: &Properties| properties.get("Configuration")?.pointer(path).cloned();
            let (Some(Value::String(wanted)), Some(Value::String(found))) = (pointer(desired), pointer(live)) else {
                continue;
            };
            let is_its_arn = found.rsplit_once(":key/").is_some_and(|(_, id)| id == wanted);
            if is_its_arn && let Some(key) = live.get_mut("Configuration").and_then(|all| all.pointer_mut(path)) {
                *key = wanted.into();
            }
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let chunks = requests.chunks(100).map(|chunk| chunk.iter().map(|request| request.id.to_string()).collect());
        let found = concurrently("ECS", chunks.map(|names| describe(cx, names))).await?;
        let found: HashMap<_, _> =
            found.iter().flatten().map(|cluster| (cluster.cluster_name().unwrap_or_default(), cluster)).collect();
        let live = |request: &ReadRequest| found.get(request.id.as_str()).map(|cluster| live(cluster)).transpose();
        requests.iter().map(live).collect()
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (properties, name): (ClusterProperties, _) = (desired.typed()?, desired.text("ClusterName"));
        // CreateCluster hands out a cluster that exists already as if it had just been made.
        if describe_one(cx, name).await?.is_some() {
            return Err(AwsError::already_exists("ecs:CreateCluster", &format!("the cluster {name}")).into());
        }
        let arn = create(cx, desired, &properties).await?;
        let id = ResourceId::new(name);
        wait_until_active(cx, name).await.map_err(|error| CreateError::partial(&id, error))?;
        let outputs = json!({"Arn": arn, "ClusterName": name});
        Ok(Created { id, outputs: outputs.as_object().cloned().unwrap_or_default() })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let properties: ClusterProperties = update.desired.typed()?;
        update_settings(cx, update, &properties).await?;
        update_capacity(cx, update, properties).await?;
        tags::change(cx, update.live.text("Arn"), &update.tags).await
    }

    async fn settle(&self, cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
        wait_until_active(cx, id.as_str()).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let name = deletion.id.as_str();
        cx.wait("what runs in the cluster to be gone", GONE_AFTER)
            .retry(still_in_use, || async {
                cx.ecs().delete_cluster().cluster(name).send().await.call_optional("ecs:DeleteCluster")
            })
            .await?;
        cx.wait("the cluster to be gone", GONE_AFTER)
            .until(|| async { Ok(describe_one(cx, name).await?.is_none().then_some(())) })
            .await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let found = describe_one(cx, desired.text("ClusterName")).await?;
        let ours = found.filter(|cluster| tags::are_ours(desired, cluster.tags()));
        Ok(ours.and_then(|cluster| cluster.cluster_name().map(ResourceId::new)))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut pages = cx.ecs().list_clusters().into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(arn) = pages.next().await {
            names.push(ResourceId::new(name_of(&arn.call("ecs:ListClusters")?)));
        }
        Ok(names)
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let found = describe_one(cx, text).await?;
        Ok(found.and_then(|cluster| cluster.cluster_name().map(ResourceId::new)))
    }
}

async fn create(cx: &Context, desired: &Desired, properties: &ClusterProperties) -> Result<String, AwsError> {
    let call = cx
        .ecs()
        .create_cluster()
        .set_cluster_name(properties.cluster_name.clone())
        .set_settings(sdk(&properties.settings)?)
        .set_configuration(sdk(&properties.configuration)?)
        .set_capacity_providers(properties.capacity_providers.clone())
        .set_default_capacity_provider_strategy(sdk(&properties.default_capacity_provider_strategy)?)
        .set_service_connect_defaults(service_connect(properties)?)
        .set_tags(tags::written(desired));
    let output = cx
        .wait("the service-linked role of ECS", Duration::from_secs(2 * 60))
        .retry(
            |error| error.to_string().contains("service linked role"),
            || async { call.clone().send().await.call("ecs:CreateCluster") },
        )
        .await?;
    let arn = output.cluster().and_then(types::Cluster::cluster_arn);
    arn.map(str::to_owned).ok_or_else(|| AwsError::missing("ecs:CreateCluster", "clusterArn"))
}

/// Settings, configuration and the namespace; what was removed from the file goes back to what a new cluster has.
async fn update_settings(cx: &Context, update: &Update<'_>, properties: &ClusterProperties) -> Result<(), AwsError> {
    if !update.changes(&["ClusterSettings", "Configuration", "ServiceConnectDefaults"]) {
        return Ok(());
    }
    let mut call = cx.ecs().update_cluster().cluster(update.id.as_str());
    if update.changes(&["ClusterSettings"]) {
        let off =
            types::ClusterSetting::builder().name(ClusterSettingName::ContainerInsights).value("disabled").build();
        call = call.set_settings(sdk(&properties.settings)?.or(Some(vec![off])));
    }
    if update.changes(&["Configuration"]) {
        let none = types::ClusterConfiguration::builder().build();
        call = call.set_configuration(sdk(&properties.configuration)?.or(Some(none)));
    }
    if update.changes(&["ServiceConnectDefaults"]) {
        call = call.set_service_connect_defaults(Some(match service_connect(properties)? {
            Some(defaults) => defaults,
            None => namespace("")?,
        }));
    }
    call.send().await.call("ecs:UpdateCluster")?;
    wait_until_active(cx, update.id.as_str()).await
}

/// `PutClusterCapacityProviders` replaces both lists, so that the one that did not change is sent as it is live.
async fn update_capacity(cx: &Context, update: &Update<'_>, properties: ClusterProperties) -> Result<(), AwsError> {
    if !update.changes(&["CapacityProviders", "DefaultCapacityProviderStrategy"]) {
        return Ok(());
    }
    let live: ClusterProperties = update.live_typed()?;
    let providers = if update.changes(&["CapacityProviders"]) { properties } else { live.clone() };
    let providers = providers.capacity_providers.unwrap_or_default();
    let strategy: ClusterProperties =
        if update.changes(&["DefaultCapacityProviderStrategy"]) { update.desired.typed()? } else { live };
    let strategy = strategy.default_capacity_provider_strategy.unwrap_or_default();
    let strategy: Vec<types::CapacityProviderStrategyItem> = strategy.to_sdk()?;
    cx.wait("an earlier change of the cluster", ACTIVE_AFTER)
        .retry(still_in_use, || async {
            let call = cx.ecs().put_cluster_capacity_providers().cluster(update.id.as_str());
            let call = call.set_capacity_providers(Some(providers.clone()));
            let call = call.set_default_capacity_provider_strategy(Some(strategy.clone()));
            call.send().await.call("ecs:PutClusterCapacityProviders")
        })
        .await?;
    wait_until_active(cx, update.id.as_str()).await
}

/// True for the errors that pass when tasks have stopped or an attachment is done.
/// Source: ECS API reference, errors of `DeleteCluster` and `PutClusterCapacityProviders`.
fn still_in_use(error: &AwsError) -> bool {
    let passing = ["ClusterContains", "UpdateInProgress", "ResourceInUse"];
    passing.iter().any(|code| error.code().contains(code))
}

async fn wait_until_active(cx: &Context, name: &str) -> Result<(), AwsError> {
    cx.wait("the cluster to be active", ACTIVE_AFTER)
        .until(|| async {
            let Some(cluster) = describe_one(cx, name).await? else { return Ok(None) };
            match (cluster.status(), cluster.attachments_status()) {
                (Some("FAILED"), _) | (_, Some("UPDATE_FAILED")) => Err(AwsError::Failed {
                    what: format!("the capacity providers of the cluster {name} could not be attached"),
                    reasons: Vec::new(),
                }),
                (Some("PROVISIONING"), _) | (_, Some("UPDATE_IN_PROGRESS")) => Ok(None),
                _ => Ok(Some(())),
            }
        })
        .await
}

async fn describe_one(cx: &Context, cluster: &str) -> Result<Option<types::Cluster>, AwsError> {
    Ok(describe(cx, vec![cluster.to_owned()]).await?.into_iter().next())
}

/// The clusters that exist, of at most 100 names or ARNs. ECS answers with deleted ones too, as `INACTIVE`.
async fn describe(cx: &Context, clusters: Vec<String>) -> Result<Vec<types::Cluster>, AwsError> {
    let call = cx.ecs().describe_clusters().set_clusters(Some(clusters));
    let call = call.include(ClusterField::Tags).include(ClusterField::Settings).include(ClusterField::Configurations);
    let output = call.include(ClusterField::Attachments).send().await.call_optional("ecs:DescribeClusters")?;
    let found = output.and_then(|output| output.clusters).unwrap_or_default();
    Ok(found.into_iter().filter(|cluster| cluster.status() != Some("INACTIVE")).collect())
}

fn live(cluster: &types::Cluster) -> Result<Live, AwsError> {
    let id = ResourceId::new(cluster.cluster_name().unwrap_or_default());
    // The schema counts the namespace as write-only: ECS gives back its ARN where a name was written.
    let properties = ClusterProperties { service_connect_defaults: None, ..ClusterProperties::from_sdk(cluster) };
    Live::typed(id, &properties)
}

fn service_connect(
    properties: &ClusterProperties,
) -> Result<Option<types::ClusterServiceConnectDefaultsRequest>, AwsError> {
    let written = properties.service_connect_defaults.as_ref();
    written.map(|defaults| namespace(defaults.namespace.as_deref().unwrap_or(""))).transpose()
}

/// An empty namespace takes the default away. Source: ECS API reference, `ClusterServiceConnectDefaultsRequest`.
fn namespace(name: &str) -> Result<types::ClusterServiceConnectDefaultsRequest, AwsError> {
    let built = types::ClusterServiceConnectDefaultsRequest::builder().namespace(name).build();
    built.map_err(|error| AwsError::Invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_and_its_arn_are_no_difference() {
        let configuration = |key: &str| {
            let json = json!({"Configuration": {"ExecuteCommandConfiguration": {"KmsKeyId": key}}});
            json.as_object().cloned().unwrap()
        };
        let arn = "arn:aws:kms:us-west-2:123456789012:key/1234abcd";
        for (wanted, found, aligned) in [("1234abcd", arn, "1234abcd"), ("abcd", arn, arn), (arn, arn, arn)] {
            let mut live = configuration(found);
            Cluster.align(&configuration(wanted), &mut live);
            assert_eq!(live, configuration(aligned));
        }
    }
}
