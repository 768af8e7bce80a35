use async_trait::async_trait;
use aws_sdk_ec2::types::{self, ResourceType};

use super::settle::{made, once_free, sent_once};
use super::tagging::TagShape;
use super::{holders, object, shape, tagging};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Properties, ReadRequest, ResourceId, Update,
};

/// `AWS::EC2::InternetGateway`, identified by its id. Its attachment to a VPC is a resource of its own.
/// Source: EC2 API reference, `CreateInternetGateway`, `DescribeInternetGateways`, `DeleteInternetGateway`.
pub struct InternetGateway;

mirror! {
    struct InternetGatewayShape: types::InternetGateway {
        internet_gateway_id: String,
        tags: Vec<TagShape>,
    }
}

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("igw-ID"),
    Form::new("arn:PARTITION:ec2:REGION:ACCOUNT:internet-gateway/igw-ID").giving("igw-ID"),
    Form::new("NAME_TAG"),
];

#[async_trait]
impl Driver for InternetGateway {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::InternetGateway"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let found = object::requested::<types::InternetGateway>(cx, requests).await?;
        let pairs = requests.iter().zip(found);
        Ok(pairs.map(|(request, gateway)| Some(Live::new(request.id.clone(), properties(&gateway?)))).collect())
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (ec2, tags) = (cx.ec2(), tagging::specifications(ResourceType::InternetGateway, desired));
        let id = made(cx, self, desired, || async {
            let call = ec2.create_internet_gateway().set_tag_specifications(tags.clone()).customize();
            let output = call.config_override(sent_once()).send().await.call("ec2:CreateInternetGateway")?;
            let id = output.internet_gateway().and_then(types::InternetGateway::internet_gateway_id);
            let id = id.map(ResourceId::new);
            id.ok_or_else(|| AwsError::missing("ec2:CreateInternetGateway", "InternetGatewayId"))
        })
        .await?;
        match object::shown::<types::InternetGateway>(cx, "the internet gateway to show", &id).await {
            Ok(gateway) => Ok(Created { id, outputs: properties(&gateway) }),
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
            "the internet gateway to be detached",
            || async {
                let call = ec2.delete_internet_gateway().internet_gateway_id(id);
                call.send().await.call("ec2:DeleteInternetGateway")
            },
            || holders::of_internet_gateway(cx, id),
        )
        .await
    }

    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        object::owned::<types::InternetGateway>(cx, desired, &[]).await
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        object::all::<types::InternetGateway>(cx).await
    }

    async fn resolve(&self, cx: &Context, text: &str) -> Result<Option<ResourceId>, AwsError> {
        object::meant::<types::InternetGateway>(cx, "tag:Name", text).await
    }
}

fn properties(gateway: &types::InternetGateway) -> Properties {
    shape::tagged_properties(&InternetGatewayShape::from_sdk(gateway))
}
