//! When two JSON documents mean the same to AWS.

use serde_json::{Map, Value};

/// True if two documents, each an object or its JSON text, mean the same. IAM policies compare by meaning: one string or
/// a list of one, any order of statements, actions, principals and conditions. Others compare as JSON.
/// Source: IAM user guide, "Grammar of the IAM JSON policy language".
pub fn documents_equal(left: &Value, right: &Value) -> bool {
    let (left, right) = (parsed(left), parsed(right));
    match (&left, &right) {
        (Value::Object(one), Value::Object(other)) if is_policy(one) && is_policy(other) => {
            policy(one) == policy(other)
        }
        _ => same(&left, &right),
    }
}

/// The document behind its JSON text, or the value itself.
pub fn parsed(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

fn is_policy(document: &Map<String, Value>) -> bool {
    document.contains_key("Statement")
}

/// A policy in one canonical spelling.
fn policy(document: &Map<String, Value>) -> Value {
    let entries = document.iter().map(|(key, value)| match key.as_str() {
        "Statement" => (key.clone(), set(value, statement_form)),
        _ => (key.clone(), value.clone()),
    });
    sorted(entries.collect())
}

fn statement_form(statement: &Value) -> Value {
    let Value::Object(statement) = statement else { return statement.clone() };
    let entries = statement.iter().map(|(key, value)| {
        let value = match key.as_str() {
            "Action" | "NotAction" => set(value, lowercase),
            "Resource" | "NotResource" => set(value, Value::clone),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => condition(value),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    sorted(entries.collect())
}

/// Actions match without regard to case.
fn lowercase(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| text.to_ascii_lowercase().into())
}

/// `"*"` and `{"AWS": "*"}` are the same principal, and so are an account and its root user.
fn principal(value: &Value) -> Value {
    let Value::Object(kinds) = value else {
        let everyone = Map::from_iter([("AWS".to_owned(), value.clone())]);
        return principal(&Value::Object(everyone));
    };
    sorted(kinds.iter().map(|(kind, who)| (kind.clone(), set(who, account_of_root))).collect())
}

fn account_of_root(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let mut parts = text.split(':');
    match (parts.next(), parts.nth(1), parts.nth(1), parts.next(), parts.next()) {
        (Some("arn"), Some("iam"), Some(account), Some("root"), None) => account.into(),
        _ => value.clone(),
    }
}

fn condition(value: &Value) -> Value {
    let Value::Object(operators) = value else { return value.clone() };
    let entries = operators.iter().map(|(operator, keys)| {
        let Value::Object(keys) = keys else { return (operator.clone(), keys.clone()) };
        let keys = keys.iter().map(|(key, values)| (key.to_ascii_lowercase(), set(values, as_text)));
        (operator.clone(), sorted(keys.collect()))
    });
    sorted(entries.collect())
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::String(_) => value.clone(),
        other => other.to_string().into(),
    }
}

/// One value or a list of them, as a sorted list without doubles.
fn set(value: &Value, form: impl Fn(&Value) -> Value) -> Value {
    let mut items: Vec<Value> = match value {
        Value::Array(items) => items.iter().map(form).collect(),
        one => vec![form(one)],
    };
    items.sort_by_cached_key(Value::to_string);
    items.dedup();
    Value::Array(items)
}

fn sorted(mut entries: Vec<(String, Value)>) -> Value {
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    Value::Object(entries.into_iter().collect())
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(left, right)| same(left, right))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, left)| other.get(key).is_some_and(|right| same(left, right)))
        }
        _ => scalars_equal(left, right),
    }
}

/// AWS answers `"5"` where `5` was written, and `"true"` for `true`.
pub fn scalars_equal(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Number(number) => Some(number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())),
        _ => None,
    };
    left == right || text(left).is_some_and(|left| Some(left) == text(right))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn policies_compare_by_meaning() {
        let written = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ["b", "a"],
            "Principal": {"AWS": ["123456789012"]},
            "Condition": {"Bool": {"aws:SecureTransport": true}},
        }});
        let live = json!({"Statement": [{
            "Action": ["SQS:SendMessage"], "Resource": ["a", "b"], "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Condition": {"Bool": {"aws:securetransport": ["true"]}},
        }], "Version": "2012-10-17"});
        assert!(documents_equal(&written, &live));
        assert!(documents_equal(&written, &live.to_string().into()));
    }

    #[test]
    fn another_action_is_a_difference() {
        let policy = |action: &str| json!({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]});
        assert!(!documents_equal(&policy("s3:GetObject"), &policy("s3:PutObject")));
    }

    #[test]
    fn everyone_is_spelled_two_ways() {
        let policy = |who: Value| json!({"Statement": [{"Effect": "Deny", "Principal": who, "Action": "*"}]});
        assert!(documents_equal(&policy(json!("*")), &policy(json!({"AWS": "*"}))));
    }

    #[test]
    fn other_documents_compare_as_json() {
        assert!(documents_equal(&json!({"maxReceiveCount": 5}), &json!("{\"maxReceiveCount\":\"5\"}")));
        assert!(!documents_equal(&json!({"a": [1, 2]}), &json!({"a": [2, 1]})));
    }
}
