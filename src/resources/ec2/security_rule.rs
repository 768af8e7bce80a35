use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::cidr;
use crate::aws::AwsError;

/// The two lists of a security group's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Ingress,
    Egress,
}

/// One rule of a security group in canonical form. The other end is the source or the destination, as the side has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Rule {
    pub(super) ip_protocol: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_port: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_port: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cidr_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cidr_ipv6: Option<String>,
    #[serde(alias = "DestinationPrefixListId", skip_serializing_if = "Option::is_none")]
    source_prefix_list_id: Option<String>,
    #[serde(alias = "DestinationSecurityGroupId", skip_serializing_if = "Option::is_none")]
    source_security_group_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_security_group_owner_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

impl Rule {
    /// What a new group lets out, by the other end: everything. Source: EC2 API reference, `CreateSecurityGroup`.
    pub(super) fn everything_to(cidr_ip: Option<&str>, cidr_ipv6: Option<&str>) -> Self {
        let text = |block: Option<&str>| block.map(str::to_owned);
        Self { ip_protocol: "-1".to_owned(), cidr_ip: text(cidr_ip), cidr_ipv6: text(cidr_ipv6), ..Self::default() }
    }

    /// A rule from the schema's shape.
    ///
    /// # Errors
    /// `AwsError::Invalid` where it has another shape.
    pub(super) fn parse(rule: &Value) -> Result<Self, AwsError> {
        let mut rule = rule.clone();
        if let Some(entries) = rule.as_object_mut() {
            canonicalize(entries);
        }
        serde_json::from_value(rule).map_err(|error| AwsError::Invalid(error.to_string()))
    }

    /// The schema's shape.
    pub(super) fn to_json(&self, side: Side) -> Value {
        let Ok(Value::Object(rule)) = serde_json::to_value(self) else { return Value::Null };
        let renamed = rule.into_iter().map(|(name, value)| match side {
            Side::Ingress => (name, value),
            Side::Egress => (name.replace("Source", "Destination"), value),
        });
        Value::Object(renamed.collect())
    }

    /// The rules of a permission, one for each other end. The owner of a referenced group is told where it is another
    /// account than `owner`, which is the group's own.
    pub(super) fn of_permission(permission: &IpPermission, owner: Option<&str>) -> Vec<Self> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let base = Self {
            ip_protocol: permission.ip_protocol().unwrap_or("-1").to_owned(),
            from_port: permission.from_port(),
            to_port: permission.to_port(),
            ..Self::default()
        };
        let ipv4 = permission.ip_ranges().iter().map(|range| Self {
            cidr_ip: text(range.cidr_ip()),
            description: text(range.description()),
            ..base.clone()
        });
        let ipv6 = permission.ipv6_ranges().iter().map(|range| Self {
            cidr_ipv6: text(range.cidr_ipv6()),
            description: text(range.description()),
            ..base.clone()
        });
        let lists = permission.prefix_list_ids().iter().map(|list| Self {
            source_prefix_list_id: text(list.prefix_list_id()),
            description: text(list.description()),
            ..base.clone()
        });
        let groups = permission.user_id_group_pairs().iter().map(|pair| Self {
            source_security_group_id: text(pair.group_id()),
            source_security_group_owner_id: text(pair.user_id().filter(|user| Some(*user) != owner)),
            description: text(pair.description()),
            ..base.clone()
        });
        ipv4.chain(ipv6).chain(lists).chain(groups).map(Self::canonical).collect()
    }

    pub(super) fn to_permission(&self) -> IpPermission {
        let description = self.description.clone();
        let permission = IpPermission::builder()
            .ip_protocol(&self.ip_protocol)
            .set_from_port(self.from_port)
            .set_to_port(self.to_port);
        if let Some(group) = &self.source_security_group_id {
            let pair = UserIdGroupPair::builder().group_id(group).set_description(description);
            let pair = pair.set_user_id(self.source_security_group_owner_id.clone());
            permission.user_id_group_pairs(pair.build()).build()
        } else if let Some(list) = &self.source_prefix_list_id {
            let list = PrefixListId::builder().prefix_list_id(list).set_description(description);
            permission.prefix_list_ids(list.build()).build()
        } else if let Some(block) = &self.cidr_ipv6 {
            let range = Ipv6Range::builder().cidr_ipv6(block).set_description(description);
            permission.ipv6_ranges(range.build()).build()
        } else {
            let range = IpRange::builder().set_cidr_ip(self.cidr_ip.clone()).set_description(description);
            permission.ip_ranges(range.build()).build()
        }
    }

    /// True if EC2 takes both for one rule: it knows rules by protocol, ports and other end. A group's id tells its owner.
    pub(super) fn same(&self, other: &Self) -> bool {
        let key = |rule: &Self| Self { description: None, source_security_group_owner_id: None, ..rule.clone() };
        key(self) == key(other)
    }

    fn canonical(mut self) -> Self {
        self.ip_protocol = protocol(&self.ip_protocol);
        (self.from_port, self.to_port) = match ports(&self.ip_protocol) {
            Ports::Range => (self.from_port, self.to_port),
            Ports::Messages => (self.from_port.or(Some(-1)), self.to_port.or(Some(-1))),
            Ports::None => (None, None),
        };
        self.cidr_ip = self.cidr_ip.as_deref().map(cidr::canonical);
        self.cidr_ipv6 = self.cidr_ipv6.as_deref().map(cidr::canonical);
        self
    }
}

/// Brings a rule in the schema's shape to the form in which EC2 keeps it. What is no text or absent stays.
/// Source: EC2 API reference, `IpPermission`, `IpRange`.
pub(super) fn canonicalize(rule: &mut Map<String, Value>) {
    cidr::canonicalize(rule, &["CidrIp", "CidrIpv6"]);
    let Some(name) = rule.get("IpProtocol").and_then(Value::as_str).map(protocol) else { return };
    match ports(&name) {
        Ports::Range => {}
        Ports::Messages => {
            for port in ["FromPort", "ToPort"] {
                rule.entry(port).or_insert(Value::from(-1));
            }
        }
        Ports::None => {
            rule.remove("FromPort");
            rule.remove("ToPort");
        }
    }
    rule.insert("IpProtocol".to_owned(), name.into());
}

/// What the two port numbers mean.
enum Ports {
    Range,
    /// ICMP type and code; -1 is any.
    Messages,
    /// EC2 lets all ports pass, whatever is written.
    None,
}

fn ports(protocol: &str) -> Ports {
    match protocol {
        "tcp" | "udp" => Ports::Range,
        "icmp" | "icmpv6" => Ports::Messages,
        _ => Ports::None,
    }
}

/// EC2 knows four protocols by name and gives those names back for their numbers.
fn protocol(name: &str) -> String {
    match name {
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        name => name.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_canonical_however_it_is_spelled() {
        for (written, kept) in [
            (
                json!({"IpProtocol": "6", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.1/8"}),
                json!({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}),
            ),
            (
                json!({"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "CidrIpv6": "0:0:0:0:0:0:0:0/0"}),
                json!({"IpProtocol": "-1", "CidrIpv6": "::/0"}),
            ),
            (
                json!({"IpProtocol": "ICMP", "CidrIp": "0.0.0.0/0"}),
                json!({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "0.0.0.0/0"}),
            ),
        ] {
            assert_eq!(Rule::parse(&written).unwrap().to_json(Side::Ingress), kept);
        }
    }

    #[test]
    fn a_rule_survives_the_way_to_ec2_and_back() {
        for (side, rule) in [
            (
                Side::Ingress,
                json!({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIp": "10.0.0.0/8", "Description": "a"}),
            ),
            (
                Side::Ingress,
                json!({"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1", "SourceSecurityGroupOwnerId": "1"}),
            ),
            (Side::Egress, json!({"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-1", "Description": "b"})),
            (Side::Egress, json!({"IpProtocol": "udp", "FromPort": 1, "ToPort": 2, "DestinationPrefixListId": "pl-1"})),
        ] {
            let back = Rule::of_permission(&Rule::parse(&rule).unwrap().to_permission(), Some("2"));
            let back: Vec<_> = back.iter().map(|back| back.to_json(side)).collect();
            assert_eq!(Value::from(back), json!([rule]));
        }
    }

    #[test]
    fn the_own_account_is_not_told() {
        let pair = UserIdGroupPair::builder().group_id("sg-1").user_id("123456789012").build();
        let permission = IpPermission::builder().ip_protocol("-1").user_id_group_pairs(pair).build();
        let rules = Rule::of_permission(&permission, Some("123456789012"));
        assert_eq!(rules[0].to_json(Side::Ingress), json!({"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}));
    }
}
