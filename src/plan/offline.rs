//! Plans without AWS: lookups are not made, and what they would give counts as what it was.

use serde_json::Value as Json;

use crate::address::Address;
use crate::resources::Properties;
use crate::value::Value;

/// The properties with what state has in the place of values that only wait for a lookup. What state does not have stays unknown.
pub fn assumed(mut evaluated: Value, state: &Properties, is_lookup: &dyn Fn(&Address) -> bool) -> Value {
    if let Value::Map(entries) = &mut evaluated {
        entries.iter_mut().for_each(|(name, value)| fill(value, state.get(name), is_lookup));
    }
    evaluated
}

fn fill(value: &mut Value, known: Option<&Json>, is_lookup: &dyn Fn(&Address) -> bool) {
    let Some(known) = known else { return };
    match value {
        Value::Unknown(unknown) if unknown.waits_for.iter().all(is_lookup) => *value = Value::from(known.clone()),
        Value::Map(entries) => entries.iter_mut().for_each(|(name, value)| fill(value, known.get(name), is_lookup)),
        Value::List(items) => {
            items.iter_mut().enumerate().for_each(|(index, value)| fill(value, known.get(index), is_lookup));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;
    use crate::value::Unknown;

    fn waiting(address: &str) -> Value {
        Value::Unknown(Unknown { expression: address.to_owned(), waits_for: vec![address.into()] })
    }

    #[test]
    fn what_waits_for_a_lookup_is_what_it_was_and_the_rest_stays_unknown() {
        let target = Value::Map(IndexMap::from([("HostedZoneId".to_owned(), waiting("zone"))]));
        let list = Value::List(vec![waiting("zone"), waiting("api")]);
        let entries = [("Target", target), ("List", list), ("New", waiting("zone"))];
        let evaluated = Value::Map(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        let state = json!({"Target": {"HostedZoneId": "Z1"}, "List": ["Z1", "A1"]}).as_object().cloned().unwrap();
        let evaluated = assumed(evaluated, &state, &|address| address.as_str() == "zone");
        assert_eq!(evaluated.get("Target").and_then(Value::to_json), Some(json!({"HostedZoneId": "Z1"})));
        let list = evaluated.get("List");
        assert!(matches!(list, Some(Value::List(items)) if items[0] == Value::from(json!("Z1"))));
        assert!(matches!(list, Some(Value::List(items)) if items[1] == waiting("api")));
        assert_eq!(evaluated.get("New"), Some(&waiting("zone")));
    }
}
