use async_trait::async_trait;
use aws_sdk_rds::types;
use serde::Deserialize;
use serde_json::json;

use super::{spelling, tags};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, NameRule, Properties, ReadRequest, ReservedNames,
    ResourceId, Update, concurrently, tags as tag_json,
};

/// `AWS::RDS::DBSubnetGroup`, identified by its name. One call reads a group or, in pages of 100, all; tags cost a call
/// each, where they are wanted.
pub struct DbSubnetGroup;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SubnetGroupProperties {
    #[serde(rename = "DBSubnetGroupName")]
    db_subnet_group_name: Option<String>,
    #[serde(rename = "DBSubnetGroupDescription")]
    db_subnet_group_description: Option<String>,
    subnet_ids: Option<Vec<String>>,
    tags: Option<serde_json::Value>,
}

/// How people name one.
const FORMS: &[Form] = &[Form::new("NAME"), Form::new("arn:PARTITION:rds:REGION:ACCOUNT:subgrp:NAME").giving("NAME")];

#[async_trait]
impl Driver for DbSubnetGroup {
    fn type_name(&self) -> &'static str {
        "AWS::RDS::DBSubnetGroup"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// Source: RDS API reference, `CreateDBSubnetGroup`, `DBSubnetGroupName`.
    fn name_rule(&self) -> Option<NameRule> {
        Some(
            NameRule::lowercase("DBSubnetGroupName", 255)
                .avoiding(ReservedNames { letter_first: true, ..ReservedNames::NONE }),
        )
    }

    fn canonicalize(&self, properties: &mut Properties) {
        spelling::lower(properties, &["DBSubnetGroupName"]);
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let groups = match requests {
            [request] => describe(cx, request.id.as_str()).await?.into_iter().collect(),
            _ => all(cx).await?,
        };
        concurrently(
            "RDS",
            requests.iter().map(|request| async {
                let named = |group: &&types::DbSubnetGroup| group.db_subnet_group_name() == Some(request.id.as_str());
                match groups.iter().find(named) {
                    Some(group) => complete(cx, request, group).await,
                    None => Ok(None),
                }
            }),
        )
        .await
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let properties: SubnetGroupProperties = desired.typed()?;
        let call = assign!(
            cx.rds().create_db_subnet_group(),
            properties,
            db_subnet_group_name,
            db_subnet_group_description,
            subnet_ids,
        );
        let tags = tag_json::as_sdk(properties.tags.as_ref(), tags::tag);
        let output = call.set_tags(Some(tags)).send().await.call("rds:CreateDBSubnetGroup")?;
        let missing = || AwsError::missing("rds:CreateDBSubnetGroup", "DBSubnetGroup");
        let group = output.db_subnet_group().ok_or_else(missing)?;
        let live = live(group).ok_or_else(missing)?;
        Ok(Created { id: live.id, outputs: live.properties })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let properties: SubnetGroupProperties = update.desired.typed()?;
        if update.changes(&["DBSubnetGroupDescription", "SubnetIds"]) {
            let call = cx.rds().modify_db_subnet_group().db_subnet_group_name(update.id.as_str());
            let call = assign!(call, properties, db_subnet_group_description, subnet_ids);
            call.send().await.call("rds:ModifyDBSubnetGroup")?;
        }
        tags::change(cx, update.live.text("DBSubnetGroupArn"), &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let call = cx.rds().delete_db_subnet_group().db_subnet_group_name(deletion.id.as_str());
        call.send().await.call_optional("rds:DeleteDBSubnetGroup").map(drop)
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let group = describe(cx, &desired.text("DBSubnetGroupName").to_lowercase()).await?;
        let Some(group) = group else { return Ok(None) };
        let tags = tags::read(cx, group.db_subnet_group_arn().unwrap_or_default()).await?.unwrap_or_default();
        Ok(live(&group).filter(|_| desired.ownership.owns(tags::pairs(&tags))).map(|live| live.id))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        Ok(all(cx).await?.iter().filter_map(live).map(|live| live.id).collect())
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        Ok(describe(cx, &text.to_lowercase()).await?.as_ref().and_then(live).map(|live| live.id))
    }
}

async fn describe(cx: &Context, name: &str) -> Result<Option<types::DbSubnetGroup>, AwsError> {
    let call = cx.rds().describe_db_subnet_groups().db_subnet_group_name(name);
    let output = call.send().await.call_optional("rds:DescribeDBSubnetGroups")?;
    Ok(output.and_then(|output| output.db_subnet_groups?.into_iter().next()))
}

/// The API has no filter, and an account has 50 groups at most unless it asks for more.
async fn all(cx: &Context) -> Result<Vec<types::DbSubnetGroup>, AwsError> {
    let mut pages = cx.rds().describe_db_subnet_groups().into_paginator().items().send();
    let mut groups = Vec::new();
    while let Some(group) = pages.next().await {
        groups.push(group.call("rds:DescribeDBSubnetGroups")?);
    }
    Ok(groups)
}

async fn complete(cx: &Context, request: &ReadRequest, group: &types::DbSubnetGroup) -> Result<Option<Live>, AwsError> {
    let Some(mut live) = live(group) else { return Ok(None) };
    if request.wants("Tags") {
        let Some(tags) = tags::read(cx, live.text("DBSubnetGroupArn")).await? else { return Ok(None) };
        let tags = tag_json::to_json(tags.iter().map(|tag| (tag.key(), tag.value())));
        live.properties.insert("Tags".into(), tags);
    }
    Ok(Some(live))
}

fn live(group: &types::DbSubnetGroup) -> Option<Live> {
    let name = group.db_subnet_group_name()?;
    let subnets: Vec<_> = group.subnets().iter().filter_map(|subnet| subnet.subnet_identifier()).collect();
    let properties = json!({
        "DBSubnetGroupName": name,
        "DBSubnetGroupArn": group.db_subnet_group_arn(),
        "DBSubnetGroupDescription": group.db_subnet_group_description(),
        "SubnetIds": subnets,
    });
    Some(Live::of(ResourceId::new(name), properties))
}
