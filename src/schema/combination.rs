//! What a schema says about several properties at once: groups of required names, and alternatives.

use super::kind::{Kind, Kinds};
use super::node::Node;
use super::trail::Trail;
use super::validator::Validator;
use super::{Violation, describe};
use crate::value::Value;

impl Validator<'_> {
    /// `meant` are properties that unknown names in the map are likely meant to be: of them no more is said.
    pub(super) fn check_required(
        &self,
        node: &Node,
        map: &Value,
        meant: &[&str],
        trail: &Trail<'_>,
        found: &mut Vec<Violation>,
    ) {
        for name in node.required.iter().filter(|name| !meant.contains(&name.as_str())) {
            let inside = Trail::Key(trail, name);
            if !is_written(map, name) && !self.is_output(&inside) && !self.is_tags(&inside) {
                found.push(self.about(trail, format!("`{name}` is required{}", self.inside(trail))));
            }
        }
        let groups = [(&node.required_or, false), (&node.required_xor, true)];
        for (names, exclusive) in groups.into_iter().filter(|(names, _)| !names.is_empty()) {
            if !names.iter().any(|name| meant.contains(&name.as_str())) {
                self.check_group(names, exclusive, map, trail, found);
            }
        }
        for (name, others) in node.dependent_required.iter().filter(|(name, _)| is_written(map, name)) {
            for other in others.iter().filter(|other| !is_written(map, other)) {
                found.push(self.about(trail, format!("`{name}` needs `{other}` beside it{}", self.inside(trail))));
            }
        }
        for (name, others) in node.dependent_excluded.iter().filter(|(name, _)| is_written(map, name)) {
            // The schemas list most pairs from both sides: the first in the alphabet speaks.
            let says_it = |other: &&String| {
                let mirrored = node.dependent_excluded.get(*other).is_some_and(|names| names.contains(name));
                is_written(map, other) && (!mirrored || name < *other)
            };
            for other in others.iter().filter(says_it) {
                found.push(self.exclusive([name.as_str(), other.as_str()], trail));
            }
        }
    }

    fn check_group(
        &self,
        names: &[String],
        exclusive: bool,
        map: &Value,
        trail: &Trail<'_>,
        found: &mut Vec<Violation>,
    ) {
        let written: Vec<&str> = names.iter().map(String::as_str).filter(|name| is_written(map, name)).collect();
        if written.is_empty() {
            let wanted = describe::either(names.iter().map(String::as_str));
            found.push(self.about(trail, format!("{wanted} is required{}", self.inside(trail))));
        } else if exclusive && written.len() > 1 {
            found.push(self.exclusive(written, trail));
        }
    }

    pub(super) fn check_alternatives(&self, node: &Node, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        for part in &node.all_of {
            self.check(part, value, trail, found);
        }
        for (branches, exclusive) in [(&node.any_of, false), (&node.one_of, true)] {
            if !branches.is_empty() {
                self.check_branches(branches, exclusive, value, trail, found);
            }
        }
    }

    fn check_branches(
        &self,
        branches: &[Node],
        exclusive: bool,
        value: &Value,
        trail: &Trail<'_>,
        found: &mut Vec<Violation>,
    ) {
        let outcomes: Vec<Vec<Violation>> = branches.iter().map(|branch| self.outcome(branch, value, trail)).collect();
        let fitting: Vec<&Node> = branches
            .iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| outcome.is_empty())
            .map(|(branch, _)| branch)
            .collect();
        match fitting.as_slice() {
            [] => found.extend(self.explain(branches, outcomes, value, trail)),
            [first, second, ..] if exclusive && are_disjoint(first, second) => {
                let names = first.required.iter().chain(&second.required).map(String::as_str);
                found.push(self.exclusive(names, trail));
            }
            _ => {}
        }
    }

    fn outcome(&self, branch: &Node, value: &Value, trail: &Trail<'_>) -> Vec<Violation> {
        let mut found = Vec::new();
        self.check(branch, value, trail, &mut found);
        found
    }

    /// Why no alternative fits, said about the one that was most likely meant.
    fn explain(
        &self,
        branches: &[Node],
        outcomes: Vec<Vec<Violation>>,
        value: &Value,
        trail: &Trail<'_>,
    ) -> Vec<Violation> {
        if branches.iter().all(Node::is_only_required) {
            let groups: Vec<String> =
                branches.iter().map(|branch| describe::both(branch.required.iter().map(String::as_str))).collect();
            return vec![self.about(trail, format!("{} is required{}", groups.join(" or "), self.inside(trail)))];
        }
        let kinds = self.kinds(branches);
        if let Some(kind) = Kind::of(value).filter(|kind| !kinds.accepts(*kind)) {
            let typed = branches.iter().find(|branch| branch.items.is_some() || !branch.kinds().contains(kind));
            return typed.map(|branch| self.wrong_type(branch, kinds, value, trail)).into_iter().collect();
        }
        if let Some(choice) = self.several_chosen(branches, value, trail) {
            return vec![choice];
        }
        let here = trail.path();
        // What is wrong deeper inside was meant to be this alternative; what is wrong here was perhaps another.
        let strangeness = |outcome: &Vec<Violation>| {
            let strange =
                outcome.iter().filter(|violation| violation.path.segments().len() <= here.segments().len() + 1);
            (strange.count(), outcome.len())
        };
        outcomes.into_iter().min_by_key(strangeness).unwrap_or_default()
    }

    /// Alternatives that are one property each: none of them is written, or several are.
    fn several_chosen(&self, branches: &[Node], value: &Value, trail: &Trail<'_>) -> Option<Violation> {
        let Value::Map(entries) = value else { return None };
        let names: Vec<Vec<&str>> = branches.iter().map(|branch| self.lookup.names(branch)).collect();
        let singles: Vec<&str> = names
            .iter()
            .map(|names| <[&str; 1]>::try_from(names.as_slice()).ok().map(|[n]| n))
            .collect::<Option<_>>()?;
        let written: Vec<&str> = singles.iter().copied().filter(|name| is_written(value, name)).collect();
        match written.as_slice() {
            [] if entries.is_empty() => {
                Some(self.about(trail, format!("{} is required{}", describe::either(singles), self.inside(trail))))
            }
            [_, _, ..] => Some(self.exclusive(written, trail)),
            _ => None,
        }
    }

    fn kinds(&self, branches: &[Node]) -> Kinds {
        let facets = branches.iter().map(|branch| {
            self.lookup.facets(branch).into_iter().map(|facet| facet.kinds()).fold(Kinds::default(), Kinds::or)
        });
        // A branch that names no type takes every type.
        facets
            .reduce(|all, kinds| if all.is_empty() || kinds.is_empty() { Kinds::default() } else { all.or(kinds) })
            .unwrap_or_default()
    }

    fn exclusive<'n>(&self, names: impl IntoIterator<Item = &'n str>, trail: &Trail<'_>) -> Violation {
        let names: Vec<&str> = names.into_iter().collect();
        let message =
            format!("only one of {} can be written{}", describe::both(names.iter().copied()), self.inside(trail));
        let exclusive = names.into_iter().map(str::to_owned).collect();
        Violation { exclusive, ..self.about(trail, message) }
    }

    fn about(&self, trail: &Trail<'_>, message: String) -> Violation {
        Violation { path: trail.path(), message, ..Violation::default() }
    }

    /// " in ContainerDefinitions[0]", and nothing for the resource itself.
    fn inside(&self, trail: &Trail<'_>) -> String {
        if matches!(trail, Trail::Root) { String::new() } else { format!(" in {}", self.place(trail)) }
    }
}

fn is_written(map: &Value, name: &str) -> bool {
    map.get(name).is_some_and(|value| *value != Value::Null)
}

/// True if both only require names, and none in common.
fn are_disjoint(first: &Node, second: &Node) -> bool {
    let required_only = first.is_only_required() && second.is_only_required();
    required_only && !first.required.iter().any(|name| second.required.contains(name))
}

#[cfg(test)]
mod tests {
    use crate::schema::Catalog;

    fn check(type_name: &str, json: serde_json::Value) -> Vec<String> {
        let violations = Catalog::standard().get(type_name).unwrap().validate(&json.into());
        violations.iter().map(|violation| format!("{}: {violation}", violation.path)).collect()
    }

    #[test]
    fn one_of_several_names_is_required_and_not_two() {
        let record = |zone: serde_json::Value| {
            let mut record = serde_json::json!({"Name": "a.test.", "Type": "A"});
            record.as_object_mut().unwrap().extend(zone.as_object().unwrap().clone());
            check("AWS::Route53::RecordSet", record)
        };
        assert_eq!(record(serde_json::json!({})), [": `HostedZoneId` or `HostedZoneName` is required"]);
        assert_eq!(
            record(serde_json::json!({"HostedZoneId": "Z1", "HostedZoneName": "test."})),
            [": only one of `HostedZoneId` and `HostedZoneName` can be written"]
        );
        assert_eq!(record(serde_json::json!({"HostedZoneId": "Z1"})), [""; 0]);
    }

    #[test]
    fn names_that_exclude_or_need_each_other_are_said_once() {
        let subnet = serde_json::json!({
            "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-west-2a", "AvailabilityZoneId": "usw2-az1"
        });
        assert_eq!(
            check("AWS::EC2::Subnet", subnet),
            [": only one of `AvailabilityZone` and `AvailabilityZoneId` can be written"]
        );
        assert_eq!(
            check("AWS::RDS::DBCluster", serde_json::json!({"MasterUserPassword": "secret-text"})),
            [": `MasterUserPassword` needs `MasterUsername` beside it"]
        );
    }

    #[test]
    fn of_alternatives_the_one_that_was_meant_is_explained() {
        let agent = |schema| {
            check(
                "AWS::Bedrock::Agent",
                serde_json::json!({"AgentName": "a", "ActionGroups": [
                    {"ActionGroupName": "a", "ApiSchema": schema}
                ]}),
            )
        };
        assert_eq!(
            agent(serde_json::json!({"Payload": 5})),
            ["ActionGroups[0].ApiSchema.Payload: `ActionGroups[0].ApiSchema.Payload` must be a text, \
              got the number 5; write it in quotes: \"5\""]
        );
        assert_eq!(
            agent(serde_json::json!({"Payload": "{}", "S3": {}})),
            ["ActionGroups[0].ApiSchema: only one of `S3` and `Payload` can be written in ActionGroups[0].ApiSchema"]
        );
        assert_eq!(agent(serde_json::json!({"Payload": "{}"})), [""; 0]);
    }
}
