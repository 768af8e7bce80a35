use crate::schema::PropertyPath;
use crate::value::Value;

/// A value that an apply would send and the plan did not show. What the plan did not know may have become anything.
#[derive(Debug, PartialEq)]
pub struct Unforeseen<'a> {
    pub path: PropertyPath,
    /// `None` where one of the two has nothing there.
    pub planned: Option<&'a Value>,
    pub now: Option<&'a Value>,
}

impl<'a> Unforeseen<'a> {
    /// The first such value. `planned` is in canonical spelling, save the properties that were not wholly known; of those
    /// `written` has today's, and `canonical` that of all others.
    pub fn find(planned: &'a Value, written: &'a Value, canonical: &'a Value) -> Option<Self> {
        let (Value::Map(properties), Value::Map(now)) = (planned, canonical) else {
            return compare(&PropertyPath::root(), planned, canonical);
        };
        let added = now.iter().find(|(name, _)| !properties.contains_key(*name));
        if let Some((name, value)) = added {
            return Some(Self { path: PropertyPath::root().key(name), planned: None, now: Some(value) });
        }
        properties.iter().find_map(|(name, planned)| {
            let now = if planned.is_known() { canonical } else { written };
            entry(&PropertyPath::root().key(name), planned, now.get(name))
        })
    }
}

/// A null is a value that is not there, and what is unknown may become one.
fn entry<'a>(path: &PropertyPath, planned: &'a Value, now: Option<&'a Value>) -> Option<Unforeseen<'a>> {
    match (planned, now) {
        (planned, Some(now)) => compare(path, planned, now),
        (Value::Unknown(_) | Value::Null, None) => None,
        (planned, None) => Some(Unforeseen { path: path.clone(), planned: Some(planned), now: None }),
    }
}

fn compare<'a>(path: &PropertyPath, planned: &'a Value, now: &'a Value) -> Option<Unforeseen<'a>> {
    match (planned, now) {
        (Value::Unknown(_), _) => None,
        (Value::Map(planned), Value::Map(now)) => {
            let added = now.iter().find(|(name, value)| !planned.contains_key(*name) && **value != Value::Null);
            let added = added.map(|(name, value)| (path.key(name), value));
            if let Some((path, value)) = added {
                return Some(Unforeseen { path, planned: None, now: Some(value) });
            }
            planned.iter().find_map(|(name, planned)| entry(&path.key(name), planned, now.get(name)))
        }
        (Value::List(planned), Value::List(now)) if planned.len() == now.len() => {
            let mut pairs = planned.iter().zip(now).enumerate();
            pairs.find_map(|(index, (planned, now))| compare(&path.index(index), planned, now))
        }
        (planned, now) if planned == now => None,
        (planned, now) => Some(Unforeseen { path: path.clone(), planned: Some(planned), now: Some(now) }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::value::Unknown;

    fn unknown() -> Value {
        Value::Unknown(Unknown { expression: "${jobs.Arn}".to_owned(), waits_for: vec!["jobs".into()] })
    }

    fn with(value: serde_json::Value, name: &str, inner: Value) -> Value {
        let Value::Map(mut entries) = Value::from(value) else { unreachable!("a map is given") };
        entries.insert(name.to_owned(), inner);
        Value::Map(entries)
    }

    fn found(planned: &Value, now: &Value) -> Option<String> {
        Unforeseen::find(planned, now, now).map(|found| found.path.to_string())
    }

    #[test]
    fn what_was_unknown_may_have_become_anything_and_nothing_else_may() {
        let now =
            Value::from(json!({"Name": "a", "Policy": {"Statement": [{"Resource": "arn:1", "Effect": "Allow"}]}}));
        let statement = with(json!({"Effect": "Allow"}), "Resource", unknown());
        let planned = with(json!({"Statement": []}), "Statement", Value::List(vec![statement]));
        let planned = with(json!({"Name": "a"}), "Policy", planned);
        assert_eq!(found(&planned, &now), None);
        assert_eq!(found(&with(json!({"Name": "a"}), "Policy", unknown()), &now), None);
        let denied = with(json!({"Effect": "Deny"}), "Resource", unknown());
        let denied = with(json!({}), "Statement", Value::List(vec![denied]));
        let denied = with(json!({"Name": "a"}), "Policy", denied);
        assert_eq!(found(&denied, &now).as_deref(), Some("Policy.Statement[0].Effect"));
        for (planned, now, path) in [
            (json!({"DelaySeconds": 5}), json!({"DelaySeconds": 6}), "DelaySeconds"),
            (json!({"DelaySeconds": 5}), json!({}), "DelaySeconds"),
            (json!({}), json!({"DelaySeconds": 5}), "DelaySeconds"),
            (json!({"A": [1, 2]}), json!({"A": [1]}), "A"),
            (json!({"A": {"b": 1}}), json!({"A": {"b": 1, "c": 2}}), "A.c"),
        ] {
            assert_eq!(found(&planned.into(), &now.into()).as_deref(), Some(path));
        }
    }

    #[test]
    fn a_property_that_was_not_wholly_known_is_compared_as_it_is_written() {
        let planned = with(json!({}), "Names", Value::List(vec![unknown(), Value::from(json!("b."))]));
        let (written, canonical) = (json!({"Names": ["a.", "b."]}), json!({"Names": ["b", "a"]}));
        assert_eq!(Unforeseen::find(&planned, &written.into(), &canonical.into()), None);
    }
}
