use aws_sdk_ec2::types::AttributeBooleanValue;

use super::settle::once_known;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// The two attributes that `ModifyVpcAttribute` sets, one a call.
pub(super) struct DnsAttributes {
    pub(super) support: bool,
    pub(super) hostnames: bool,
}

impl DnsAttributes {
    /// What is absent is as in a new VPC.
    pub(super) fn new(support: Option<bool>, hostnames: Option<bool>) -> Self {
        Self { support: support.unwrap_or(true), hostnames: hostnames.unwrap_or(false) }
    }

    /// Host names need DNS support: they are turned off before it and on after it.
    pub(super) async fn change_to(&self, cx: &Context, id: &ResourceId, wanted: &Self) -> Result<(), AwsError> {
        if self.hostnames && !wanted.hostnames {
            set_hostnames(cx, id, false).await?;
        }
        if self.support != wanted.support {
            set_support(cx, id, wanted.support).await?;
        }
        if !self.hostnames && wanted.hostnames {
            set_hostnames(cx, id, true).await?;
        }
        Ok(())
    }
}

async fn set_support(cx: &Context, id: &ResourceId, on: bool) -> Result<(), AwsError> {
    let (ec2, flag) = (cx.ec2(), AttributeBooleanValue::builder().value(on).build());
    once_known(cx, "the VPC to be known", || async {
        let call = ec2.modify_vpc_attribute().vpc_id(id.as_str()).enable_dns_support(flag.clone());
        call.send().await.call("ec2:ModifyVpcAttribute").map(drop)
    })
    .await
}

async fn set_hostnames(cx: &Context, id: &ResourceId, on: bool) -> Result<(), AwsError> {
    let (ec2, flag) = (cx.ec2(), AttributeBooleanValue::builder().value(on).build());
    once_known(cx, "the VPC to be known", || async {
        let call = ec2.modify_vpc_attribute().vpc_id(id.as_str()).enable_dns_hostnames(flag.clone());
        call.send().await.call("ec2:ModifyVpcAttribute").map(drop)
    })
    .await
}
