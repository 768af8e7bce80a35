use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_iam::types;
use serde::Deserialize;
use serde_json::{Value, json};

use super::role_policies::{self, InlinePolicy, document};
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::mirror::{Mirror, sdk};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Part, Properties, ReadRequest,
    ReservedNames, ResourceId, Uniqueness, Update, concurrently, tags,
};

/// `AWS::IAM::Role`, identified by its name. IAM gives roles one by one: a call each, one more for attached policies and
/// one plus one a policy for inline ones, where those are wanted.
pub struct Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RoleProperties {
    role_name: Option<String>,
    path: Option<String>,
    description: Option<String>,
    assume_role_policy_document: Value,
    max_session_duration: Option<i32>,
    permissions_boundary: Option<String>,
    managed_policy_arns: Option<Vec<String>>,
    policies: Option<Vec<InlinePolicy>>,
    tags: Option<Vec<Tag>>,
}

mirror! {
    struct Tag: types::Tag {
        key: String,
        value: String,
    }
}

/// One hour. Source: IAM API reference, `CreateRole`.
const MAX_SESSION_DURATION: i32 = 3600;

/// A principal made a moment ago is not known everywhere yet. Source: IAM user guide, "Changes that I make are not always
/// immediately visible".
const PRINCIPAL_IS_KNOWN_AFTER: Duration = Duration::from_secs(120);

/// What was taken off a role a moment ago may still count.
const IS_FREE_AFTER: Duration = Duration::from_secs(60);

/// How people name one.
const FORMS: &[Form] = &[Form::new("NAME"), Form::new("arn:PARTITION:iam::ACCOUNT:role/NAME").giving("NAME")];

/// What AWS gives a new one. Source: IAM API reference, `CreateRole`.
const DEFAULTS: &[(&str, &str)] = &[("/properties/MaxSessionDuration", "3600")];

#[async_trait]
impl Driver for Role {
    fn type_name(&self) -> &'static str {
        "AWS::IAM::Role"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn defaults(&self) -> &'static [(&'static str, &'static str)] {
        DEFAULTS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["instance profiles"]
    }

    fn usual_at_first(&self) -> &'static [&'static str] {
        &["Description", "ManagedPolicyArns", "MaxSessionDuration", "PermissionsBoundary", "Policies"]
    }

    /// Roles that begin with `AWS` are those of services and of IAM Identity Center. Source: IAM user guide, "Create a
    /// service-linked role".
    fn name_rule(&self) -> Option<NameRule> {
        Some(NameRule {
            ignores_case: true,
            ..NameRule::new("RoleName", 64).avoiding(ReservedNames::beginning(&["aws"]))
        })
    }

    fn canonicalize(&self, properties: &mut Properties) {
        if let Some(document) = properties.get_mut("AssumeRolePolicyDocument") {
            parse_document(document);
        }
        let policies = properties.get_mut("Policies").and_then(Value::as_array_mut);
        for document in policies.into_iter().flatten().filter_map(|policy| policy.get_mut("PolicyDocument")) {
            parse_document(document);
        }
    }

    /// Roles have no region, and names that differ in case alone are one. Source: IAM API reference, `CreateRole`.
    fn unique_by(&self) -> Option<Uniqueness> {
        Some(Uniqueness::by([Part::of(["RoleName"]).ignoring_case()]).in_all_regions())
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        concurrently("IAM", requests.iter().map(|request| read(cx, request))).await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: RoleProperties = desired.typed()?;
        let (name, trust) = (properties.role_name.clone(), document(&properties.assume_role_policy_document));
        let (boundary, tags) = (&properties.permissions_boundary, sdk(&properties.tags)?);
        let call = || {
            let call = cx.iam().create_role().set_role_name(name.clone()).assume_role_policy_document(&trust);
            let call = call.set_path(properties.path.clone()).set_description(properties.description.clone());
            let call = call.set_max_session_duration(properties.max_session_duration);
            let call = call.set_permissions_boundary(boundary.clone()).set_tags(tags.clone());
            async { call.send().await.call("iam:CreateRole") }
        };
        let output = await_principal(cx, call).await?;
        let role = output.role().ok_or_else(|| AwsError::missing("iam:CreateRole", "Role"))?;
        let id = ResourceId::new(role.role_name());
        let policies = async {
            for arn in properties.managed_policy_arns.iter().flatten() {
                role_policies::attach(cx, id.as_str(), arn).await?;
            }
            for policy in properties.policies.iter().flatten() {
                role_policies::put_inline(cx, id.as_str(), policy).await?;
            }
            Ok(())
        };
        policies.await.map_err(|error| CreateError::partial(&id, error))?;
        let outputs = json!({"RoleName": role.role_name(), "Arn": role.arn(), "RoleId": role.role_id()});
        Ok(Created { outputs: Live::of(id.clone(), outputs).properties, id })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let properties: RoleProperties = update.desired.typed()?;
        if update.changes(&["AssumeRolePolicyDocument"]) {
            put_trust(cx, update.id.as_str(), &document(&properties.assume_role_policy_document)).await?;
        }
        if update.changes(&["Description", "MaxSessionDuration"]) {
            put_settings(cx, update, &properties).await?;
        }
        if update.changes(&["PermissionsBoundary"]) {
            put_boundary(cx, update.id.as_str(), properties.permissions_boundary.as_deref()).await?;
        }
        if update.changes(&["ManagedPolicyArns"]) {
            let desired = properties.managed_policy_arns.as_deref().unwrap_or_default();
            role_policies::change_attached(cx, update.id.as_str(), desired).await?;
        }
        if update.changes(&["Policies"]) {
            let desired = properties.policies.as_deref().unwrap_or_default();
            role_policies::change_inline(cx, update.id.as_str(), desired).await?;
        }
        put_tags(cx, update).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let name = deletion.id.as_str();
        role_policies::detach_all(cx, name, texts(deletion.properties, "ManagedPolicyArns", "")).await?;
        role_policies::delete_all_inline(cx, name, texts(deletion.properties, "Policies", "/PolicyName")).await?;
        match delete(cx, name).await {
            Err(error) if is_used(&error) => {}
            result => return result,
        }
        // Somebody has added to it.
        leave_instance_profiles(cx, name).await?;
        role_policies::change_attached(cx, name, &[]).await?;
        role_policies::change_inline(cx, name, &[]).await?;
        cx.wait("IAM to know that nothing uses the role", IS_FREE_AFTER).retry(is_used, || delete(cx, name)).await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let call = cx.iam().get_role().role_name(desired.text("RoleName"));
        let output = call.send().await.call_optional("iam:GetRole")?;
        let role = output.as_ref().and_then(|output| output.role());
        let owned = role.filter(|role| desired.ownership.owns(role.tags().iter().map(|tag| (tag.key(), tag.value()))));
        Ok(owned.map(|role| ResourceId::new(role.role_name())))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut roles = cx.iam().list_roles().max_items(1000).into_paginator().items().send();
        let mut ids = Vec::new();
        while let Some(role) = roles.next().await {
            ids.push(ResourceId::new(role.call("iam:ListRoles")?.role_name()));
        }
        Ok(ids)
    }

    /// A role's ARN has its path, and no two roles have one name.
    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let name = text.rsplit('/').next().unwrap_or(text);
        let output = cx.iam().get_role().role_name(name).send().await.call_optional("iam:GetRole")?;
        Ok(output.map(|_| ResourceId::new(name)))
    }
}

/// The texts of a list, at a pointer into each item.
fn texts(properties: &Properties, list: &str, pointer: &str) -> Vec<String> {
    let items = properties.get(list).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.pointer(pointer)?.as_str().map(str::to_owned)).collect()
}

/// What is attached to a role keeps it. Source: IAM API reference, `DeleteRole`.
fn is_used(error: &AwsError) -> bool {
    error.code() == "DeleteConflict"
}

async fn delete(cx: &Context, name: &str) -> Result<(), AwsError> {
    cx.iam().delete_role().role_name(name).send().await.call_optional("iam:DeleteRole").map(drop)
}

async fn read(cx: &Context, request: &ReadRequest) -> Result<Option<Live>, AwsError> {
    let name = request.id.as_str();
    let output = cx.iam().get_role().role_name(name).send().await.call_optional("iam:GetRole")?;
    let Some(role) = output.as_ref().and_then(|output| output.role()) else { return Ok(None) };
    let mut live = Live::of(request.id.clone(), role_json(role));
    if request.wants("ManagedPolicyArns") {
        let Some(arns) = role_policies::attached(cx, name).await? else { return Ok(None) };
        live.properties.insert("ManagedPolicyArns".into(), arns.into());
    }
    if request.wants("Policies") {
        let Some(policies) = role_policies::inline(cx, name).await? else { return Ok(None) };
        live.properties.insert("Policies".into(), json!(policies));
    }
    Ok(Some(live))
}

fn role_json(role: &types::Role) -> Value {
    let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    json!({
        "RoleName": role.role_name(),
        "Arn": role.arn(),
        "RoleId": role.role_id(),
        "Path": role.path(),
        "Description": role.description().filter(|text| !text.is_empty()),
        "AssumeRolePolicyDocument": role.assume_role_policy_document().map(role_policies::decoded),
        "MaxSessionDuration": role.max_session_duration(),
        "PermissionsBoundary": boundary,
        "Tags": tags::to_json(role.tags().iter().map(|tag| (Some(tag.key()), Some(tag.value())))),
    })
}

/// Policy documents may be written as text; the schema's form is the object.
fn parse_document(document: &mut Value) {
    let parsed = document.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(parsed) = parsed.filter(Value::is_object) {
        *document = parsed;
    }
}

async fn await_principal<T, F>(cx: &Context, call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    let spreading = |error: &AwsError| {
        let is_unknown =
            error.kind() == ErrorKind::Invalid && error.to_string().contains("Invalid principal in policy");
        is_unknown && cx.young().has("AWS::IAM::")
    };
    cx.wait("IAM to know the principals of the trust policy", PRINCIPAL_IS_KNOWN_AFTER).retry(spreading, call).await
}

async fn put_trust(cx: &Context, name: &str, trust: &str) -> Result<(), AwsError> {
    let call = || async {
        let call = cx.iam().update_assume_role_policy().role_name(name).policy_document(trust);
        call.send().await.call("iam:UpdateAssumeRolePolicy").map(drop)
    };
    await_principal(cx, call).await
}

/// `UpdateRole` resets what it is not given, so both settings always go together.
async fn put_settings(cx: &Context, update: &Update<'_>, desired: &RoleProperties) -> Result<(), AwsError> {
    let kept = |name: &str| update.live.properties.get(name).filter(|_| !update.changes(&[name]));
    let description = desired.description.clone().or_else(|| kept("Description")?.as_str().map(str::to_owned));
    let kept_duration = || kept("MaxSessionDuration")?.as_i64().and_then(|seconds| i32::try_from(seconds).ok());
    let duration = desired.max_session_duration.or_else(kept_duration).unwrap_or(MAX_SESSION_DURATION);
    let call = cx.iam().update_role().role_name(update.id.as_str()).max_session_duration(duration);
    call.description(description.unwrap_or_default()).send().await.call("iam:UpdateRole").map(drop)
}

async fn put_boundary(cx: &Context, name: &str, arn: Option<&str>) -> Result<(), AwsError> {
    let iam = cx.iam();
    let Some(arn) = arn else {
        let call = iam.delete_role_permissions_boundary().role_name(name);
        return call.send().await.call_optional("iam:DeleteRolePermissionsBoundary").map(drop);
    };
    let call = iam.put_role_permissions_boundary().role_name(name).permissions_boundary(arn);
    call.send().await.call("iam:PutRolePermissionsBoundary").map(drop)
}

async fn put_tags(cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
    let (iam, name) = (cx.iam(), update.id.as_str());
    if !update.tags.set.is_empty() {
        let tags = update.tags.set_as(|key, value| Tag { key: Some(key.into()), value: Some(value.into()) }.to_sdk());
        let tags = tags.into_iter().collect::<Result<Vec<types::Tag>, _>>()?;
        iam.tag_role().role_name(name).set_tags(Some(tags)).send().await.call("iam:TagRole")?;
    }
    if !update.tags.remove.is_empty() {
        let call = iam.untag_role().role_name(name).set_tag_keys(Some(update.tags.remove.clone()));
        call.send().await.call("iam:UntagRole")?;
    }
    Ok(())
}

async fn leave_instance_profiles(cx: &Context, name: &str) -> Result<(), AwsError> {
    let iam = cx.iam();
    let mut profiles = iam.list_instance_profiles_for_role().role_name(name).into_paginator().items().send();
    while let Some(profile) = profiles.next().await {
        let profile = profile.call("iam:ListInstanceProfilesForRole")?;
        let call = iam.remove_role_from_instance_profile().role_name(name);
        let call = call.instance_profile_name(profile.instance_profile_name());
        call.send().await.call_optional("iam:RemoveRoleFromInstanceProfile")?;
    }
    Ok(())
}
