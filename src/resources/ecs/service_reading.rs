//! Services as ECS describes them.

use aws_sdk_ecs::types::{self, ServiceField};

use super::names::name_of;
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::ResourceId;

/// The service, unless it is gone or being deleted.
pub(super) async fn describe_one(cx: &Context, id: &ResourceId) -> Result<Option<types::Service>, AwsError> {
    Ok(describe(cx, id.part(1), vec![id.part(0).to_owned()]).await?.into_iter().next())
}

/// As `describe_one`, with services whose tasks still stop.
pub(super) async fn describe_any(cx: &Context, id: &ResourceId) -> Result<Option<types::Service>, AwsError> {
    let found = describe_all(cx, id.part(1), vec![id.part(0).to_owned()]).await?;
    Ok(found.into_iter().find(|service| service.status() != Some("INACTIVE")))
}

/// The services of a cluster, at most ten names or ARNs. One that is deleted (`INACTIVE`, `DRAINING`) is gone.
pub(super) async fn describe(
    cx: &Context,
    cluster: &str,
    services: Vec<String>,
) -> Result<Vec<types::Service>, AwsError> {
    let found = describe_all(cx, cluster, services).await?;
    Ok(found.into_iter().filter(|service| service.status() == Some("ACTIVE")).collect())
}

async fn describe_all(cx: &Context, cluster: &str, services: Vec<String>) -> Result<Vec<types::Service>, AwsError> {
    let call = cx.ecs().describe_services().cluster(name_of(cluster)).set_services(Some(services));
    let output = call.include(ServiceField::Tags).send().await.call_optional("ecs:DescribeServices")?;
    Ok(output.and_then(|output| output.services).unwrap_or_default())
}
