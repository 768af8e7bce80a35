use async_trait::async_trait;
use serde_json::json;

use super::gateway::Gateway;
use super::settle::made;
use crate::aws::{AwsError, Context};
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Part, Properties, ReadRequest, ResourceId, Uniqueness,
    Update,
};

/// `AWS::EC2::VPCGatewayAttachment`, identified by the kind of gateway and the VPC: `IGW|vpc-1`, `VGW|vpc-1`. A VPC has
/// one gateway of each kind at most. Source: EC2 API reference, `AttachInternetGateway`, `AttachVpnGateway`,
/// `DescribeInternetGateways`, `DescribeVpnGateways`.
pub struct VpcGatewayAttachment;

/// How people name one.
const FORMS: &[Form] = &[
    Form::new("IGW|vpc-ID"),
    Form::new("VGW|vpc-ID"),
    Form::new("igw-ID|vpc-ID").giving("IGW|vpc-ID"),
    Form::new("vgw-ID|vpc-ID").giving("VGW|vpc-ID"),
];

#[async_trait]
impl Driver for VpcGatewayAttachment {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::VPCGatewayAttachment"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn unique_by(&self) -> Option<Uniqueness> {
        let kind = Part::of(["InternetGatewayId", "VpnGatewayId"]).with_form(|property, _| property.to_owned());
        Some(Uniqueness::by([Part::of(["VpcId"]), kind]))
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let mut attached = Vec::new();
        for kind in Gateway::KINDS {
            let vpcs = requests.iter().filter(|request| request.id.part(0) == kind).map(|request| request.id.part(1));
            attached.extend(Gateway::attached_to(cx, kind, vpcs).await?);
        }
        let live = |request: &ReadRequest| {
            let (gateway, vpc) = attached.iter().find(|(gateway, vpc)| id(gateway, vpc) == request.id)?;
            Some(Live::new(request.id.clone(), properties(gateway, vpc)))
        };
        Ok(requests.iter().map(live).collect())
    }

    async fn ensure_free(&self, cx: &Context, desired: &Desired) -> Result<(), AwsError> {
        match self.find(cx, desired).await? {
            Some(id) => Err(AwsError::stranger("ec2:AttachInternetGateway", &format!("the attachment {id}"))),
            None => Ok(()),
        }
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (gateway, vpc) = (Gateway::written(&desired.properties)?, desired.text("VpcId"));
        let new = id(&gateway, vpc);
        let id = made(cx, self, desired, || async { gateway.attach(cx, vpc).await.map(|()| new.clone()) }).await?;
        attached(cx, &gateway, vpc).await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs: properties(&gateway, vpc) })
    }

    /// Another gateway or another VPC is another attachment.
    async fn update(&self, _cx: &Context, _update: &Update<'_>) -> Result<(), AwsError> {
        Ok(())
    }

    /// Detaches the gateway that was written, and no other that somebody may have attached in its place.
    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let live = deletion.live.map(|live| &live.properties);
        match Gateway::written(deletion.properties).or_else(|error| live.map_or(Err(error), Gateway::written)) {
            Ok(gateway) => gateway.detach(cx, deletion.id.part(1)).await,
            Err(error) => match self.read(cx, &[ReadRequest::all(deletion.id.clone())]).await?.as_slice() {
                [Some(live)] => Gateway::written(&live.properties)?.detach(cx, deletion.id.part(1)).await,
                [None] => Ok(()),
                _ => Err(error),
            },
        }
    }

    /// Attachments have no tags: the one of this gateway to this VPC is it.
    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let (gateway, vpc) = (Gateway::written(&desired.properties)?, desired.text("VpcId"));
        let found = Gateway::attached_to(cx, gateway.kind(), [vpc]).await?;
        Ok(found.iter().any(|(found, _)| *found == gateway).then(|| id(&gateway, vpc)))
    }

    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let mut ids = Vec::new();
        for kind in Gateway::KINDS {
            ids.extend(Gateway::all_attached(cx, kind).await?.iter().map(|(gateway, vpc)| id(gateway, vpc)));
        }
        Ok(ids)
    }
}

async fn attached(cx: &Context, gateway: &Gateway, vpc: &str) -> Result<(), AwsError> {
    let wait = cx.wait("the gateway to be attached", gateway.settles_within());
    wait.until(|| async {
        let found = Gateway::attached_to(cx, gateway.kind(), [vpc]).await?;
        Ok(found.iter().any(|(found, _)| found == gateway).then_some(()))
    })
    .await
}

fn id(gateway: &Gateway, vpc: &str) -> ResourceId {
    ResourceId::joined(&[gateway.kind(), vpc])
}

fn properties(gateway: &Gateway, vpc: &str) -> Properties {
    let properties = json!({"AttachmentType": gateway.kind(), gateway.property(): gateway.id(), "VpcId": vpc});
    properties.as_object().cloned().unwrap_or_default()
}
