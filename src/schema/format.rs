//! The formats that schemas give their texts, as far as a wrong one is certain to be refused.

use ipnet::{Ipv4Net, Ipv6Net};

use super::trail::Trail;
use super::validator::Validator;
use super::{Violation, describe};
use crate::value::Value;

/// What a text of a format is, in a reader's words; `None` for formats that say nothing that is certain.
pub(super) fn described(format: &str) -> Option<&'static str> {
    Some(match format {
        "ipv4-network" => "an IPv4 network such as 10.0.0.0/16",
        "ipv6-network" => "an IPv6 network such as 2001:db8::/56",
        "AWS::EC2::Image.Id" => "the id of an image",
        "AWS::EC2::SecurityGroup.Id" | "AWS::EC2::SecurityGroup.Ids" => "the id of a security group",
        "AWS::EC2::SecurityGroup.Name" | "AWS::EC2::SecurityGroup.Names" => "the name of a security group",
        "AWS::EC2::Subnet.Id" | "AWS::EC2::Subnet.Ids" => "the id of a subnet",
        "AWS::EC2::VPC.Id" => "the id of a VPC",
        "AWS::IAM::Role.Arn" => "the ARN of a role",
        "AWS::ACM::Certificate.Arn" => "the ARN of a certificate",
        "AWS::Lambda::Function.Arn" => "the ARN of a function",
        "AWS::SNS::Topic.Arn" => "the ARN of a topic",
        "AWS::SQS::Queue.Arn" => "the ARN of a queue",
        _ => return None,
    })
}

/// How the ids of EC2 begin. Source: EC2 user guide, Resource IDs.
fn prefix(format: &str) -> Option<&'static str> {
    Some(match format {
        "AWS::EC2::Image.Id" => "ami-",
        "AWS::EC2::SecurityGroup.Id" => "sg-",
        "AWS::EC2::Subnet.Id" => "subnet-",
        "AWS::EC2::VPC.Id" => "vpc-",
        _ => return None,
    })
}

fn fits(format: &str, text: &str) -> bool {
    match format {
        "ipv4-network" => text.parse::<Ipv4Net>().is_ok(),
        "ipv6-network" => text.parse::<Ipv6Net>().is_ok(),
        "AWS::IAM::Role.Arn" => !text.starts_with("arn:") || is_role(text),
        other => prefix(other).is_none_or(|prefix| text.starts_with(prefix)),
    }
}

/// True for the ARN of a role. Source: IAM user guide, IAM identifiers: `arn:aws:iam::account:role/role-name-with-path`.
fn is_role(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts[..], [_, _, "iam", _, _, object] if object.starts_with("role/"))
}

impl Validator<'_> {
    pub(super) fn check_format(&self, format: &str, text: &str, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(wanted) = described(format).filter(|_| !fits(format, text)) else { return };
        let got = describe::plain(&Value::String(text.to_owned()));
        let begins = prefix(format).map(|prefix| format!("it begins with `{prefix}`"));
        let message = format!("`{}` must be {wanted}, got {got}", self.place(trail));
        found.push(Violation { path: trail.path(), message, suggestion: begins, ..Violation::default() });
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::fixtures::check;

    #[test]
    fn networks_are_networks_of_their_version() {
        let vpc = |block: &str| check("AWS::EC2::VPC", &format!("CidrBlock: '{block}'"));
        for block in ["999.999.999.999/32", "10.0.0.0/33", "2001:db8::/56", "10.0.0.0", "the office"] {
            assert_eq!(
                vpc(block),
                [format!("CidrBlock: `CidrBlock` must be an IPv4 network such as 10.0.0.0/16, got \"{block}\"")]
            );
        }
        assert_eq!(vpc("10.0.0.0/16"), [""; 0]);
        assert_eq!(vpc("100.68.0.18/18"), [""; 0]);
        let acl = |block: &str| {
            let entry = "{NetworkAclId: acl-1, Protocol: -1, RuleAction: allow, RuleNumber: 1, Ipv6CidrBlock: '";
            check("AWS::EC2::NetworkAclEntry", &format!("{entry}{block}'}}"))
        };
        assert_eq!(acl("::/0"), [""; 0]);
        assert_eq!(
            acl("0.0.0.0/0"),
            ["Ipv6CidrBlock: `Ipv6CidrBlock` must be an IPv6 network such as 2001:db8::/56, got \"0.0.0.0/0\""]
        );
    }

    #[test]
    fn an_id_of_another_kind_of_object_is_told() {
        assert_eq!(
            check("AWS::EC2::Subnet", "{VpcId: subnet-0123, CidrBlock: 10.0.0.0/24}"),
            ["VpcId: `VpcId` must be the id of a VPC, got \"subnet-0123\"; it begins with `vpc-`"]
        );
    }

    #[test]
    fn the_arn_of_another_object_is_no_role() {
        let monitoring = |role: &str| check("AWS::RDS::DBInstance", &format!("MonitoringRoleArn: '{role}'"));
        for other in ["arn:aws:iam::123456789012:user/monitoring", "arn:aws:sns:us-west-2:123456789012:role/monitoring"]
        {
            let message = format!("`MonitoringRoleArn` must be the ARN of a role, got \"{other}\"");
            assert_eq!(monitoring(other), [format!("MonitoringRoleArn: {message}")]);
        }
        for role in ["arn:aws:iam::123456789012:role/rds/monitoring", "arn:aws-cn:iam::123456789012:role/a", "a"] {
            assert_eq!(monitoring(role), [""; 0]);
        }
    }
}
