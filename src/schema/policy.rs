//! Policy documents: what AWS refuses of them as malformed.

use std::sync::LazyLock;

use super::Violation;
use super::nearest::nearest;
use super::policy_kind::PolicyKind;
use super::trail::Trail;
use super::validator::Validator;
use crate::value::Value;

/// What an action's service may be, `s3` of `s3:GetObject`; made by `schemas/refresh.py`.
static SERVICES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../schemas/iam_services.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

impl Validator<'_> {
    pub(super) fn check_policy(&self, kind: PolicyKind, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(grammar) = kind.grammar() else { return };
        let parsed = match value {
            Value::String(text) => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(json) => Some(Value::from(json)),
                Err(error) => {
                    let message = format!("`{}` is no JSON document: {error}", self.place(trail));
                    found.push(Violation { path: trail.path(), message, ..Violation::default() });
                    return;
                }
            },
            Value::Map(_) => None,
            _ => return,
        };
        let document = parsed.as_ref().unwrap_or(value);
        let validator = Validator::new(grammar, grammar.lookup());
        validator.check(&grammar.lookup().root, document, trail, found);
        validator.check_statements(document.get("Statement"), &Trail::Key(trail, "Statement"), found);
    }

    fn check_statements(&self, statements: Option<&Value>, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        match statements {
            Some(Value::List(statements)) => {
                for (index, statement) in statements.iter().enumerate() {
                    self.check_statements(Some(statement), &Trail::Index(trail, index), found);
                }
            }
            Some(statement) => {
                for name in ["Action", "NotAction"] {
                    self.check_services(statement.get(name), &Trail::Key(trail, name), found);
                }
            }
            None => {}
        }
    }

    /// The list of services is always behind AWS's own: only what is nearly one of them is a slip.
    fn check_services(&self, actions: Option<&Value>, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        match actions {
            Some(Value::List(actions)) => {
                for (index, action) in actions.iter().enumerate() {
                    self.check_services(Some(action), &Trail::Index(trail, index), found);
                }
            }
            Some(Value::String(action)) => {
                let Some((service, name)) = action.split_once(':') else { return };
                let lower = service.to_ascii_lowercase();
                if service.contains(['*', '?']) || SERVICES.binary_search(&lower.as_str()).is_ok() {
                    return;
                }
                if let Some(near) = nearest(&lower, SERVICES.iter().copied()) {
                    let message =
                        format!("`{}` names the service `{service}`, which IAM does not know", self.place(trail));
                    let suggestion = Some(format!("did you mean `{near}:{name}`?"));
                    found.push(Violation { path: trail.path(), message, suggestion, ..Violation::default() });
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SERVICES;
    use crate::schema::fixtures::check;
    use crate::schema::policy_kind::PolicyKind;

    fn role(statement: &str) -> Vec<String> {
        check("AWS::IAM::Role", &format!("AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: {statement}}}"))
    }

    fn queue_policy(statement: &str) -> Vec<String> {
        check("AWS::SQS::QueuePolicy", &format!("{{Queues: [q], PolicyDocument: {{Statement: [{statement}]}}}}"))
    }

    #[test]
    fn every_grammar_is_read_and_services_are_sorted() {
        for kind in [PolicyKind::Trust, PolicyKind::Identity, PolicyKind::Resource, PolicyKind::OwnResource] {
            assert!(kind.grammar().is_some(), "{kind:?}");
        }
        assert!(SERVICES.is_sorted() && SERVICES.contains(&"s3"));
    }

    #[test]
    fn slips_in_a_trust_policy_are_told_at_their_place() {
        let wrong = "[{Effect: allow, Principle: {Service: ecs-tasks.amazonaws.com}, Action: 'sts:AssumeRole'}]";
        let told = role(wrong).join("\n");
        assert!(told.contains("AssumeRolePolicyDocument.Statement[0].Effect: "), "{told}");
        assert!(told.contains("did you mean `Allow`?"), "{told}");
        assert!(told.contains("did you mean `Principal`?"), "{told}");
        let resource = "{Effect: Allow, Principal: {AWS: '111122223333'}, Action: 'sts:AssumeRole', Resource: '*'}";
        assert!(role(resource).join("\n").contains("`Resource` is not a property"), "{:?}", role(resource));
    }

    #[test]
    fn a_right_policy_is_taken_as_a_map_and_as_a_text() {
        let right = "{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: 'sts:AssumeRole'}";
        assert_eq!(role(right), [""; 0]);
        assert_eq!(role(&format!("[{right}, '${{other.Statement}}']")), [""; 0]);
        let text = r#"'{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}'"#;
        assert_eq!(check("AWS::IAM::Role", &format!("AssumeRolePolicyDocument: {text}")), [""; 0]);
    }

    #[test]
    fn a_text_that_is_no_json_is_told() {
        let told = check("AWS::IAM::Role", "AssumeRolePolicyDocument: '{Statement: []}'").join("\n");
        assert!(told.contains("`AssumeRolePolicyDocument` is no JSON document: "), "{told}");
    }

    #[test]
    fn a_service_that_is_nearly_one_is_a_slip() {
        let statement = |action: &str| format!("{{Effect: Allow, Principal: '*', Action: '{action}', Resource: '*'}}");
        assert_eq!(
            queue_policy(&statement("sqss:SendMessage")),
            [
                "PolicyDocument.Statement[0].Action: `PolicyDocument.Statement[0].Action` names the service `sqss`, which IAM \
              does not know; did you mean `sqs:SendMessage`?"
            ]
        );
        assert_eq!(queue_policy(&statement("SQS:SendMessage")), [""; 0]);
        assert_eq!(queue_policy(&statement("entirelynew:Do")), [""; 0]);
    }
}
