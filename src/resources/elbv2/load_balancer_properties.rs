use aws_sdk_elasticloadbalancingv2::types;
use serde_json::Value;

use super::arn;

properties! {
    /// The properties of `AWS::ElasticLoadBalancingV2::LoadBalancer`; attributes and tags are pairs, read as such.
    pub struct LoadBalancerProperties {
        #[serde(rename = "CanonicalHostedZoneID")]
        canonical_hosted_zone_id: String,
        #[serde(rename = "DNSName")]
        dns_name: String,
        enable_capacity_reservation_provision_stabilize: bool,
        enable_prefix_for_ipv6_source_nat: String,
        enforce_security_group_inbound_rules_on_private_link_traffic: String,
        ip_address_type: String,
        ipv4_ipam_pool_id: String,
        load_balancer_arn: String,
        load_balancer_attributes: Value,
        load_balancer_full_name: String,
        load_balancer_name: String,
        minimum_load_balancer_capacity: MinimumLoadBalancerCapacity,
        name: String,
        scheme: String,
        security_groups: Vec<String>,
        subnet_mappings: Vec<SubnetMapping>,
        subnets: Vec<String>,
        tags: Value,
        r#type: String,
    }
}

mirror! {
    pub struct MinimumLoadBalancerCapacity: types::MinimumLoadBalancerCapacity {
        capacity_units: i32,
    }
    pub struct SubnetMapping: types::SubnetMapping {
        allocation_id: String,
        #[serde(rename = "IPv6Address")]
        ipv6_address: String,
        #[serde(rename = "PrivateIPv4Address")]
        private_ipv4_address: String,
        source_nat_ipv6_prefix: String,
        subnet_id: String,
    }
}

impl LoadBalancerProperties {
    /// As `DescribeLoadBalancers` answers: without attributes, capacity and tags.
    pub fn from_sdk(found: &types::LoadBalancer) -> Self {
        let zones = found.availability_zones();
        Self {
            ipv4_ipam_pool_id: found.ipam_pools().and_then(|pools| pools.ipv4_ipam_pool_id.clone()),
            load_balancer_full_name: found.load_balancer_arn().map(|arn| arn::full_name(arn).to_owned()),
            name: found.load_balancer_name.clone(),
            subnet_mappings: Some(zones.iter().map(subnet_mapping).collect()),
            subnets: Some(zones.iter().filter_map(|zone| zone.subnet_id.clone()).collect()),
            ..reflect!(
                LoadBalancerProperties,
                found,
                canonical_hosted_zone_id,
                dns_name,
                enable_prefix_for_ipv6_source_nat,
                enforce_security_group_inbound_rules_on_private_link_traffic,
                ip_address_type,
                load_balancer_arn,
                load_balancer_name,
                scheme,
                security_groups,
                r#type,
            )
        }
    }

    pub fn ipam_pools(&self) -> Option<types::IpamPools> {
        self.ipv4_ipam_pool_id.as_ref().map(|pool| types::IpamPools::builder().ipv4_ipam_pool_id(pool).build())
    }
}

/// A zone has at most one address of ours.
fn subnet_mapping(zone: &types::AvailabilityZone) -> SubnetMapping {
    let address = zone.load_balancer_addresses().first();
    SubnetMapping {
        source_nat_ipv6_prefix: zone.source_nat_ipv6_prefixes().first().cloned(),
        subnet_id: zone.subnet_id.clone(),
        ..address
            .map(|address| reflect!(SubnetMapping, address, allocation_id, ipv6_address, private_ipv4_address))
            .unwrap_or_default()
    }
}
