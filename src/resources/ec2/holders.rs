//! What keeps EC2 from deleting an object, for people: as much as a question or two finds out, and nothing where they fail.

use aws_sdk_ec2::types::{self, Filter, NetworkInterface};

use super::object::{Object, filter};
use crate::aws::{CallResult, Context};

/// How many are named.
const NAMED: usize = 3;

/// What is in a subnet.
pub(super) async fn of_subnet(cx: &Context, id: &str) -> Option<String> {
    named(interfaces(cx, "subnet-id", id).await)
}

/// What has the group, or lets it in.
pub(super) async fn of_security_group(cx: &Context, id: &str) -> Option<String> {
    let interfaces = interfaces(cx, "group-id", id).await;
    if !interfaces.is_empty() {
        return named(interfaces);
    }
    let mut referring = Vec::new();
    for name in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
        let groups = all::<types::SecurityGroup>(cx, filter(name, [id])).await;
        referring.extend(groups.into_iter().filter(|group| group.id() != id));
    }
    named(referring.iter().map(|group| format!("a rule of {}", group.id())).collect())
}

/// What is in a VPC beside what EC2 makes with it.
pub(super) async fn of_vpc(cx: &Context, id: &str) -> Option<String> {
    let mut found = interfaces(cx, "vpc-id", id).await;
    let subnets = all::<types::Subnet>(cx, filter("vpc-id", [id])).await;
    found.extend(subnets.iter().map(|subnet| subnet.id().to_owned()));
    let groups = all::<types::SecurityGroup>(cx, filter("vpc-id", [id])).await;
    let own = groups.iter().filter(|group| group.group_name() != Some("default"));
    found.extend(own.map(|group| group.id().to_owned()));
    let gateways = all::<types::InternetGateway>(cx, filter("attachment.vpc-id", [id])).await;
    found.extend(gateways.iter().map(|gateway| gateway.id().to_owned()));
    named(found)
}

/// The interfaces of a VPC that have public addresses.
pub(super) async fn of_public_addresses(cx: &Context, vpc: &str) -> Option<String> {
    let filters = [filter("vpc-id", [vpc]), filter("association.public-ip", ["*"])];
    let call = cx.ec2().describe_network_interfaces().set_filters(Some(filters.to_vec()));
    let output = call.send().await.call("ec2:DescribeNetworkInterfaces").ok()?;
    named(output.network_interfaces().iter().map(told).collect())
}

/// The VPCs that a gateway is attached to.
pub(super) async fn of_internet_gateway(cx: &Context, id: &str) -> Option<String> {
    let gateways = all::<types::InternetGateway>(cx, filter(types::InternetGateway::ID_FILTER, [id])).await;
    let attachments = gateways.iter().flat_map(types::InternetGateway::attachments);
    named(attachments.filter_map(|attachment| attachment.vpc_id().map(str::to_owned)).collect())
}

/// The subnets that a route table serves.
pub(super) async fn of_route_table(cx: &Context, id: &str) -> Option<String> {
    let tables = all::<types::RouteTable>(cx, filter(types::RouteTable::ID_FILTER, [id])).await;
    let associations = tables.iter().flat_map(types::RouteTable::associations);
    named(associations.filter_map(|association| association.subnet_id().map(str::to_owned)).collect())
}

async fn all<O: Object>(cx: &Context, filter: Filter) -> Vec<O> {
    O::describe(cx, vec![filter]).await.unwrap_or_default()
}

async fn interfaces(cx: &Context, field: &str, id: &str) -> Vec<String> {
    let call = cx.ec2().describe_network_interfaces().filters(filter(field, [id]));
    let output = call.send().await.call("ec2:DescribeNetworkInterfaces");
    output.ok().iter().flat_map(|output| output.network_interfaces()).map(told).collect()
}

/// `eni-1 (ELB app/shop/1)`: AWS says in the description whose an interface is.
fn told(interface: &NetworkInterface) -> String {
    let id = interface.network_interface_id().unwrap_or_default();
    let instance = interface.attachment().and_then(|attachment| attachment.instance_id());
    match interface.description().filter(|text| !text.is_empty()).or(instance) {
        Some(text) => format!("{id} ({text})"),
        None => id.to_owned(),
    }
}

fn named(found: Vec<String>) -> Option<String> {
    let (first, more) = (found.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "), found.len());
    match more {
        0 => None,
        1..=NAMED => Some(first),
        more => Some(format!("{first} and {} more", more - NAMED)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named_and_the_rest_counted() {
        let names = |count: usize| named((0..count).map(|number| format!("eni-{number}")).collect());
        assert_eq!(names(0), None);
        assert_eq!(names(2).as_deref(), Some("eni-0, eni-1"));
        assert_eq!(names(5).as_deref(), Some("eni-0, eni-1, eni-2 and 2 more"));
    }
}
