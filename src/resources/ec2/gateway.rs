use std::time::Duration;

use aws_sdk_ec2::types::{AttachmentStatus, Filter, InternetGateway, Tag, VpnGateway};

use super::holders;
use super::object::{self, Object};
use super::settle::{VISIBLE_WITHIN, once_free, sent_once};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::Properties;

/// A gateway that a VPC can have attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gateway {
    Internet(String),
    Vpn(String),
}

/// A VPN gateway takes minutes to come and go.
const VPN_GATEWAY_WITHIN: Duration = Duration::from_secs(900);

impl Object for VpnGateway {
    const ID_FILTER: &'static str = "vpn-gateway-id";

    fn id(&self) -> &str {
        self.vpn_gateway_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }

    async fn describe(cx: &Context, filters: Vec<Filter>) -> Result<Vec<Self>, AwsError> {
        let output = cx.ec2().describe_vpn_gateways().set_filters(Some(filters)).send().await;
        Ok(output.call("ec2:DescribeVpnGateways")?.vpn_gateways.unwrap_or_default())
    }
}

impl Gateway {
    /// The values of `AttachmentType`.
    pub(super) const KINDS: [&'static str; 2] = ["IGW", "VGW"];

    /// The gateway of an attachment's properties.
    ///
    /// # Errors
    /// `AwsError::Invalid` where they name none.
    pub(super) fn written(properties: &Properties) -> Result<Self, AwsError> {
        let text = |name: &str| properties.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let gateway = text("InternetGatewayId").map(Self::Internet).or_else(|| text("VpnGatewayId").map(Self::Vpn));
        gateway.ok_or_else(|| AwsError::Invalid("InternetGatewayId or VpnGatewayId is needed".to_owned()))
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Internet(_) => Self::KINDS[0],
            Self::Vpn(_) => Self::KINDS[1],
        }
    }

    pub(super) fn id(&self) -> &str {
        match self {
            Self::Internet(id) | Self::Vpn(id) => id,
        }
    }

    /// The property that names the gateway.
    pub(super) fn property(&self) -> &'static str {
        match self {
            Self::Internet(_) => "InternetGatewayId",
            Self::Vpn(_) => "VpnGatewayId",
        }
    }

    /// How long an attachment may take.
    pub(super) fn settles_within(&self) -> Duration {
        match self {
            Self::Internet(_) => VISIBLE_WITHIN,
            Self::Vpn(_) => VPN_GATEWAY_WITHIN,
        }
    }

    /// The attached gateways of a kind with their VPCs.
    pub(super) async fn attached_to(
        cx: &Context,
        kind: &str,
        vpcs: impl IntoIterator<Item = &str>,
    ) -> Result<Vec<(Self, String)>, AwsError> {
        let name = "attachment.vpc-id";
        Ok(match kind {
            "IGW" => internet(object::with_values(cx, name, vpcs, &[]).await?),
            _ => vpn(object::with_values(cx, name, vpcs, &[]).await?),
        })
    }

    /// All attached gateways of a kind in the region, with their VPCs.
    pub(super) async fn all_attached(cx: &Context, kind: &str) -> Result<Vec<(Self, String)>, AwsError> {
        Ok(match kind {
            "IGW" => internet(InternetGateway::describe(cx, Vec::new()).await?),
            _ => vpn(VpnGateway::describe(cx, Vec::new()).await?),
        })
    }

    /// Starts to attach the gateway; the SDK does not repeat the call.
    pub(super) async fn attach(&self, cx: &Context, vpc: &str) -> Result<(), AwsError> {
        let ec2 = cx.ec2();
        match self {
            Self::Internet(id) => {
                let call = ec2.attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).customize();
                let sent = call.config_override(sent_once()).send().await;
                sent.call("ec2:AttachInternetGateway").map(drop)
            }
            Self::Vpn(id) => {
                let call = ec2.attach_vpn_gateway().vpn_gateway_id(id).vpc_id(vpc).customize();
                let sent = call.config_override(sent_once()).send().await;
                sent.call("ec2:AttachVpnGateway").map(drop)
            }
        }
    }

    /// Returns when the gateway is detached. An internet gateway has to wait for public addresses in the VPC to go.
    pub(super) async fn detach(&self, cx: &Context, vpc: &str) -> Result<(), AwsError> {
        let ec2 = cx.ec2();
        match self {
            Self::Internet(id) => {
                once_free(
                    cx,
                    "the VPC's public addresses to go",
                    || async {
                        let call = ec2.detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc).send().await;
                        unless_detached(call.call("ec2:DetachInternetGateway").map(drop))
                    },
                    || holders::of_public_addresses(cx, vpc),
                )
                .await
            }
            Self::Vpn(id) => {
                let call = ec2.detach_vpn_gateway().vpn_gateway_id(id).vpc_id(vpc);
                call.send().await.call_optional("ec2:DetachVpnGateway")?;
                self.wait_until_detached(cx, vpc).await
            }
        }
    }

    async fn wait_until_detached(&self, cx: &Context, vpc: &str) -> Result<(), AwsError> {
        let wait = cx.wait("the VPN gateway to be detached", self.settles_within());
        wait.until(|| async {
            let filters = vec![object::exactly(VpnGateway::ID_FILTER, self.id())];
            let found = VpnGateway::describe(cx, filters).await?;
            let mut attachments = found.iter().flat_map(VpnGateway::vpc_attachments);
            let held = attachments.any(|attachment| {
                attachment.vpc_id() == Some(vpc) && attachment.state() != Some(&AttachmentStatus::Detached)
            });
            Ok((!held).then_some(()))
        })
        .await
    }
}

/// A gateway that is not attached any more is what a detach is for. Source: EC2 API reference, "Error codes".
fn unless_detached(result: Result<(), AwsError>) -> Result<(), AwsError> {
    result.or_else(|error| if error.code() == "Gateway.NotAttached" { Ok(()) } else { Err(error) })
}

fn internet(gateways: Vec<InternetGateway>) -> Vec<(Gateway, String)> {
    let pairs = gateways.iter().flat_map(|gateway| {
        // EC2 calls an attached internet gateway `available`, which the SDK's enum does not know.
        let held = gateway.attachments().iter().filter(|attachment| !leaving(attachment.state()));
        held.map(|attachment| {
            (Gateway::Internet(gateway.id().to_owned()), attachment.vpc_id().unwrap_or_default().to_owned())
        })
    });
    pairs.collect()
}

fn vpn(gateways: Vec<VpnGateway>) -> Vec<(Gateway, String)> {
    let pairs = gateways.iter().flat_map(|gateway| {
        let attachments = gateway.vpc_attachments().iter();
        let held = attachments.filter(|attachment| attachment.state() == Some(&AttachmentStatus::Attached));
        held.map(|attachment| {
            (Gateway::Vpn(gateway.id().to_owned()), attachment.vpc_id().unwrap_or_default().to_owned())
        })
    });
    pairs.collect()
}

fn leaving(state: Option<&AttachmentStatus>) -> bool {
    matches!(state, Some(AttachmentStatus::Detaching | AttachmentStatus::Detached))
}
