//! The parts of a network: VPC, subnets, gateways, routes, security groups.

mod cidr;
mod gateway;
mod holders;
mod internet_gateway;
mod object;
mod route;
mod route_table;
mod security_group;
mod security_rule;
mod security_rules;
mod settle;
mod shape;
mod subnet;
mod subnet_ipv6;
mod subnet_properties;
mod subnet_route_table_association;
mod tagging;
mod vpc;
mod vpc_dns;
mod vpc_gateway_attachment;
mod vpc_properties;

pub use internet_gateway::InternetGateway;
pub use route::Route;
pub use route_table::RouteTable;
pub use security_group::SecurityGroup;
pub use subnet::Subnet;
pub use subnet_route_table_association::SubnetRouteTableAssociation;
pub use vpc::Vpc;
pub use vpc_gateway_attachment::VpcGatewayAttachment;
