//! A role's attached and inline policies.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::{AwsError, CallResult, Context};
use crate::resources::concurrently;

/// A policy that lives in the role.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InlinePolicy {
    pub policy_name: String,
    pub policy_document: Value,
}

/// A policy document as the API takes it; it may be written as text or as an object.
pub fn document(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A policy document as IAM gives it, URL-encoded JSON; one that does not parse stays text.
/// Source: IAM API reference, `GetRolePolicy`.
pub fn decoded(text: &str) -> Value {
    let text = percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str(&text).unwrap_or_else(|_| text.into_owned().into())
}

/// The ARNs of the attached policies; `None` where the role is gone.
pub async fn attached(cx: &Context, role: &str) -> Result<Option<Vec<String>>, AwsError> {
    let mut policies = cx.iam().list_attached_role_policies().role_name(role).into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(policy) = policies.next().await {
        let Some(policy) = policy.call_optional("iam:ListAttachedRolePolicies")? else { return Ok(None) };
        arns.extend(policy.policy_arn);
    }
    Ok(Some(arns))
}

/// The inline policies with their documents; `None` where the role is gone.
pub async fn inline(cx: &Context, role: &str) -> Result<Option<Vec<InlinePolicy>>, AwsError> {
    let Some(names) = inline_names(cx, role).await? else { return Ok(None) };
    let iam = &cx.iam();
    let calls = names.iter().map(|name| async move {
        let output = iam.get_role_policy().role_name(role).policy_name(name).send().await;
        let policy = output.call_optional("iam:GetRolePolicy")?;
        Ok(policy.map(|policy| InlinePolicy {
            policy_name: policy.policy_name,
            policy_document: decoded(&policy.policy_document),
        }))
    });
    Ok(Some(concurrently("IAM", calls).await?.into_iter().flatten().collect()))
}

async fn inline_names(cx: &Context, role: &str) -> Result<Option<Vec<String>>, AwsError> {
    let mut pages = cx.iam().list_role_policies().role_name(role).into_paginator().items().send();
    let mut names = Vec::new();
    while let Some(name) = pages.next().await {
        let Some(name) = name.call_optional("iam:ListRolePolicies")? else { return Ok(None) };
        names.push(name);
    }
    Ok(Some(names))
}

/// Attaches a managed policy.
pub async fn attach(cx: &Context, role: &str, arn: &str) -> Result<(), AwsError> {
    let call = cx.iam().attach_role_policy().role_name(role).policy_arn(arn);
    call.send().await.call("iam:AttachRolePolicy").map(drop)
}

/// Writes an inline policy, new or over one of that name.
pub async fn put_inline(cx: &Context, role: &str, policy: &InlinePolicy) -> Result<(), AwsError> {
    let call = cx.iam().put_role_policy().role_name(role).policy_name(&policy.policy_name);
    call.policy_document(document(&policy.policy_document)).send().await.call("iam:PutRolePolicy").map(drop)
}

/// Makes the attached policies exactly these. New ones come first: a role in use is never without permissions for long.
pub async fn change_attached(cx: &Context, role: &str, desired: &[String]) -> Result<(), AwsError> {
    let live: BTreeSet<String> = attached(cx, role).await?.unwrap_or_default().into_iter().collect();
    for arn in desired.iter().filter(|arn| !live.contains(*arn)) {
        attach(cx, role, arn).await?;
    }
    detach_all(cx, role, live.into_iter().filter(|arn| !desired.contains(arn))).await
}

/// Takes managed policies off a role; one that is not attached, or a role that is gone, is a success.
pub async fn detach_all(cx: &Context, role: &str, arns: impl IntoIterator<Item = String>) -> Result<(), AwsError> {
    for arn in arns {
        let call = cx.iam().detach_role_policy().role_name(role).policy_arn(arn);
        call.send().await.call_optional("iam:DetachRolePolicy")?;
    }
    Ok(())
}

/// Makes the inline policies exactly these.
pub async fn change_inline(cx: &Context, role: &str, desired: &[InlinePolicy]) -> Result<(), AwsError> {
    let live = inline_names(cx, role).await?.unwrap_or_default();
    for policy in desired {
        put_inline(cx, role, policy).await?;
    }
    let is_desired = |name: &String| desired.iter().any(|policy| policy.policy_name == *name);
    delete_all_inline(cx, role, live.into_iter().filter(|name| !is_desired(name))).await
}

/// Deletes inline policies; one that is not there, or a role that is gone, is a success.
pub async fn delete_all_inline(
    cx: &Context,
    role: &str,
    names: impl IntoIterator<Item = String>,
) -> Result<(), AwsError> {
    for name in names {
        let call = cx.iam().delete_role_policy().role_name(role).policy_name(name);
        call.send().await.call_optional("iam:DeleteRolePolicy")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_url_encoded_document_becomes_an_object() {
        let text = "%7B%22Version%22%3A%20%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        assert_eq!(decoded(text), json!({"Version": "2012-10-17", "Statement": []}));
    }

    #[test]
    fn a_plus_in_a_document_stays_a_plus() {
        assert_eq!(decoded("%7B%22Sid%22%3A%22a+b%22%7D"), json!({"Sid": "a+b"}));
    }
}
