//! What a schema says about a text or a number: choices, lengths, patterns and bounds.

use super::kind::is_same;
use super::nearest::nearest;
use super::node::Node;
use super::trail::Trail;
use super::validator::{Validator, outside, plural};
use super::{Violation, describe};
use crate::value::Value;

impl Validator<'_> {
    pub(super) fn check_choices(&self, node: &Node, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let constant = node.constant.as_slice();
        for choices in [node.choices.as_slice(), constant] {
            if !choices.is_empty() && !choices.iter().any(|choice| is_same(value, choice)) {
                found.push(self.wrong_choice(choices, value, trail));
            }
        }
        if let (Value::String(text), false) = (value, node.loose_choices.is_empty()) {
            let is_same = |choice: &serde_json::Value| choice.as_str().is_some_and(|c| c.eq_ignore_ascii_case(text));
            if !node.loose_choices.iter().any(is_same) {
                found.push(self.wrong_choice(&node.loose_choices, value, trail));
            }
        }
    }

    fn wrong_choice(&self, choices: &[serde_json::Value], value: &Value, trail: &Trail<'_>) -> Violation {
        let message =
            format!("`{}` must be {}{}", self.place(trail), describe::choices(choices), self.got(value, trail));
        let written = describe::plain(value);
        let near = nearest(&written, choices.iter().filter_map(serde_json::Value::as_str));
        let suggestion = match switched(value, choices) {
            Some(word) => Some(format!("write `{word}`")),
            None => near.map(|near| format!("did you mean `{near}`?")),
        };
        Violation { path: trail.path(), message, suggestion, ..Violation::default() }
    }

    pub(super) fn check_text(&self, node: &Node, text: &str, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let bounds = (node.min_length, node.max_length);
        if bounds != (None, None) {
            let length = text.chars().count();
            if let Some(wanted) = outside(length, bounds) {
                let message =
                    format!("`{}` must be {wanted} character{} long, got {length}", self.place(trail), plural(&wanted));
                found.push(Violation { path: trail.path(), message, ..Violation::default() });
            }
        }
        if let Some(format) = &node.format {
            self.check_format(format, text, trail, found);
        }
        if let Some(pattern) = node.pattern.as_ref().filter(|pattern| !pattern.accepts(text)) {
            let got = self.got(&Value::String(text.to_owned()), trail);
            let message = format!("`{}` must match {}{got}", self.place(trail), pattern.text());
            found.push(Violation { path: trail.path(), message, ..Violation::default() });
        }
    }

    pub(super) fn check_number(&self, node: &Node, number: Option<f64>, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(number) = number else { return };
        let low = node.minimum.is_some_and(|least| number < least)
            || node.exclusive_minimum.is_some_and(|least| number <= least);
        let high =
            node.maximum.is_some_and(|most| number > most) || node.exclusive_maximum.is_some_and(|most| number >= most);
        if low || high {
            let wanted = match (node.minimum, node.maximum) {
                (Some(least), Some(most)) => format!("between {least} and {most}"),
                (Some(least), None) if low => format!("at least {least}"),
                (None, Some(most)) if high => format!("at most {most}"),
                _ if low => format!("more than {}", node.exclusive_minimum.unwrap_or(number)),
                _ => format!("less than {}", node.exclusive_maximum.unwrap_or(number)),
            };
            let message = format!("`{}` must be {wanted}, got {number}", self.place(trail));
            found.push(Violation { path: trail.path(), message, ..Violation::default() });
        }
    }

    /// Values that AWS does not give back are not repeated in messages.
    pub(super) fn is_secret(&self, trail: &Trail<'_>) -> bool {
        self.schema.is_write_only(&trail.path())
    }

    fn got(&self, value: &Value, trail: &Trail<'_>) -> String {
        if self.is_secret(trail) { String::new() } else { format!(", got {}", describe::plain(value)) }
    }
}

/// The word that stands for a flag among two such words: `ENABLED` for `true`.
fn switched<'c>(value: &Value, choices: &'c [serde_json::Value]) -> Option<&'c str> {
    let (on, off) = (["enabled", "enable", "on", "yes"], ["disabled", "disable", "off", "no"]);
    let words = match value {
        Value::Bool(true) => on,
        Value::Bool(false) => off,
        Value::String(text) if text == "true" => on,
        Value::String(text) if text == "false" => off,
        _ => return None,
    };
    let mut texts = choices.iter().filter_map(serde_json::Value::as_str);
    texts.find(|choice| words.contains(&choice.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use crate::schema::fixtures::check;

    #[test]
    fn values_outside_a_list_a_bound_or_a_pattern_are_named() {
        assert_eq!(
            check("AWS::ECS::Service", "LaunchType: FARGAT"),
            ["LaunchType: `LaunchType` must be one of EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES, got \"FARGAT\"; \
              did you mean `FARGATE`?"]
        );
        assert_eq!(
            check("AWS::SQS::Queue", "{DelaySeconds: 1000}"),
            ["DelaySeconds: `DelaySeconds` must be between 0 and 900, got 1000"]
        );
        assert_eq!(
            check("AWS::Logs::LogGroup", "LogGroupName: 'a b'"),
            ["LogGroupName: `LogGroupName` must match ^[.\\-_/#A-Za-z0-9]{1,512}\\Z, got \"a b\""]
        );
        assert_eq!(
            check("AWS::ElasticLoadBalancingV2::ListenerRule", "{Actions: [], Conditions: [], Priority: 1, Tags: []}"),
            ["Tags: `Tags` must have at least 1 item, got 0"]
        );
    }
}
