use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_ec2::types;
use serde::Deserialize;

use super::object::{self, Object};
use super::settle::{VISIBLE_WITHIN, made, once_references_known, sent_once};
use super::{cidr, shape};
use crate::aws::{AwsError, CallResult, Context};
use crate::resources::mirror::Mirror;
use crate::resources::{
    CreateError, Created, Deletion, Desired, Driver, Form, Live, Part, Properties, ReadRequest, ResourceId, Uniqueness,
    Update,
};

/// `AWS::EC2::Route`, identified by its table and its destination: `rtb-1|0.0.0.0/0`, `rtb-1|pl-1`. One call reads the
/// routes of many tables. Source: EC2 API reference, `CreateRoute`, `ReplaceRoute`, `DeleteRoute`, `DescribeRouteTables`.
pub struct Route;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteProperties {
    route_table_id: String,
    destination_cidr_block: Option<String>,
    destination_ipv6_cidr_block: Option<String>,
    destination_prefix_list_id: Option<String>,
    carrier_gateway_id: Option<String>,
    core_network_arn: Option<String>,
    egress_only_internet_gateway_id: Option<String>,
    gateway_id: Option<String>,
    instance_id: Option<String>,
    local_gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
    network_interface_id: Option<String>,
    odb_network_arn: Option<String>,
    transit_gateway_id: Option<String>,
    vpc_endpoint_id: Option<String>,
    vpc_peering_connection_id: Option<String>,
}

mirror! {
    struct RouteShape: types::Route {
        destination_cidr_block: String,
        destination_ipv6_cidr_block: String,
        destination_prefix_list_id: String,
        carrier_gateway_id: String,
        core_network_arn: String,
        egress_only_internet_gateway_id: String,
        gateway_id: String,
        instance_id: String,
        local_gateway_id: String,
        nat_gateway_id: String,
        network_interface_id: String,
        odb_network_arn: String,
        transit_gateway_id: String,
        vpc_peering_connection_id: String,
    }
}

/// `CreateRoute` and `ReplaceRoute` take the same.
macro_rules! filled {
    ($call:expr, $route:expr) => {
        assign!(
            $call.route_table_id(&$route.route_table_id),
            $route,
            destination_cidr_block,
            destination_ipv6_cidr_block,
            destination_prefix_list_id,
            carrier_gateway_id,
            core_network_arn,
            egress_only_internet_gateway_id,
            gateway_id,
            instance_id,
            local_gateway_id,
            nat_gateway_id,
            network_interface_id,
            odb_network_arn,
            transit_gateway_id,
            vpc_endpoint_id,
            vpc_peering_connection_id,
        )
    };
}

/// How people name one.
const FORMS: &[Form] = &[Form::new("rtb-ID|DESTINATION")];

#[async_trait]
impl Driver for Route {
    fn type_name(&self) -> &'static str {
        "AWS::EC2::Route"
    }

    fn forms(&self) -> &'static [Form] {
        FORMS
    }

    fn canonicalize(&self, properties: &mut Properties) {
        cidr::canonicalize(properties, &["CidrBlock", "DestinationCidrBlock", "DestinationIpv6CidrBlock"]);
    }

    /// A table has one route a destination.
    fn unique_by(&self) -> Option<Uniqueness> {
        let destinations = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
        Some(Uniqueness::by([Part::of(["RouteTableId"]), Part::of(destinations)]))
    }

    async fn read(&self, cx: &Context, requests: &[ReadRequest]) -> Result<Vec<Option<Live>>, AwsError> {
        let tables = requests.iter().map(|request| request.id.part(0));
        let tables = object::with_values::<types::RouteTable>(cx, "route-table-id", tables, &[]).await?;
        let routes: HashMap<ResourceId, &types::Route> = tables.iter().flat_map(identified).collect();
        let live = |request: &ReadRequest| {
            Some(Live::new(request.id.clone(), properties(&request.id, routes.get(&request.id)?)))
        };
        Ok(requests.iter().map(live).collect())
    }

    async fn ensure_free(&self, cx: &Context, desired: &Desired) -> Result<(), AwsError> {
        match self.find(cx, desired).await? {
            Some(id) => Err(AwsError::stranger("ec2:CreateRoute", &format!("the route {id}"))),
            None => Ok(()),
        }
    }

    async fn create(&self, cx: &Context, desired: &Desired) -> Result<Created, CreateError> {
        let (ec2, route): (_, RouteProperties) = (cx.ec2(), desired.typed()?);
        let call = filled!(ec2.create_route(), route);
        let id = made(cx, self, desired, || async {
            let call = call.clone().customize().config_override(sent_once());
            call.send().await.call("ec2:CreateRoute").map(|_| route.id())
        })
        .await?;
        let request = [ReadRequest::all(id.clone())];
        let shown = cx
            .wait("the route to show", VISIBLE_WITHIN)
            .until(|| async { Ok(self.read(cx, &request).await?.into_iter().flatten().next()) });
        let live = shown.await.map_err(|error| CreateError::partial(&id, error))?;
        Ok(Created { id, outputs: live.properties })
    }

    async fn update(&self, cx: &Context, update: &Update<'_>) -> Result<(), AwsError> {
        let (ec2, route): (_, RouteProperties) = (cx.ec2(), update.desired.typed()?);
        let call = filled!(ec2.replace_route(), route);
        once_references_known(cx, "the route's target to be known", None, || async {
            call.clone().send().await.call("ec2:ReplaceRoute").map(drop)
        })
        .await
    }

    async fn delete(&self, cx: &Context, deletion: &Deletion<'_>) -> Result<(), AwsError> {
        let (table, destination) = (deletion.id.part(0), deletion.id.part(1));
        let call = cx.ec2().delete_route().route_table_id(table);
        let call = match destination {
            list if list.starts_with("pl-") => call.destination_prefix_list_id(list),
            block if block.contains(':') => call.destination_ipv6_cidr_block(block),
            block => call.destination_cidr_block(block),
        };
        call.send().await.call_optional("ec2:DeleteRoute").map(drop)
    }

    /// Routes have no tags: the table's route to this destination and target is the one.
    async fn find(&self, cx: &Context, desired: &Desired) -> Result<Option<ResourceId>, AwsError> {
        let route: RouteProperties = desired.typed()?;
        let Some(live) = self.read(cx, &[ReadRequest::all(route.id())]).await?.into_iter().flatten().next() else {
            return Ok(None);
        };
        let (mut wanted, mut found) = (desired.properties.clone(), live.properties);
        self.canonicalize(&mut wanted);
        self.canonicalize(&mut found);
        let same = wanted.iter().all(|(name, value)| found.get(name) == Some(value));
        Ok(same.then_some(live.id))
    }

    /// Without the routes that come with a table or from a virtual private gateway: nobody can delete those.
    async fn list(&self, cx: &Context) -> Result<Vec<ResourceId>, AwsError> {
        let tables = types::RouteTable::describe(cx, Vec::new()).await?;
        let routes = tables.iter().flat_map(identified);
        let written = routes.filter(|(_, route)| route.origin() == Some(&types::RouteOrigin::CreateRoute));
        Ok(written.map(|(id, _)| id).collect())
    }
}

impl RouteProperties {
    fn id(&self) -> ResourceId {
        let blocks =
            [&self.destination_cidr_block, &self.destination_ipv6_cidr_block, &self.destination_prefix_list_id];
        let destination = blocks.into_iter().flatten().next().map(|block| cidr::canonical(block));
        ResourceId::joined(&[&self.route_table_id, &destination.unwrap_or_default()])
    }
}

fn destination(route: &types::Route) -> Option<String> {
    let destinations = [route.destination_cidr_block(), route.destination_ipv6_cidr_block()];
    destinations.into_iter().chain([route.destination_prefix_list_id()]).flatten().next().map(cidr::canonical)
}

/// The routes of a table with their identifiers.
fn identified(table: &types::RouteTable) -> impl Iterator<Item = (ResourceId, &types::Route)> {
    let id = table.route_table_id().unwrap_or_default();
    table.routes().iter().filter_map(move |route| Some((ResourceId::joined(&[id, &destination(route)?]), route)))
}

fn properties(id: &ResourceId, route: &types::Route) -> Properties {
    let mut properties = shape::properties(&RouteShape::from_sdk(route));
    // A Gateway Load Balancer endpoint is written as an endpoint and comes back as a gateway.
    if route.gateway_id().is_some_and(|gateway| gateway.starts_with("vpce-"))
        && let Some(endpoint) = properties.remove("GatewayId")
    {
        properties.insert("VpcEndpointId".into(), endpoint);
    }
    properties.insert("RouteTableId".into(), id.part(0).into());
    properties.insert("CidrBlock".into(), id.part(1).into());
    properties
}
