use aws_sdk_ec2::types::{IpPermission, SecurityGroup};
use serde_json::Value;

use super::object;
use super::security_rule::{self, Rule, Side};
use super::settle::once_references_known;
use crate::aws::{AwsError, CallResult, Context, ErrorKind};
use crate::resources::{Properties, ResourceId};

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    pub(super) fn property(self) -> &'static str {
        match self {
            Self::Ingress => "SecurityGroupIngress",
            Self::Egress => "SecurityGroupEgress",
        }
    }

    fn permissions(self, group: &SecurityGroup) -> &[IpPermission] {
        match self {
            Self::Ingress => group.ip_permissions(),
            Self::Egress => group.ip_permissions_egress(),
        }
    }

    /// The group's rules, one for each other end.
    pub(super) fn rules(self, group: &SecurityGroup) -> Vec<Rule> {
        let permissions = self.permissions(group).iter();
        permissions.flat_map(|permission| Rule::of_permission(permission, group.owner_id())).collect()
    }

    /// The written rules, or `None` where none are written.
    ///
    /// # Errors
    /// `AwsError::Invalid` where a rule has another shape than the schema's.
    pub(super) fn written(self, properties: &Properties) -> Result<Option<Vec<Rule>>, AwsError> {
        let rules = properties.get(self.property()).and_then(Value::as_array);
        rules.map(|rules| rules.iter().map(Rule::parse).collect()).transpose()
    }

    /// Brings the written or live rules to canonical form. Of what EC2 keeps as one rule the first stays.
    pub(super) fn canonicalize(self, properties: &mut Properties) {
        let Some(rules) = properties.get_mut(self.property()).and_then(Value::as_array_mut) else { return };
        rules.iter_mut().filter_map(Value::as_object_mut).for_each(security_rule::canonicalize);
        let mut kept: Vec<Rule> = Vec::new();
        rules.retain(|rule| {
            let Ok(rule) = Rule::parse(rule) else { return true };
            let is_new = !kept.iter().any(|other| other.same(&rule));
            kept.push(rule);
            is_new
        });
    }
}

/// Gives live rules the written owner of the group that they refer to.
pub(super) fn align_owners(desired: &Properties, live: &mut Properties) {
    const LIST: &str = "SecurityGroupIngress";
    const OWNER: &str = "SourceSecurityGroupOwnerId";
    let id = |rule: &Value| rule.get("SourceSecurityGroupId").cloned();
    let desired: Vec<&Value> = desired.get(LIST).and_then(Value::as_array).into_iter().flatten().collect();
    for rule in live.get_mut(LIST).and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(group) = id(rule) else { continue };
        let written = desired.iter().find(|written| id(written).as_ref() == Some(&group));
        if let (Some(owner), Some(rule)) = (written.and_then(|written| written.get(OWNER)), rule.as_object_mut()) {
            rule.insert(OWNER.to_owned(), owner.clone());
        }
    }
}

/// What makes a group's rules the wanted ones.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    authorize: Vec<Rule>,
    describe: Vec<Rule>,
    revoke: Vec<Rule>,
}

impl Difference {
    fn of(live: &[Rule], wanted: &[Rule]) -> Self {
        let mut difference = Self::default();
        for (index, rule) in wanted.iter().enumerate() {
            match live.iter().find(|live| live.same(rule)) {
                // EC2 refuses the same rule twice.
                None if wanted[..index].iter().any(|earlier| earlier.same(rule)) => {}
                None => difference.authorize.push(rule.clone()),
                Some(live) if text(live) != text(rule) => difference.describe.push(rule.clone()),
                Some(_) => {}
            }
        }
        let unwanted = live.iter().filter(|live| !wanted.iter().any(|rule| rule.same(live)));
        difference.revoke.extend(unwanted.cloned());
        difference
    }
}

/// EC2 gives an empty description back as none.
fn text(rule: &Rule) -> &str {
    rule.description.as_deref().unwrap_or_default()
}

/// How often the rules are compared: each of the three calls may lose its answer once.
const COMPARISONS: usize = 4;

/// Makes the group's rules on one side the wanted ones. Where EC2 says that a rule is there already or not there any
/// more, somebody else was faster or an answer was lost: it compares again with what the group has by now.
pub(super) async fn settle(
    cx: &Context,
    id: &ResourceId,
    side: Side,
    live: &[Rule],
    wanted: &[Rule],
) -> Result<(), AwsError> {
    let mut live = live.to_vec();
    for _ in 1..COMPARISONS {
        match apply(cx, id, side, Difference::of(&live, wanted)).await {
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {
                let group = object::shown::<SecurityGroup>(cx, "the security group to show", id).await?;
                live = side.rules(&group);
            }
            result => return result,
        }
    }
    apply(cx, id, side, Difference::of(&live, wanted)).await
}

/// New rules come before old ones go, so that what both allow is never interrupted.
async fn apply(cx: &Context, id: &ResourceId, side: Side, difference: Difference) -> Result<(), AwsError> {
    let Difference { authorize: new, describe: told, revoke: old } = difference;
    if !new.is_empty() {
        let send = || authorize(cx, id, side, &new);
        once_references_known(cx, "the groups in the rules to be known", Some(id), send).await?;
    }
    if !told.is_empty() {
        describe(cx, id, side, &told).await?;
    }
    if !old.is_empty() {
        revoke(cx, id, side, &old).await?;
    }
    Ok(())
}

/// Source: EC2 API reference, `AuthorizeSecurityGroupIngress`, `AuthorizeSecurityGroupEgress`.
async fn authorize(cx: &Context, id: &ResourceId, side: Side, rules: &[Rule]) -> Result<(), AwsError> {
    let (ec2, rules) = (cx.ec2(), Some(permissions(rules)));
    match side {
        Side::Ingress => {
            let call = ec2.authorize_security_group_ingress().group_id(id.as_str()).set_ip_permissions(rules);
            call.send().await.call("ec2:AuthorizeSecurityGroupIngress").map(drop)
        }
        Side::Egress => {
            let call = ec2.authorize_security_group_egress().group_id(id.as_str()).set_ip_permissions(rules);
            call.send().await.call("ec2:AuthorizeSecurityGroupEgress").map(drop)
        }
    }
}

/// Source: EC2 API reference, `RevokeSecurityGroupIngress`, `RevokeSecurityGroupEgress`.
async fn revoke(cx: &Context, id: &ResourceId, side: Side, rules: &[Rule]) -> Result<(), AwsError> {
    let (ec2, rules) = (cx.ec2(), Some(permissions(rules)));
    match side {
        Side::Ingress => {
            let call = ec2.revoke_security_group_ingress().group_id(id.as_str()).set_ip_permissions(rules);
            call.send().await.call("ec2:RevokeSecurityGroupIngress").map(drop)
        }
        Side::Egress => {
            let call = ec2.revoke_security_group_egress().group_id(id.as_str()).set_ip_permissions(rules);
            call.send().await.call("ec2:RevokeSecurityGroupEgress").map(drop)
        }
    }
}

/// Source: EC2 API reference, `UpdateSecurityGroupRuleDescriptionsIngress`, `UpdateSecurityGroupRuleDescriptionsEgress`.
async fn describe(cx: &Context, id: &ResourceId, side: Side, rules: &[Rule]) -> Result<(), AwsError> {
    let (ec2, rules, id) = (cx.ec2(), Some(permissions(rules)), id.as_str());
    match side {
        Side::Ingress => {
            let call = ec2.update_security_group_rule_descriptions_ingress().group_id(id).set_ip_permissions(rules);
            call.send().await.call("ec2:UpdateSecurityGroupRuleDescriptionsIngress").map(drop)
        }
        Side::Egress => {
            let call = ec2.update_security_group_rule_descriptions_egress().group_id(id).set_ip_permissions(rules);
            call.send().await.call("ec2:UpdateSecurityGroupRuleDescriptionsEgress").map(drop)
        }
    }
}

fn permissions(rules: &[Rule]) -> Vec<IpPermission> {
    rules.iter().map(Rule::to_permission).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules(json: Value) -> Vec<Rule> {
        json.as_array().unwrap().iter().map(|rule| Rule::parse(rule).unwrap()).collect()
    }

    #[test]
    fn only_what_differs_in_meaning_changes() {
        let live = rules(json!([
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"},
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"},
            {"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1", "Description": "old"},
        ]));
        let wanted = rules(json!([
            {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "SourceSecurityGroupId": "sg-1", "Description": "new"},
            {"IpProtocol": "TCP", "FromPort": 80, "ToPort": 80, "CidrIp": "10.1.2.3/8"},
            {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "CidrIpv6": "::/0"},
            {"IpProtocol": "17", "FromPort": 53, "ToPort": 53, "CidrIpv6": "::/0", "Description": "again"},
        ]));
        let difference = Difference::of(&live, &wanted);
        assert_eq!(difference.authorize, wanted[2..3]);
        assert_eq!(difference.describe, wanted[..1]);
        assert_eq!(difference.revoke, live[1..2]);
    }

    #[test]
    fn a_written_owner_is_no_difference() {
        let rule = json!({"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1", "SourceSecurityGroupOwnerId": "1"});
        let desired = json!({"SecurityGroupIngress": [rule]});
        let live = json!({"SecurityGroupIngress": [{"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}]});
        let mut live = live.as_object().unwrap().clone();
        align_owners(desired.as_object().unwrap(), &mut live);
        assert_eq!(Value::Object(live), desired);
    }

    #[test]
    fn the_rule_of_a_new_group_stays_if_it_is_among_the_written() {
        let everything = [Rule::everything_to(Some("0.0.0.0/0"), None)];
        let written = rules(json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]));
        assert_eq!(Difference::of(&everything, &written), Difference::default());
        assert_eq!(Difference::of(&everything, &[]).revoke, everything);
    }
}
