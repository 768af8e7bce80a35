use aws_sdk_ec2::operation::create_subnet::builders::CreateSubnetFluentBuilder;
use aws_sdk_ec2::operation::modify_subnet_attribute::ModifySubnetAttributeInput;
use aws_sdk_ec2::operation::modify_subnet_attribute::builders::ModifySubnetAttributeInputBuilder;
use aws_sdk_ec2::types::{self, AttributeBooleanValue};
use serde::Deserialize;

use super::tagging::TagShape;
use crate::aws::AwsError;
use crate::resources::mirror::Mirror;

/// One `ModifySubnetAttribute` call without the subnet: it takes one attribute at a time.
pub(super) type Modification = ModifySubnetAttributeInputBuilder;

/// The properties that a stack file can write.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SubnetProperties {
    assign_ipv6_address_on_creation: Option<bool>,
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    cidr_block: Option<String>,
    enable_dns64: Option<bool>,
    enable_lni_at_device_index: Option<i32>,
    ipv4_ipam_pool_id: Option<String>,
    ipv4_netmask_length: Option<i32>,
    pub(super) ipv6_cidr_block: Option<String>,
    ipv6_ipam_pool_id: Option<String>,
    ipv6_native: Option<bool>,
    ipv6_netmask_length: Option<i32>,
    map_public_ip_on_launch: Option<bool>,
    outpost_arn: Option<String>,
    private_dns_name_options_on_launch: Option<PrivateDnsNameOptions>,
    vpc_id: Option<String>,
}

mirror! {
    /// What `DescribeSubnets` gives under the schema's names.
    pub(super) struct SubnetShape: types::Subnet {
        assign_ipv6_address_on_creation: bool,
        availability_zone: String,
        availability_zone_id: String,
        block_public_access_states: BlockPublicAccessStates,
        cidr_block: String,
        enable_dns64: bool,
        enable_lni_at_device_index: i32,
        ipv6_native: bool,
        map_public_ip_on_launch: bool,
        outpost_arn: String,
        private_dns_name_options_on_launch: PrivateDnsNameOptions,
        subnet_id: String,
        tags: Vec<TagShape>,
        vpc_id: String,
    }

    pub(super) struct PrivateDnsNameOptions: types::PrivateDnsNameOptionsOnLaunch {
        hostname_type: String,
        #[serde(rename = "EnableResourceNameDnsARecord")]
        enable_resource_name_dns_a_record: bool,
        #[serde(rename = "EnableResourceNameDnsAAAARecord")]
        enable_resource_name_dns_aaaa_record: bool,
    }

    pub(super) struct BlockPublicAccessStates: types::BlockPublicAccessStates {
        internet_gateway_block_mode: String,
    }
}

impl SubnetProperties {
    /// The attributes of an existing subnet.
    pub(super) fn of(subnet: &types::Subnet) -> Self {
        let shape = SubnetShape::from_sdk(subnet);
        Self {
            assign_ipv6_address_on_creation: shape.assign_ipv6_address_on_creation,
            enable_dns64: shape.enable_dns64,
            enable_lni_at_device_index: shape.enable_lni_at_device_index,
            ipv6_native: shape.ipv6_native,
            map_public_ip_on_launch: shape.map_public_ip_on_launch,
            private_dns_name_options_on_launch: shape.private_dns_name_options_on_launch,
            ..Self::default()
        }
    }

    /// What `CreateSubnet` takes; the attributes have to follow.
    pub(super) fn create(&self, call: CreateSubnetFluentBuilder) -> Result<CreateSubnetFluentBuilder, AwsError> {
        Ok(assign!(
            call,
            self,
            vpc_id,
            availability_zone,
            availability_zone_id,
            cidr_block,
            ipv4_ipam_pool_id,
            ipv4_netmask_length,
            ipv6_cidr_block,
            ipv6_ipam_pool_id,
            ipv6_netmask_length,
            ipv6_native,
            outpost_arn,
        ))
    }

    /// Fills in what a new subnet has, where a property was taken out of the file.
    /// Source: EC2 API reference, `Subnet`; hostnames of IPv6-only subnets are always resource names.
    pub(super) fn complete(&mut self, removed_if_absent: impl Fn(&str) -> bool) {
        for (name, flag) in [
            ("AssignIpv6AddressOnCreation", &mut self.assign_ipv6_address_on_creation),
            ("EnableDns64", &mut self.enable_dns64),
            ("MapPublicIpOnLaunch", &mut self.map_public_ip_on_launch),
        ] {
            if removed_if_absent(name) {
                flag.get_or_insert(false);
            }
        }
        if removed_if_absent("EnableLniAtDeviceIndex") {
            self.enable_lni_at_device_index.get_or_insert(NO_LOCAL_INTERFACES);
        }
        if removed_if_absent("PrivateDnsNameOptionsOnLaunch") {
            let hostnames = if self.ipv6_native == Some(true) { "resource-name" } else { "ip-name" };
            self.private_dns_name_options_on_launch.get_or_insert(PrivateDnsNameOptions {
                hostname_type: Some(hostnames.to_owned()),
                enable_resource_name_dns_a_record: Some(false),
                enable_resource_name_dns_aaaa_record: Some(false),
            });
        }
    }
}

/// Stands for local network interfaces that are disabled: index 0 is the primary interface, which can be none.
const NO_LOCAL_INTERFACES: i32 = 0;

/// The calls that make `live` what is `wanted`: what is turned off, and all else. What is not wanted is left alone.
pub(super) fn modifications(
    wanted: &SubnetProperties,
    live: &SubnetProperties,
) -> (Vec<Modification>, Vec<Modification>) {
    type Set = fn(Modification, AttributeBooleanValue) -> Modification;
    let options =
        |properties: &SubnetProperties| properties.private_dns_name_options_on_launch.clone().unwrap_or_default();
    let (wanted_dns, live_dns) = (options(wanted), options(live));
    let flags: [(Option<bool>, Option<bool>, Set); 5] = [
        (wanted.assign_ipv6_address_on_creation, live.assign_ipv6_address_on_creation, |call, flag| {
            call.assign_ipv6_address_on_creation(flag)
        }),
        (wanted.enable_dns64, live.enable_dns64, |call, flag| call.enable_dns64(flag)),
        (wanted.map_public_ip_on_launch, live.map_public_ip_on_launch, |call, flag| call.map_public_ip_on_launch(flag)),
        (wanted_dns.enable_resource_name_dns_a_record, live_dns.enable_resource_name_dns_a_record, |call, flag| {
            call.enable_resource_name_dns_a_record_on_launch(flag)
        }),
        (
            wanted_dns.enable_resource_name_dns_aaaa_record,
            live_dns.enable_resource_name_dns_aaaa_record,
            |call, flag| call.enable_resource_name_dns_aaaa_record_on_launch(flag),
        ),
    ];
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for (wanted, live, set) in flags {
        if let Some(flag) = wanted.filter(|flag| *flag != live.unwrap_or(false)) {
            let value = AttributeBooleanValue::builder().value(flag).build();
            if flag { &mut on } else { &mut off }.push(set(ModifySubnetAttributeInput::builder(), value));
        }
    }
    if let Some(kind) = wanted_dns.hostname_type.filter(|kind| live_dns.hostname_type.as_ref() != Some(kind)) {
        on.push(ModifySubnetAttributeInput::builder().private_dns_hostname_type_on_launch(kind.as_str().into()));
    }
    on.extend(local_interfaces(wanted.enable_lni_at_device_index, live.enable_lni_at_device_index));
    (off, on)
}

fn local_interfaces(wanted: Option<i32>, live: Option<i32>) -> Option<Modification> {
    let call = ModifySubnetAttributeInput::builder();
    match wanted? {
        index if index == live.unwrap_or(NO_LOCAL_INTERFACES) => None,
        NO_LOCAL_INTERFACES => {
            Some(call.disable_lni_at_device_index(AttributeBooleanValue::builder().value(true).build()))
        }
        index => Some(call.enable_lni_at_device_index(index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(json: serde_json::Value) -> SubnetProperties {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn each_attribute_that_differs_is_a_call_of_its_own() {
        let wanted = properties(serde_json::json!({
            "MapPublicIpOnLaunch": true,
            "EnableDns64": false,
            "PrivateDnsNameOptionsOnLaunch": {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": true},
        }));
        let live = properties(serde_json::json!({"MapPublicIpOnLaunch": false, "EnableDns64": true}));
        let (off, on) = modifications(&wanted, &live);
        assert_eq!(off.len(), 1);
        assert_eq!(on.len(), 3);
        assert_eq!(modifications(&wanted, &wanted), (vec![], vec![]));
    }

    #[test]
    fn what_was_taken_out_of_the_file_is_as_in_a_new_subnet() {
        let mut wanted = properties(serde_json::json!({}));
        wanted.complete(|name| name == "MapPublicIpOnLaunch" || name == "EnableLniAtDeviceIndex");
        let live = serde_json::json!({"MapPublicIpOnLaunch": true, "EnableDns64": true, "EnableLniAtDeviceIndex": 1});
        let (off, on) = modifications(&wanted, &properties(live));
        assert_eq!(off.len(), 1);
        assert!(on[0].get_disable_lni_at_device_index().is_some());
    }
}
