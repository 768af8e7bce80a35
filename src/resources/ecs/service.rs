use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ecs::types;
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::names::{align_name, name_of};
use super::service_properties::ServiceProperties;
use super::service_reading::{describe, describe_any, describe_one};
use super::tags;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Part, Properties, ReadRequest, ResourceId,
    Uniqueness, Update, concurrently,
};

/// `AWS::ECS::Service`, identified by its ARN and its cluster's. `DescribeServices` gives ten of a cluster a call.
///
/// Create and update return when the deployment that they started has succeeded.
pub struct Service;

/// Tasks stop within their stop timeout once the load balancer has let go of them, at most an hour by its attribute.
const GONE_AFTER: Duration = Duration::from_secs(30 * 60);
/// How long IAM and Elastic Load Balancing may take to spread what was just made.
const SPREAD_AFTER: Duration = Duration::from_secs(2 * 60);

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("CLUSTER/SERVICE"),
    Form::new("arn:PARTITION:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE").giving("CLUSTER/SERVICE"),
    Form::new("arn:PARTITION:ecs:REGION:ACCOUNT:service/SERVICE").giving("SERVICE"),
    Form::new(
        "arn:PARTITION:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE|arn:PARTITION:ecs:REGION:ACCOUNT:cluster/CLUSTER",
    )
    .giving("CLUSTER/SERVICE"),
    Form::new("arn:PARTITION:ecs:REGION:ACCOUNT:service/SERVICE|arn:PARTITION:ecs:REGION:ACCOUNT:cluster/CLUSTER")
        .giving("CLUSTER/SERVICE"),
    Form::new("SERVICE"),
];

/// What AWS gives a new one. Source: ECS API reference, `CreateService` and `DeploymentConfiguration`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/DeploymentConfiguration/MaximumPercent", "200"),
    ("/properties/DeploymentConfiguration/MinimumHealthyPercent", "100"),
    ("/properties/DeploymentConfiguration/Strategy", r#""ROLLING""#),
    ("/properties/DeploymentConfiguration/DeploymentCircuitBreaker/Enable", "false"),
    ("/properties/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback", "false"),
    ("/properties/DeploymentConfiguration/BakeTimeInMinutes", "0"),
    ("/properties/DeploymentController/Type", r#""ECS""#),
    ("/properties/EnableECSManagedTags", "false"),
    ("/properties/EnableExecuteCommand", "false"),
    ("/properties/HealthCheckGracePeriodSeconds", "0"),
    ("/properties/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp", r#""DISABLED""#),
    ("/properties/PropagateTags", r#""NONE""#),
    ("/properties/SchedulingStrategy", r#""REPLICA""#),
];

#[async_trait]
impl Driver for Service {
    fn type_name(&self) -> &'static str {
        "AWS::ECS::Service"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// The role that ECS uses by itself.
    fn redundant(&self, live: &Properties) -> Vec<&'static str> {
        let role = live.get("Role").and_then(serde_json::Value::as_str).unwrap_or_default();
        if role.contains("/aws-service-role/") { vec!["Role"] } else { Vec::new() }
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["scaling policies"]
    }

    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("ServiceName", 255))
    }

    /// A name counts in its cluster.
    fn unique_by(&self) -> Option<Uniqueness> {
        let cluster = Part::of(["Cluster"]).or("default").with_form(|_, cluster| name_of(cluster).to_owned());
        Some(Uniqueness::by([cluster, Part::of(["ServiceName"])]))
    }

    /// ECS takes names and answers with ARNs. A family without a revision means whichever of its revisions runs.
    fn align(&self, desired: &Properties, live: &mut Properties) {
        for property in ["Cluster", "Role", "TaskDefinition"] {
            align_name(desired, live, property);
        }
        if let (Some(Value::String(family)), Some(Value::String(found))) =
            (desired.get("TaskDefinition"), live.get_mut("TaskDefinition"))
            && family_of(found) == family
        {
            found.clone_from(family);
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let mut clusters: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for request in requests {
            clusters.entry(request.id.part(1)).or_default().push(request.id.part(0).to_owned());
        }
        let mut calls = Vec::new();
        for (cluster, arns) in clusters {
            calls.extend(arns.chunks(10).map(|chunk| describe(cx, cluster, chunk.to_vec())));
        }
        let found = concurrently("ECS", calls).await?;
        let found: HashMap<_, _> =
            found.iter().flatten().map(|service| (service.service_arn().unwrap_or_default(), service)).collect();
        let live = |request: &ReadRequest| {
            let service = found.get(request.id.part(0));
            service.map(|service| Live::typed(request.id.clone(), &ServiceProperties::from_sdk(service))).transpose()
        };
        requests.iter().map(live).collect()
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let service = create(cx, desired).await?;
        let id = id_of(&service);
        if let Some(deployment) = Deployment::started(&id, &service) {
            deployment.settle(cx).await.map_err(|error| CreateError::partial(&id, error))?;
        }
        let outputs = json!({"ServiceArn": id.part(0), "Name": service.service_name(), "Cluster": id.part(1)});
        Ok(Created { id, outputs: outputs.as_object().cloned().unwrap_or_default() })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        if !update.tags.is_empty() {
            tags::change(cx, update.id.part(0), &update.tags).await?;
        }
        if update.changed.is_empty() {
            return Ok(());
        }
        let call = cx.ecs().update_service().cluster(update.id.part(1)).service(update.id.part(0));
        let call = ServiceProperties::fill_update(call, update)?;
        let output = cx
            .wait("what the service needs to be known everywhere", SPREAD_AFTER)
            .retry(|error| may_pass(cx, error), || async { call.clone().send().await.call("ecs:UpdateService") })
            .await?;
        let service = output.service().ok_or_else(|| AwsError::missing("ecs:UpdateService", "service"))?;
        match Deployment::started(update.id, service) {
            Some(deployment) => deployment.settle(cx).await,
            None => Ok(()),
        }
    }

    async fn settle(&self, cx: &Context, id: &ResourceId) -> Result<(), AwsError> {
        let service = describe_one(cx, id).await?;
        match service.and_then(|service| Deployment::started(id, &service)) {
            Some(deployment) => deployment.settle(cx).await,
            None => Ok(()),
        }
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (arn, cluster) = (deletion.id.part(0), deletion.id.part(1));
        // With `force` ECS takes the count to 0 itself, and a service whose task definition is gone is deleted too.
        let call = cx.ecs().delete_service().cluster(cluster).service(arn).force(true);
        cx.wait("the service's deployment to stop", SPREAD_AFTER)
            .retry(
                |error| error.to_string().contains("while deployments are active"),
                || async { call.clone().send().await.call_optional("ecs:DeleteService") },
            )
            .await?;
        cx.wait("the service's tasks to stop", GONE_AFTER)
            .quiet()
            .until(|| async {
                let Some(service) = describe_any(cx, deletion.id).await? else { return Ok(Some(())) };
                cx.progress(&format!("{} tasks still running", service.running_count()));
                Ok(None)
            })
            .await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let cluster = match desired.text("Cluster") {
            "" => "default",
            cluster => cluster,
        };
        let found = describe(cx, cluster, vec![desired.text("ServiceName").to_owned()]).await?;
        Ok(found.iter().find(|service| tags::are_ours(desired, service.tags())).map(id_of))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let clusters = clusters(cx).await?;
        Ok(concurrently("ECS", clusters.into_iter().map(|cluster| list(cx, cluster))).await?.concat())
    }

    /// `cluster/service`, or a service's name that only one cluster has.
    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let Some((cluster, name)) = text.split_once('/') else { return only_one(cx, text).await };
        Ok(describe(cx, cluster, vec![name.to_owned()]).await?.first().map(id_of))
    }
}

/// The ARNs of all clusters.
async fn clusters(cx: &Context) -> Result<Vec<String>, AwsError> {
    let mut pages = cx.ecs().list_clusters().into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(arn) = pages.next().await {
        arns.push(arn.call("ecs:ListClusters")?);
    }
    Ok(arns)
}

/// The service of that name, whichever cluster has it.
async fn only_one(cx: &Context, name: &str) -> Result<Option<ResourceId>, AwsError> {
    let clusters = clusters(cx).await?;
    let calls = clusters.iter().map(|cluster| describe(cx, cluster, vec![name.to_owned()]));
    let found: Vec<ResourceId> = concurrently("ECS", calls).await?.iter().flatten().map(id_of).collect();
    match found.as_slice() {
        [] => Ok(None),
        [id] => Ok(Some(id.clone())),
        several => {
            let clusters: Vec<&str> = several.iter().map(|id| id.part(1)).collect();
            let message =
                format!("several services are named {name}, in {}: write CLUSTER/{name}", clusters.join(", "));
            Err(AwsError::Invalid(message))
        }
    }
}

async fn create(cx: &Context, desired: &Desired) -> Result<types::Service, AwsError> {
    let properties: ServiceProperties = desired.typed()?;
    let call = cx.ecs().create_service().client_token(desired.token.as_str()).set_tags(tags::written(desired));
    let call = properties.fill_create(call)?;
    let output = cx
        .wait("what the service needs to be known everywhere", SPREAD_AFTER)
        .retry(|error| may_pass(cx, error), || async { call.clone().send().await.call("ecs:CreateService") })
        .await?;
    output.service.ok_or_else(|| AwsError::missing("ecs:CreateService", "service"))
}

/// Errors that pass once an earlier service of the same name has drained, or ECS has its role in a new account.
const PASSING: [&str; 2] = ["service linked role", "still Draining"];

/// Errors that pass once objects of a type that were made a moment ago are known everywhere.
const SPREADING: [(&str, &str); 3] = [
    ("ClusterNotFoundException", "AWS::ECS::"),
    ("does not have an associated load balancer", "AWS::ElasticLoadBalancingV2::"),
    ("verify that the ECS service role being passed has the proper permissions", "AWS::IAM::"),
];

fn may_pass(cx: &Context, error: &AwsError) -> bool {
    let text = error.to_string();
    let spreading = |(told, types): &(&str, &str)| text.contains(told) && cx.young().has(types);
    PASSING.iter().any(|told| text.contains(told)) || SPREADING.iter().any(spreading)
}

/// `api` of `arn:aws:ecs:us-west-2:123456789012:task-definition/api:7`.
fn family_of(definition: &str) -> &str {
    let revision = definition.rsplit('/').next().unwrap_or(definition);
    revision.split(':').next().unwrap_or(revision)
}

fn id_of(service: &types::Service) -> ResourceId {
    ResourceId::joined(&[service.service_arn().unwrap_or_default(), service.cluster_arn().unwrap_or_default()])
}

async fn list(cx: &Context, cluster: String) -> Result<Vec<ResourceId>, AwsError> {
    let call = cx.ecs().list_services().cluster(&cluster).max_results(100);
    let mut arns = call.into_paginator().items().send();
    let mut ids = Vec::new();
    while let Some(arn) = arns.next().await {
        ids.push(ResourceId::joined(&[&arn.call("ecs:ListServices")?, &cluster]));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_alone_means_any_of_its_revisions() {
        let definition = |text: &str| json!({"TaskDefinition": text}).as_object().cloned().unwrap();
        for (wanted, found, aligned) in
            [("api", "7", "api"), ("api:6", "7", "7"), ("api:7", "7", "api:7"), ("web", "7", "7")]
        {
            let arn = |revision: &str| format!("arn:aws:ecs:us-west-2:123456789012:task-definition/api:{revision}");
            let aligned = if aligned == "7" { arn(aligned) } else { aligned.to_owned() };
            let mut live = definition(&arn(found));
            Service.align(&definition(wanted), &mut live);
            assert_eq!(live, definition(&aligned));
        }
    }
}
