use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::types;
use serde::Deserialize;
use serde_json::{Value, json};

use super::log_group_policies as policies;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::sdk;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ReservedNames,
    ResourceId, Update, concurrently, tags,
};

/// `AWS::Logs::LogGroup`, identified by its name. One call reads 50; tags and policies cost a call each, where wanted.
pub struct LogGroup;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct LogGroupProperties {
    log_group_name: Option<String>,
    bearer_token_authentication_enabled: Option<bool>,
    data_protection_policy: Option<Value>,
    deletion_protection_enabled: Option<bool>,
    field_index_policies: Option<Vec<Value>>,
    kms_key_id: Option<String>,
    log_group_class: Option<String>,
    resource_policy_document: Option<Value>,
    retention_in_days: Option<i32>,
    tags: Option<Value>,
}

/// Source: CloudWatch Logs API reference, `DescribeLogGroups`, `logGroupIdentifiers`.
const GROUPS_A_CALL: usize = 50;

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("NAME"),
    Form::new("arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME").giving("NAME"),
    Form::new("arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME:*").giving("NAME"),
];

#[async_trait]
impl Driver for LogGroup {
    fn type_name(&self) -> &'static str {
        "AWS::Logs::LogGroup"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["metric and subscription filters"]
    }

    fn usual_at_first(&self) -> &'static [&'static str] {
        &[
            "BearerTokenAuthenticationEnabled",
            "DataProtectionPolicy",
            "DeletionProtectionEnabled",
            "FieldIndexPolicies",
            "KmsKeyId",
            "ResourcePolicyDocument",
            "RetentionInDays",
        ]
    }

    /// Source: CloudWatch Logs API reference, `CreateLogGroup`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule::new("LogGroupName", 512).avoiding(ReservedNames::beginning(&["aws/"])))
    }

    fn stateful(&self) -> bool {
        true
    }

    fn canonicalize(&self, properties: &mut Properties) {
        for name in ["DataProtectionPolicy", "ResourcePolicyDocument"] {
            if let Some(document) = properties.get_mut(name) {
                policies::parse(document);
            }
        }
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let chunks = requests.chunks(GROUPS_A_CALL).map(|chunk| describe(cx, chunk));
        let groups: HashMap<String, types::LogGroup> =
            concurrently("Logs", chunks).await?.into_iter().flatten().collect();
        concurrently(
            "Logs",
            requests.iter().map(|request| async {
                match groups.get(request.id.as_str()) {
                    Some(group) => complete(cx, request, group).await,
                    None => Ok(None),
                }
            }),
        )
        .await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: LogGroupProperties = desired.typed()?;
        let name = properties.log_group_name.clone().unwrap_or_default();
        let tags = tags::from_json(properties.tags.as_ref());
        let call = cx.logs().create_log_group().log_group_name(&name).set_kms_key_id(properties.kms_key_id.clone());
        let call = call.set_log_group_class(sdk(&properties.log_group_class)?);
        let call = call.set_deletion_protection_enabled(properties.deletion_protection_enabled);
        let call = call.set_tags(Some(tags.into_iter().collect()).filter(|tags: &HashMap<_, _>| !tags.is_empty()));
        call.send().await.call("logs:CreateLogGroup")?;
        let id = ResourceId::new(&name);
        let written = |property: &str| desired.properties.contains_key(property);
        configure(cx, &name, &properties, written).await.map_err(|error| CreateError::partial(&id, error))?;
        let outputs = json!({"LogGroupName": name, "Arn": format!("{}:*", policies::arn(cx, &name))});
        Ok(Created { outputs: Live::of(id.clone(), outputs).properties, id })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let (name, properties): (_, LogGroupProperties) = (update.id.as_str(), update.desired.typed()?);
        if update.changes(&["DeletionProtectionEnabled"]) {
            protect(cx, name, properties.deletion_protection_enabled.unwrap_or(false)).await?;
        }
        if update.changes(&["KmsKeyId"]) {
            put_key(cx, name, properties.kms_key_id.as_deref()).await?;
        }
        configure(cx, name, &properties, |property| update.changes(&[property])).await?;
        put_tags(cx, update).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (logs, name) = (cx.logs(), deletion.id.as_str());
        let protected = match deletion.live {
            Some(live) => live.properties.get("DeletionProtectionEnabled") == Some(&true.into()),
            None => describe(cx, &[ReadRequest::all(deletion.id.clone())])
                .await?
                .iter()
                .any(|(_, group)| is_protected(group)),
        };
        if protected {
            let call = logs.put_log_group_deletion_protection().log_group_identifier(name);
            let call = call.deletion_protection_enabled(false);
            call.send().await.call_optional("logs:PutLogGroupDeletionProtection")?;
        }
        logs.delete_log_group().log_group_name(name).send().await.call_optional("logs:DeleteLogGroup").map(drop)
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let id = ResourceId::new(desired.text("LogGroupName"));
        let request = ReadRequest::all(id.clone());
        if describe(cx, &[request]).await?.is_empty() {
            return Ok(None);
        }
        let tags = read_tags(cx, id.as_str()).await?.unwrap_or_default();
        let owned = desired.ownership.owns(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        Ok(owned.then_some(id))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut groups = cx.logs().describe_log_groups().into_paginator().items().send();
        let mut ids = Vec::new();
        while let Some(group) = groups.next().await {
            ids.extend(group.call("logs:DescribeLogGroups")?.log_group_name.map(ResourceId::new));
        }
        Ok(ids)
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let id = ResourceId::new(text);
        Ok(describe(cx, &[ReadRequest::all(id.clone())]).await?.first().map(|_| id))
    }
}

/// The groups by name; one that is gone is absent.
async fn describe(cx: &Context, requests: &[ReadRequest]) -> Result<Vec<(String, types::LogGroup)>, AwsError> {
    let names: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
    let call = cx.logs().describe_log_groups().set_log_group_identifiers(Some(names.clone()));
    let mut groups = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(group) = groups.next().await {
        let Some(group) = group.call_optional("logs:DescribeLogGroups")? else { break };
        let name = group.log_group_name().unwrap_or_default().to_owned();
        if names.contains(&name) {
            found.push((name, group));
        }
    }
    Ok(found)
}

/// Adds what costs a call each. A group that vanished meanwhile is `None`.
async fn complete(cx: &Context, request: &ReadRequest, group: &types::LogGroup) -> Result<Option<Live>, AwsError> {
    let name = request.id.as_str();
    let mut live = Live::of(request.id.clone(), group_json(group));
    let mut insert = |property: &str, value: Option<Value>| {
        live.properties.extend(value.map(|value| (property.to_owned(), value)));
    };
    if request.wants("DataProtectionPolicy") && group.data_protection_status().is_some() {
        insert("DataProtectionPolicy", policies::data_protection(cx, name).await?);
    }
    // Only the standard class has indexes. Source: CloudWatch Logs user guide, "Log classes".
    let standard = group.log_group_class().is_none_or(|class| *class == types::LogGroupClass::Standard);
    if standard && request.wants("FieldIndexPolicies") {
        insert("FieldIndexPolicies", policies::field_index(cx, name).await?);
    }
    if request.wants("ResourcePolicyDocument") {
        let policy = policies::resource(cx, name).await?;
        insert("ResourcePolicyDocument", policy.and_then(|policy| policy.policy_document).map(policies::parsed));
    }
    if request.wants("Tags") {
        let Some(tags) = read_tags(cx, name).await? else { return Ok(None) };
        let tags = tags.iter().map(|(key, value)| (Some(key.as_str()), Some(value.as_str())));
        insert("Tags", Some(tags::to_json(tags)));
    }
    Ok(Some(live))
}

fn group_json(group: &types::LogGroup) -> Value {
    json!({
        "LogGroupName": group.log_group_name(),
        "Arn": group.arn(),
        "BearerTokenAuthenticationEnabled": group.bearer_token_authentication_enabled().unwrap_or(false),
        "DeletionProtectionEnabled": is_protected(group),
        "KmsKeyId": group.kms_key_id(),
        "LogGroupClass": group.log_group_class().map_or("STANDARD", types::LogGroupClass::as_str),
        "RetentionInDays": group.retention_in_days(),
    })
}

fn is_protected(group: &types::LogGroup) -> bool {
    group.deletion_protection_enabled().unwrap_or(false)
}

async fn read_tags(cx: &Context, name: &str) -> Result<Option<BTreeMap<String, String>>, AwsError> {
    let call = cx.logs().list_tags_for_resource().resource_arn(policies::arn(cx, name));
    let output = call.send().await.call_optional("logs:ListTagsForResource")?;
    Ok(output.map(|output| output.tags.unwrap_or_default().into_iter().collect()))
}

/// Sets what has calls of its own, for creation and update alike.
async fn configure(
    cx: &Context,
    name: &str,
    properties: &LogGroupProperties,
    changes: impl Fn(&str) -> bool,
) -> Result<(), AwsError> {
    if changes("RetentionInDays") {
        put_retention(cx, name, properties.retention_in_days).await?;
    }
    if changes("DataProtectionPolicy") {
        policies::put_data_protection(cx, name, properties.data_protection_policy.as_ref()).await?;
    }
    if changes("FieldIndexPolicies") {
        policies::put_field_index(cx, name, properties.field_index_policies.as_deref().unwrap_or_default()).await?;
    }
    if changes("ResourcePolicyDocument") {
        policies::put_resource(cx, name, properties.resource_policy_document.as_ref()).await?;
    }
    if changes("BearerTokenAuthenticationEnabled") {
        let enabled = properties.bearer_token_authentication_enabled.unwrap_or(false);
        let call = cx.logs().put_bearer_token_authentication().log_group_identifier(name);
        let call = call.bearer_token_authentication_enabled(enabled);
        call.send().await.call("logs:PutBearerTokenAuthentication")?;
    }
    Ok(())
}

async fn put_retention(cx: &Context, name: &str, days: Option<i32>) -> Result<(), AwsError> {
    let logs = cx.logs();
    let Some(days) = days else {
        return logs
            .delete_retention_policy()
            .log_group_name(name)
            .send()
            .await
            .call("logs:DeleteRetentionPolicy")
            .map(drop);
    };
    let call = logs.put_retention_policy().log_group_name(name).retention_in_days(days);
    call.send().await.call("logs:PutRetentionPolicy").map(drop)
}

async fn protect(cx: &Context, name: &str, enabled: bool) -> Result<(), AwsError> {
    let call = cx.logs().put_log_group_deletion_protection().log_group_identifier(name);
    let call = call.deletion_protection_enabled(enabled);
    call.send().await.call("logs:PutLogGroupDeletionProtection").map(drop)
}

async fn put_key(cx: &Context, name: &str, key: Option<&str>) -> Result<(), AwsError> {
    let logs = cx.logs();
    let Some(key) = key else {
        return logs.disassociate_kms_key().log_group_name(name).send().await.call("logs:DisassociateKmsKey").map(drop);
    };
    let call = logs.associate_kms_key().log_group_name(name).kms_key_id(key);
    call.send().await.call("logs:AssociateKmsKey").map(drop)
}

async fn put_tags(cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
    let (logs, arn) = (cx.logs(), policies::arn(cx, update.id.as_str()));
    if !update.tags.set.is_empty() {
        let set = update.tags.set.clone().into_iter().collect();
        logs.tag_resource().resource_arn(&arn).set_tags(Some(set)).send().await.call("logs:TagResource")?;
    }
    if !update.tags.remove.is_empty() {
        let call = logs.untag_resource().resource_arn(&arn).set_tag_keys(Some(update.tags.remove.clone()));
        call.send().await.call("logs:UntagResource")?;
    }
    Ok(())
}
