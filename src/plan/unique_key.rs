use std::fmt;
use std::hash::{Hash, Hasher};

use indexmap::IndexMap;

use crate::resources::{Apart, Driver, Live, Part, Properties, ResourceId};
use crate::value::Value;

/// What makes an object of a type the only one: of two resources with one key, AWS takes one, or tells them apart by further
/// properties, which are no part of the key's equality.
#[derive(Debug, Clone)]
pub struct UniqueKey {
    pub type_name: &'static str,
    /// `None` where the key counts in all regions.
    region: Option<String>,
    entries: Vec<Entry>,
    apart: Option<Telling>,
}

/// The values of what tells objects of one key apart; `None` where they are not known yet.
#[derive(Debug, Clone)]
struct Telling {
    by: Apart,
    texts: Option<Vec<String>>,
}

impl PartialEq for UniqueKey {
    fn eq(&self, other: &Self) -> bool {
        (self.type_name, &self.region, &self.entries) == (other.type_name, &other.region, &other.entries)
    }
}

impl Eq for UniqueKey {}

impl Hash for UniqueKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.type_name, &self.region, &self.entries).hash(state);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entry {
    /// `None` where none of the properties is written.
    property: Option<&'static str>,
    text: String,
    is_known: bool,
    /// Tells apart members of a `for_each` whose expressions are one text and give each its own value.
    member: Option<String>,
}

impl UniqueKey {
    /// The key of an object with these properties; `None` where the type has none, or a property that counts is missing.
    pub fn of(driver: &dyn Driver, region: &str, address: &str, properties: &Value) -> Option<Self> {
        let unique = driver.unique_by()?;
        let entries =
            unique.parts.iter().map(|part| Entry::of(part, address, properties)).collect::<Option<Vec<_>>>()?;
        let region = (!unique.global).then(|| region.to_owned());
        let apart = unique.apart.map(|by| Telling::of(by, properties));
        Some(Self { type_name: driver.type_name(), region, entries, apart })
    }

    /// True if AWS cannot have both side by side.
    pub fn clashes(&self, other: &Self) -> bool {
        self == other
            && match (&self.apart, &other.apart) {
                (Some(one), Some(other)) => one.clashes(other),
                _ => true,
            }
    }

    /// True if both are one object.
    pub fn is_same(&self, other: &Self) -> bool {
        let texts = |key: &Self| key.apart.as_ref().and_then(|telling| telling.texts.clone());
        self == other && texts(self) == texts(other)
    }

    /// The key of an object as AWS or state has it.
    pub fn of_object(driver: &dyn Driver, region: &str, properties: &Properties) -> Option<Self> {
        let mut properties = properties.clone();
        driver.canonicalize(&mut properties);
        Self::of(driver, region, "", &Value::from(serde_json::Value::Object(properties)))
    }

    /// The key that a new object would have in common with one that there is, so that both cannot exist side by side. What is
    /// not written is taken to be as it is.
    pub fn shared(driver: &dyn Driver, region: &str, desired: &Value, live: &Live) -> Option<Self> {
        let held = Self::of_object(driver, region, &live.properties)?;
        let Value::Map(written) = desired else { return None };
        let mut whole: IndexMap<String, Value> =
            live.properties.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
        whole.extend(written.clone());
        Self::of(driver, region, "", &Value::Map(whole)).filter(|wanted| wanted.clashes(&held))
    }

    /// The identifier that AWS gave an object makes it the only one as well.
    pub fn of_id(driver: &dyn Driver, region: &str, id: &ResourceId) -> Self {
        let entry = Entry { property: None, text: id.to_string(), is_known: true, member: None };
        Self { type_name: driver.type_name(), region: Some(region.to_owned()), entries: vec![entry], apart: None }
    }

    /// The first of its properties that is written.
    pub fn property(&self) -> Option<&'static str> {
        self.entries.iter().find_map(|entry| entry.property)
    }
}

impl Telling {
    fn of(by: Apart, properties: &Value) -> Self {
        let text = |name: &&'static str| match properties.get(name) {
            None | Some(Value::Null) => Some(String::new()),
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(_) => None,
        };
        let texts = by.properties.iter().map(text).collect();
        Self { by, texts }
    }

    fn clashes(&self, other: &Self) -> bool {
        let (Some(one), Some(other)) = (&self.texts, &other.texts) else { return false };
        let one: Vec<&str> = one.iter().map(String::as_str).collect();
        let other: Vec<&str> = other.iter().map(String::as_str).collect();
        (self.by.clash)(&one, &other)
    }

    /// `Type A, SetIdentifier blue`, without what is not written.
    fn words(&self) -> Vec<String> {
        let named = self.by.properties.iter().zip(self.texts.iter().flatten());
        named.filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name} {text}")).collect()
    }
}

impl Entry {
    fn of(part: &Part, address: &str, properties: &Value) -> Option<Self> {
        let mut written = part.properties.iter().filter_map(|&name| Some((name, properties.get(name)?)));
        let Some((name, value)) = written.find(|(_, value)| **value != Value::Null) else {
            let text = part.default?.to_owned();
            return Some(Self { property: None, text, is_known: true, member: None });
        };
        let form = |text: &str| (part.form)(name, text);
        let known = |text: String| Self { property: Some(name), text, is_known: true, member: None };
        match value {
            Value::String(text) => Some(known(form(text))),
            Value::Number(number) => Some(known(form(&number.to_string()))),
            Value::Unknown(unknown) => {
                let text = form(&unknown.expression);
                // A form that does not look at the value knows it already.
                let is_known = text == form("");
                let varies = !is_known && unknown.expression.contains("each");
                Some(Self { property: Some(name), text, is_known, member: varies.then(|| address.to_owned()) })
            }
            _ => None,
        }
    }
}

/// `QueueName emails`, `RouteTableId rtb-1, DestinationCidrBlock 0.0.0.0/0`.
impl fmt::Display for UniqueKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |entry: &Entry| Some(format!("{} {}", entry.property?, entry.text));
        let apart = self.apart.iter().flat_map(Telling::words);
        let written: Vec<String> = self.entries.iter().filter_map(named).chain(apart).collect();
        match (written.is_empty(), self.entries.first()) {
            (true, Some(id)) => formatter.write_str(&id.text),
            _ => formatter.write_str(&written.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::Registry;
    use crate::value::Unknown;

    fn key(type_name: &str, properties: serde_json::Value) -> Option<UniqueKey> {
        let registry = Registry::standard();
        let properties = properties.as_object().cloned().unwrap();
        UniqueKey::of_object(registry.get(type_name).unwrap(), "us-west-2", &properties)
    }

    #[test]
    fn what_aws_takes_for_one_object_has_one_key() {
        for (type_name, one, other) in [
            ("AWS::SQS::Queue", json!({"QueueName": "a"}), json!({"QueueName": "a", "DelaySeconds": 1})),
            (
                "AWS::Route53::RecordSet",
                json!({"HostedZoneId": "Z1", "Name": "A.shop.example.", "Type": "A", "TTL": "60"}),
                json!({"HostedZoneId": "/hostedzone/Z1", "Name": "a.shop.example", "Type": "A"}),
            ),
            (
                "AWS::EC2::Route",
                json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "igw-1"}),
                json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "10.1.0.0/8", "NatGatewayId": "nat-1"}),
            ),
            (
                "AWS::EC2::SubnetRouteTableAssociation",
                json!({"SubnetId": "subnet-1", "RouteTableId": "rtb-1"}),
                json!({"SubnetId": "subnet-1", "RouteTableId": "rtb-2"}),
            ),
            (
                "AWS::EC2::VPCGatewayAttachment",
                json!({"VpcId": "vpc-1", "InternetGatewayId": "igw-1"}),
                json!({"VpcId": "vpc-1", "InternetGatewayId": "igw-2"}),
            ),
            (
                "AWS::ElasticLoadBalancingV2::Listener",
                json!({"LoadBalancerArn": "arn:1", "Port": 443, "Protocol": "TLS"}),
                json!({"LoadBalancerArn": "arn:1", "Port": "443", "Protocol": "TCP"}),
            ),
            (
                "AWS::ECS::Service",
                json!({"Cluster": "arn:aws:ecs:us-west-2:123456789012:cluster/shop", "ServiceName": "api"}),
                json!({"Cluster": "shop", "ServiceName": "api"}),
            ),
            ("AWS::RDS::DBInstance", json!({"DBInstanceIdentifier": "DB"}), json!({"DBInstanceIdentifier": "db"})),
            ("AWS::RDS::DBCluster", json!({"DBClusterIdentifier": "DB"}), json!({"DBClusterIdentifier": "db"})),
            ("AWS::RDS::DBSubnetGroup", json!({"DBSubnetGroupName": "A"}), json!({"DBSubnetGroupName": "a"})),
            ("AWS::IAM::Role", json!({"RoleName": "App"}), json!({"RoleName": "app"})),
        ] {
            let (one, other) = (key(type_name, one).expect(type_name), key(type_name, other).expect(type_name));
            assert!(one.clashes(&other) && one.is_same(&other), "{type_name}");
        }
    }

    #[test]
    fn what_aws_tells_apart_has_two_keys() {
        for (type_name, one, other) in [
            (
                "AWS::Route53::RecordSet",
                json!({"HostedZoneId": "Z1", "Name": "a.shop.example", "Type": "A", "SetIdentifier": "blue"}),
                json!({"HostedZoneId": "Z1", "Name": "a.shop.example", "Type": "A", "SetIdentifier": "green"}),
            ),
            (
                "AWS::EC2::VPCGatewayAttachment",
                json!({"VpcId": "vpc-1", "InternetGatewayId": "igw-1"}),
                json!({"VpcId": "vpc-1", "VpnGatewayId": "vgw-1"}),
            ),
            (
                "AWS::ElasticLoadBalancingV2::Listener",
                json!({"LoadBalancerArn": "arn:1", "Port": 53, "Protocol": "TCP"}),
                json!({"LoadBalancerArn": "arn:1", "Port": 53, "Protocol": "UDP"}),
            ),
            (
                "AWS::EC2::SecurityGroup",
                json!({"GroupName": "api", "VpcId": "vpc-1"}),
                json!({"GroupName": "api", "VpcId": "vpc-2"}),
            ),
            ("AWS::SQS::Queue", json!({"QueueName": "a"}), json!({"QueueName": "A"})),
        ] {
            let (one, other) = (key(type_name, one).expect(type_name), key(type_name, other).expect(type_name));
            assert!(!one.clashes(&other), "{type_name}");
        }
        for type_name in ["AWS::Route53::HostedZone", "AWS::ECS::TaskDefinition", "AWS::EC2::VPC"] {
            assert_eq!(key(type_name, json!({"Name": "shop.example", "Family": "api"})), None, "{type_name}");
        }
    }

    #[test]
    fn what_is_in_each_others_way_is_not_one_object() {
        let record =
            |kind: &str, set: &str| json!({"HostedZoneId": "Z1", "Name": "a.b", "Type": kind, "SetIdentifier": set});
        let subnet = |block: &str| json!({"VpcId": "vpc-1", "CidrBlock": block});
        let plain = json!({"HostedZoneId": "Z1", "Name": "a.b", "Type": "A"});
        let cases = [
            ("AWS::Route53::RecordSet", record("CNAME", "x"), plain.clone(), true),
            ("AWS::Route53::RecordSet", record("A", "x"), plain.clone(), true),
            ("AWS::Route53::RecordSet", record("AAAA", "x"), plain, false),
            ("AWS::EC2::Subnet", subnet("10.0.0.0/24"), subnet("10.0.0.128/25"), true),
            ("AWS::EC2::Subnet", subnet("10.0.0.0/24"), subnet("10.0.1.0/24"), false),
        ];
        for (type_name, one, other, expected) in cases {
            let (one, other) = (key(type_name, one).expect(type_name), key(type_name, other).expect(type_name));
            assert_eq!((one.clashes(&other), one.is_same(&other)), (expected, false), "{one} {other}");
        }
    }

    #[test]
    fn what_cannot_exist_beside_its_successor_shares_its_key() {
        let registry = Registry::standard();
        let shared = |type_name: &str, live: serde_json::Value, desired: serde_json::Value| {
            let live = Live::of(ResourceId::new("it"), live);
            UniqueKey::shared(registry.get(type_name).unwrap(), "us-west-2", &Value::from(desired), &live).is_some()
        };
        let association = json!({"SubnetId": "subnet-1", "RouteTableId": "rtb-1"});
        let moved = |subnet: &str| json!({"SubnetId": subnet, "RouteTableId": "rtb-2"});
        assert!(shared("AWS::EC2::SubnetRouteTableAssociation", association.clone(), moved("subnet-1")));
        assert!(!shared("AWS::EC2::SubnetRouteTableAssociation", association, moved("subnet-2")));
        let group = json!({"GroupName": "api", "VpcId": "vpc-1"});
        assert!(shared("AWS::EC2::SecurityGroup", group.clone(), json!({"GroupName": "api"})));
        assert!(!shared("AWS::EC2::SecurityGroup", group, json!({"GroupName": "api-1"})));
    }

    #[test]
    fn only_buckets_roles_and_records_are_alone_in_all_regions() {
        let registry = Registry::standard();
        let global = registry.iter().filter(|driver| driver.unique_by().is_some_and(|unique| unique.global));
        let global: Vec<_> = global.map(|driver| driver.type_name()).collect();
        assert_eq!(global, ["AWS::IAM::Role", "AWS::Route53::RecordSet", "AWS::S3::Bucket"]);
    }

    #[test]
    fn what_is_not_known_yet_is_compared_by_its_expression() {
        let association = |address: &str, subnet: &str| {
            let unknown = Unknown { expression: subnet.to_owned(), waits_for: Vec::new() };
            let properties = Value::Map([("SubnetId".to_owned(), Value::Unknown(unknown))].into_iter().collect());
            let registry = Registry::standard();
            let driver = registry.get("AWS::EC2::SubnetRouteTableAssociation").unwrap();
            UniqueKey::of(driver, "us-west-2", address, &properties)
        };
        assert_eq!(association("a", "${subnet.SubnetId}"), association("b", "${subnet.SubnetId}"));
        assert_ne!(association("a", "${subnet.SubnetId}"), association("b", "${other.SubnetId}"));
        let member = "${subnet[each.key].SubnetId}";
        assert_ne!(association("a[\"x\"]", member), association("a[\"y\"]", member));
    }
}
