//! The three kinds of policy that a log group can have.

use aws_sdk_cloudwatchlogs::types::{IndexSource, PolicyScope, ResourcePolicy};
use serde_json::{Value, json};

use crate::aws::{AwsError, CallResult, Context};

/// The name that a group's resource policy gets; AWS keeps one a group.
const RESOURCE_POLICY_NAME: &str = "infra";

/// A group's ARN as the API takes it, without the `:*` that the schema's `Arn` ends with.
pub fn arn(cx: &Context, name: &str) -> String {
    format!("arn:{}:logs:{}:{}:log-group:{name}", cx.partition(), cx.region(), cx.account())
}

/// Documents may be written as text; the canonical form is the object.
pub fn parse(document: &mut Value) {
    if let Some(text) = document.as_str() {
        *document = parsed(text.to_owned());
    }
}

/// A document's text as an object; one that does not parse stays text.
pub fn parsed(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or_else(|_| text.into())
}

fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}

pub async fn data_protection(cx: &Context, group: &str) -> Result<Option<Value>, AwsError> {
    let call = cx.logs().get_data_protection_policy().log_group_identifier(group);
    let output = call.send().await.call_optional("logs:GetDataProtectionPolicy")?;
    Ok(output.and_then(|output| output.policy_document).map(parsed))
}

pub async fn put_data_protection(cx: &Context, group: &str, policy: Option<&Value>) -> Result<(), AwsError> {
    let logs = cx.logs();
    let Some(policy) = policy else {
        let call = logs.delete_data_protection_policy().log_group_identifier(group);
        return call.send().await.call_optional("logs:DeleteDataProtectionPolicy").map(drop);
    };
    let call = logs.put_data_protection_policy().log_group_identifier(group).policy_document(text(policy));
    call.send().await.call("logs:PutDataProtectionPolicy").map(drop)
}

/// The group's own index policy as the schema's list; one that the account's policy brings is not the group's.
pub async fn field_index(cx: &Context, group: &str) -> Result<Option<Value>, AwsError> {
    let call = cx.logs().describe_index_policies().log_group_identifiers(group);
    let output = call.send().await.call_optional("logs:DescribeIndexPolicies")?;
    let policies = output.and_then(|output| output.index_policies).unwrap_or_default();
    let own = policies.into_iter().filter(|policy| policy.source() != Some(&IndexSource::Account));
    let documents: Vec<Value> = own.filter_map(|policy| policy.policy_document).map(parsed).collect();
    Ok((!documents.is_empty()).then(|| json!(documents)))
}

pub async fn put_field_index(cx: &Context, group: &str, policies: &[Value]) -> Result<(), AwsError> {
    let logs = cx.logs();
    match policies {
        [] => {
            let call = logs.delete_index_policy().log_group_identifier(group);
            call.send().await.call_optional("logs:DeleteIndexPolicy").map(drop)
        }
        [policy] => {
            let call = logs.put_index_policy().log_group_identifier(group).policy_document(text(policy));
            call.send().await.call("logs:PutIndexPolicy").map(drop)
        }
        _ => Err(AwsError::Invalid("FieldIndexPolicies: CloudWatch Logs takes one policy a log group".into())),
    }
}

/// The policy that is attached to the group itself.
pub async fn resource(cx: &Context, group: &str) -> Result<Option<ResourcePolicy>, AwsError> {
    let call = cx.logs().describe_resource_policies().resource_arn(arn(cx, group));
    let output =
        call.policy_scope(PolicyScope::Resource).send().await.call_optional("logs:DescribeResourcePolicies")?;
    let arn = arn(cx, group);
    let policies = output.and_then(|output| output.resource_policies).unwrap_or_default();
    Ok(policies.into_iter().find(|policy| policy.resource_arn() == Some(&arn)))
}

/// Writes or removes the group's resource policy. A change must name the revision that it replaces.
/// Source: CloudWatch Logs API reference, `PutResourcePolicy`.
pub async fn put_resource(cx: &Context, group: &str, policy: Option<&Value>) -> Result<(), AwsError> {
    let (logs, live) = (cx.logs(), resource(cx, group).await?);
    let revision = live.as_ref().and_then(|live| live.revision_id.clone());
    let name = live.as_ref().and_then(|live| live.policy_name.clone());
    let Some(policy) = policy else {
        let Some(name) = name else { return Ok(()) };
        let call = logs.delete_resource_policy().policy_name(name).resource_arn(arn(cx, group));
        let call = call.set_expected_revision_id(revision);
        return call.send().await.call_optional("logs:DeleteResourcePolicy").map(drop);
    };
    let call = logs.put_resource_policy().policy_name(name.unwrap_or_else(|| RESOURCE_POLICY_NAME.into()));
    let call = call.policy_document(text(policy)).resource_arn(arn(cx, group)).set_expected_revision_id(revision);
    call.send().await.call("logs:PutResourcePolicy").map(drop)
}
