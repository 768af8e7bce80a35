use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ecs::config::retry::RetryConfig;
use aws_sdk_ecs::operation::describe_task_definition::DescribeTaskDefinitionOutput;
use aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder;
use aws_sdk_ecs::types::{self, SortOrder, TaskDefinitionField, TaskDefinitionStatus};
use serde_json::{Value, json};

use super::names::align_name;
use super::tags;
use super::task_definition_properties::{ROLES, TaskDefinitionProperties};
use super::task_size::canonicalize;
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::lost_answer::made;
use crate::resources::mirror::Mirror;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ResourceId, Update,
    concurrently,
};

/// `AWS::ECS::TaskDefinition`: one revision of a family, identified by its ARN with the revision. A revision never
/// changes; a deregistered one (`INACTIVE`) counts as gone.
pub struct TaskDefinition;

/// How long IAM may take to spread a role that was just made.
const ROLE_IS_KNOWN_AFTER: Duration = Duration::from_secs(2 * 60);

/// How many revisions of a family are looked at for one that an interrupted registration made. Each is one call.
const NEWEST: i32 = 10;

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("FAMILY:REVISION"),
    Form::new("FAMILY"),
    Form::new("arn:PARTITION:ecs:REGION:ACCOUNT:task-definition/FAMILY:REVISION").giving("FAMILY:REVISION"),
];

/// What AWS gives a new one. Source: ECS API reference, `ContainerDefinition`, `HealthCheck` and `PortMapping`.
const DEFAULTS: &[(&str, &str)] = &[
    ("/properties/ContainerDefinitions/*/Cpu", "0"),
    ("/properties/ContainerDefinitions/*/Essential", "true"),
    ("/properties/ContainerDefinitions/*/DisableNetworking", "false"),
    ("/properties/ContainerDefinitions/*/Interactive", "false"),
    ("/properties/ContainerDefinitions/*/Privileged", "false"),
    ("/properties/ContainerDefinitions/*/PseudoTerminal", "false"),
    ("/properties/ContainerDefinitions/*/ReadonlyRootFilesystem", "false"),
    ("/properties/ContainerDefinitions/*/HealthCheck/Interval", "30"),
    ("/properties/ContainerDefinitions/*/HealthCheck/Timeout", "5"),
    ("/properties/ContainerDefinitions/*/HealthCheck/Retries", "3"),
    ("/properties/ContainerDefinitions/*/PortMappings/*/Protocol", r#""tcp""#),
    ("/properties/ContainerDefinitions/*/MountPoints/*/ReadOnly", "false"),
    ("/properties/ContainerDefinitions/*/VolumesFrom/*/ReadOnly", "false"),
    ("/properties/EnableFaultInjection", "false"),
];

#[async_trait]
impl Driver for TaskDefinition {
    fn type_name(&self) -> &'static str {
        "AWS::ECS::TaskDefinition"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::revisions("Family", 255))
    }

    /// AWS ended Elastic Inference; ECS refuses the property. Source: ECS API reference, `InferenceAccelerator`.
    fn unsupported(&self) -> &'static [&'static str] {
        &["/properties/InferenceAccelerators"]
    }

    fn canonicalize(&self, properties: &mut Properties) {
        canonicalize(properties);
    }

    fn align(&self, desired: &Properties, live: &mut Properties) {
        for property in ROLES {
            align_name(desired, live, property);
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        concurrently("ECS", requests.iter().map(|request| read(cx, &request.id))).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let call = registration(cx, desired)?;
        let id = made(cx, self, desired, || register(cx, &call)).await?;
        let outputs = json!({"TaskDefinitionArn": id});
        Ok(Created { id, outputs: outputs.as_object().cloned().unwrap_or_default() })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        tags::change(cx, update.id.as_str(), &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let arn = deletion.id.as_str();
        let call = cx.ecs().deregister_task_definition().task_definition(arn);
        match call.send().await.call_optional("ecs:DeregisterTaskDefinition") {
            // ECS answers with a general ClientException for a revision that is deregistered already.
            Err(error) if error.code() == "ClientException" => match describe(cx, arn).await? {
                Some(_) => Err(error),
                None => Ok(()),
            },
            result => result.map(drop),
        }
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        // One whose secrets nobody knows any more is told by its tags alone.
        let written = TaskDefinitionProperties::written(desired).ok();
        let registers = |definition: &types::TaskDefinition| {
            written.as_ref().map_or(Ok(true), |written| written.registers_as(definition))
        };
        let call = cx.ecs().list_task_definitions().family_prefix(desired.text("Family")).max_results(NEWEST);
        let call = call.status(TaskDefinitionStatus::Active).sort(SortOrder::Desc);
        let output = call.send().await.call_optional("ecs:ListTaskDefinitions")?;
        for arn in output.iter().flat_map(|output| output.task_definition_arns()) {
            let Some(output) = describe(cx, arn).await? else { continue };
            let Some(definition) = output.task_definition() else { continue };
            let id = ResourceId::new(arn);
            let taken = desired.held.contains(&id);
            if !taken && tags::are_ours(desired, output.tags()) && registers(definition)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let call = cx.ecs().list_task_definitions().status(TaskDefinitionStatus::Active);
        let mut pages = call.into_paginator().items().send();
        let mut arns = Vec::new();
        while let Some(arn) = pages.next().await {
            arns.push(ResourceId::new(arn.call("ecs:ListTaskDefinitions")?));
        }
        Ok(arns)
    }

    /// A family means its newest revision.
    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let found = describe(cx, text).await?;
        let arn = found.and_then(|output| output.task_definition.and_then(|definition| definition.task_definition_arn));
        Ok(arn.map(ResourceId::new))
    }
}

fn registration(cx: &Context, desired: &Desired) -> Result<RegisterTaskDefinitionFluentBuilder, AwsError> {
    let written = TaskDefinitionProperties::written(desired)?;
    let definition: types::TaskDefinition = written.to_sdk()?;
    Ok(cx
        .ecs()
        .register_task_definition()
        .set_container_definitions(definition.container_definitions)
        .set_cpu(definition.cpu)
        .set_enable_fault_injection(definition.enable_fault_injection)
        .set_ephemeral_storage(definition.ephemeral_storage)
        .set_execution_role_arn(text_of(desired, "ExecutionRoleArn"))
        .set_family(definition.family)
        .set_ipc_mode(definition.ipc_mode)
        .set_memory(definition.memory)
        .set_network_mode(definition.network_mode)
        .set_pid_mode(definition.pid_mode)
        .set_placement_constraints(definition.placement_constraints)
        .set_proxy_configuration(definition.proxy_configuration)
        .set_requires_compatibilities(definition.requires_compatibilities)
        .set_runtime_platform(definition.runtime_platform)
        .set_tags(tags::written(desired))
        .set_task_role_arn(text_of(desired, "TaskRoleArn"))
        .set_volumes(definition.volumes))
}

/// Sent once: every call makes a revision.
async fn register(cx: &Context, call: &RegisterTaskDefinitionFluentBuilder) -> Result<ResourceId, AwsError> {
    let once = || aws_sdk_ecs::config::Builder::new().retry_config(RetryConfig::disabled());
    let send = || async {
        let call = call.clone().customize().config_override(once());
        call.send().await.call("ecs:RegisterTaskDefinition")
    };
    let role_is_young = |error: &AwsError| role_is_unknown(error) && cx.young().has("AWS::IAM::");
    let passes = |error: &AwsError| role_is_young(error) || error.kind() == ErrorKind::Throttled;
    let output = cx.wait("IAM to spread the role", ROLE_IS_KNOWN_AFTER).retry(passes, send).await?;
    let arn = output.task_definition.and_then(|definition| definition.task_definition_arn);
    arn.map(ResourceId::new).ok_or_else(|| AwsError::missing("ecs:RegisterTaskDefinition", "taskDefinitionArn"))
}

/// As it was written: a role with a path, or of another account, is known by its ARN only.
fn text_of(desired: &Desired, property: &str) -> Option<String> {
    desired.properties.get(property).and_then(Value::as_str).map(str::to_owned)
}

fn role_is_unknown(error: &AwsError) -> bool {
    error.code() == "ClientException" && error.to_string().contains("ole is not valid")
}

async fn read(cx: &Context, id: &ResourceId) -> Result<Option<Live>, AwsError> {
    let Some(output) = describe(cx, id.as_str()).await? else { return Ok(None) };
    let Some(definition) = output.task_definition() else { return Ok(None) };
    let mut live = Live::typed(id.clone(), &TaskDefinitionProperties::from_sdk(definition))?;
    live.properties.insert("Tags".into(), tags::to_json(output.tags()));
    Ok(Some(live))
}

/// An active revision; ECS has no error code of its own for one that never was.
async fn describe(cx: &Context, definition: &str) -> Result<Option<DescribeTaskDefinitionOutput>, AwsError> {
    let call = cx.ecs().describe_task_definition().task_definition(definition).include(TaskDefinitionField::Tags);
    let output = match call.send().await.call_optional("ecs:DescribeTaskDefinition") {
        Err(error) if error.to_string().contains("Unable to describe task definition") => None,
        result => result?,
    };
    let is_active = |output: &DescribeTaskDefinitionOutput| {
        output.task_definition().and_then(types::TaskDefinition::status) == Some(&TaskDefinitionStatus::Active)
    };
    Ok(output.filter(is_active))
}
