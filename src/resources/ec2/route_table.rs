use async_trait::async_trait;
use aws_sdk_ec2::types::{self, ResourceType};

use super::settle::{once_free, once_references_known};
use super::tagging::TagShape;
use super::{holders, object, shape, tagging};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Properties, ReadRequest, ResourceId, Update,
};

/// `AWS::EC2::RouteTable`, identified by its id. Its routes and associations are resources of their own.
/// Source: EC2 API reference, `CreateRouteTable`, `DescribeRouteTables`, `DeleteRouteTable`.
pub struct RouteTable;

mirror! {
    struct RouteTableShape: types::RouteTable {
        route_table_id: String,
        vpc_id: String,
        tags: Vec<TagShape>,
    }
}

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("rtb-ID"),
    Form::new("arn:PARTITION:ec2:REGION:ACCOUNT:route-table/rtb-ID").giving("rtb-ID"),
    Form::new("NAME_TAG"),
];

#[async_trait]
impl Driver for RouteTable {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::RouteTable"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn unread(&self) -> &'static [&'static str] {
        &["routes and associations that are no resources"]
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = object::requested::<types::RouteTable>(cx, requests).await?;
        let pairs = requests.iter().zip(found);
        Ok(pairs.map(|(request, table)| Some(Live::new(request.id.clone(), properties(&table?)))).collect())
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (ec2, tags) = (cx.ec2(), tagging::specifications(ResourceType::RouteTable, desired));
        let output = once_references_known(cx, "the VPC to be known", None, || async {
            let call = ec2.create_route_table().vpc_id(desired.text("VpcId")).client_token(&desired.token);
            call.set_tag_specifications(tags.clone()).send().await.call("ec2:CreateRouteTable")
        })
        .await?;
        let id = output.route_table().and_then(types::RouteTable::route_table_id).map(ResourceId::new);
        let id = id.ok_or_else(|| AwsError::missing("ec2:CreateRouteTable", "RouteTableId"))?;
        match object::shown::<types::RouteTable>(cx, "the route table to show", &id).await {
            Ok(table) => Ok(Created { id, outputs: properties(&table) }),
            Err(error) => Err(CreateError::partial(&id, error)),
        }
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        tagging::change(cx, update.id, &update.tags).await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (ec2, id) = (cx.ec2(), deletion.id.as_str());
        once_free(
            cx,
            "the route table to be free",
            || async { ec2.delete_route_table().route_table_id(id).send().await.call("ec2:DeleteRouteTable") },
            || holders::of_route_table(cx, id),
        )
        .await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        object::owned::<types::RouteTable>(cx, desired, &[object::exactly("vpc-id", desired.text("VpcId"))]).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        object::all::<types::RouteTable>(cx).await
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        object::meant::<types::RouteTable>(cx, "tag:Name", text).await
    }
}

fn properties(table: &types::RouteTable) -> Properties {
    shape::tagged_properties(&RouteTableShape::from_sdk(table))
}
