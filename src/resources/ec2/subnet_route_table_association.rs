use async_trait::async_trait;
use aws_sdk_ec2::types::{self, RouteTableAssociation, RouteTableAssociationStateCode};
use serde_json::json;

use super::object::{self, Object};
use super::settle::{VISIBLE_WITHIN, made, sent_once};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Part, Properties, ReadRequest, ResourceId, Uniqueness,
    Update,
};

/// `AWS::EC2::SubnetRouteTableAssociation`, identified by the association's id. One call reads many.
/// Source: EC2 API reference, `AssociateRouteTable`, `DescribeRouteTables`, `DisassociateRouteTable`.
pub struct SubnetRouteTableAssociation;

const BY_ID: &str = "association.route-table-association-id";

/// How people name one.
const FORMS: &[Form] = &[Form::new("rtbassoc-ID"), Form::new("rtb-ID|subnet-ID")];

#[async_trait]
impl Driver for SubnetRouteTableAssociation {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::SubnetRouteTableAssociation"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    /// A subnet has one table.
    fn unique_by(&self) -> Option<Uniqueness> {
        Some(Uniqueness::by([Part::of(["SubnetId"])]))
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let ids = requests.iter().map(|request| request.id.as_str());
        let tables = object::with_values::<types::RouteTable>(cx, BY_ID, ids, &[]).await?;
        let live = |request: &ReadRequest| {
            let mut all = tables.iter().flat_map(types::RouteTable::associations);
            let association = all.find(|association| id(association) == Some(request.id.as_str()))?;
            held(association).then(|| Live::new(request.id.clone(), properties(association)))
        };
        Ok(requests.iter().map(live).collect())
    }

    async fn ensure_free(&self, cx: &Context, desired: &Desired) -> Result<(), AwsError> {
        match self.find(cx, desired).await? {
            Some(id) => Err(AwsError::stranger("ec2:AssociateRouteTable", &format!("the association {id}"))),
            None => Ok(()),
        }
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let call = cx.ec2().associate_route_table();
        let call = call.route_table_id(desired.text("RouteTableId")).subnet_id(desired.text("SubnetId"));
        let id = made(cx, self, desired, || async {
            let call = call.clone().customize().config_override(sent_once());
            let output = call.send().await.call("ec2:AssociateRouteTable")?;
            let id = output.association_id().map(ResourceId::new);
            id.ok_or_else(|| AwsError::missing("ec2:AssociateRouteTable", "AssociationId"))
        })
        .await?;
        let association = established(cx, &id).await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs: properties(&association) })
    }

    /// Every property is part of what the association is.
    async fn update(&self, _cx: &Context, _update: &Update<'_>) -> Result<(), AwsError> {
        Ok(())
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let call = cx.ec2().disassociate_route_table().association_id(deletion.id.as_str());
        call.send().await.call_optional("ec2:DisassociateRouteTable").map(drop)
    }

    /// Associations have no tags: the one between this subnet and this table is it.
    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        between(cx, desired.text("RouteTableId"), desired.text("SubnetId")).await
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        let Some((table, subnet)) = text.split_once('|') else {
            let live = self.read(cx, &[ReadRequest::all(ResourceId::new(text))]).await?;
            return Ok(live.into_iter().flatten().next().map(|live| live.id));
        };
        between(cx, table, subnet).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let tables = types::RouteTable::describe(cx, Vec::new()).await?;
        let all = tables.iter().flat_map(types::RouteTable::associations);
        Ok(all.filter(|association| held(association)).filter_map(id).map(ResourceId::new).collect())
    }
}

async fn between(cx: &Context, table: &str, subnet: &str) -> Result<Option<ResourceId>, AwsError> {
    let tables = types::RouteTable::describe(cx, vec![object::exactly("route-table-id", table)]).await?;
    let mut all = tables.iter().flat_map(types::RouteTable::associations);
    let found = all.find(|association| association.subnet_id() == Some(subnet) && held(association));
    Ok(found.and_then(id).map(ResourceId::new))
}

async fn established(cx: &Context, wanted: &ResourceId) -> Result<RouteTableAssociation, AwsError> {
    let wait = cx.wait("the subnet to use the route table", VISIBLE_WITHIN);
    wait.until(|| async {
        let tables = types::RouteTable::describe(cx, vec![object::exactly(BY_ID, wanted.as_str())]).await?;
        let mut all = tables.into_iter().flat_map(|table| table.associations.unwrap_or_default());
        let association = all.find(|association| id(association) == Some(wanted.as_str()));
        Ok(association.filter(|association| state(association) != Some(&RouteTableAssociationStateCode::Associating)))
    })
    .await
}

fn id(association: &RouteTableAssociation) -> Option<&str> {
    association.route_table_association_id()
}

fn state(association: &RouteTableAssociation) -> Option<&RouteTableAssociationStateCode> {
    association.association_state().and_then(types::RouteTableAssociationState::state)
}

/// True for an association of a subnet that is not on its way out.
fn held(association: &RouteTableAssociation) -> bool {
    use RouteTableAssociationStateCode::{Disassociated, Disassociating};
    association.subnet_id().is_some() && !matches!(state(association), Some(Disassociated | Disassociating))
}

fn properties(association: &RouteTableAssociation) -> Properties {
    let properties = json!({
        "Id": id(association),
        "RouteTableId": association.route_table_id(),
        "SubnetId": association.subnet_id(),
    });
    properties.as_object().cloned().unwrap_or_default()
}
