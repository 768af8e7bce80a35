use serde_json::Value as Json;

use crate::value::Value;

/// The property that names each item of a list of objects, so that an item is compared with itself wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NaturalKey(&'static str);

/// What AWS calls such a property, what says most first. Schemas do not tell; a list that has items of one name has no key.
const NAMES: [&str; 15] = [
    "Key",
    "Name",
    "Id",
    "ContainerName",
    "PolicyName",
    "Sid",
    "RuleName",
    "TargetGroupArn",
    "CertificateArn",
    "CapacityProvider",
    "AvailabilityZone",
    "SubnetId",
    "SourceVolume",
    "ContainerPort",
    "Region",
];

impl NaturalKey {
    /// The first of the names that every item of both lists has, known, and no two items of one list share.
    pub fn of(desired: &[Value], live: &[Json]) -> Option<Self> {
        if desired.is_empty() || live.is_empty() {
            return None;
        }
        let tells = |key: &Self| {
            let (desired, live) = (key.all_desired(desired), key.all_live(live));
            desired.is_some_and(|names| are_distinct(&names)) && live.is_some_and(|names| are_distinct(&names))
        };
        NAMES.into_iter().map(Self).find(tells)
    }

    /// The name of a written item, where it is known.
    pub fn of_desired(&self, item: &Value) -> Option<Json> {
        item.get(self.0)?.to_json().filter(is_name)
    }

    pub fn of_live<'a>(&self, item: &'a Json) -> Option<&'a Json> {
        item.get(self.0).filter(|name| is_name(name))
    }

    /// The item of that name.
    pub fn find<'a>(&self, items: &'a [Json], name: Option<&Json>) -> Option<&'a Json> {
        let name = name?;
        items.iter().find(|item| self.of_live(item) == Some(name))
    }

    /// True if the items that both lists have stand in the same order: then no order is lost where they are compared by name.
    pub fn keeps_order(&self, desired: &[Value], live: &[Json]) -> bool {
        let (Some(desired), Some(live)) = (self.all_desired(desired), self.all_live(live)) else { return false };
        let common = desired.iter().filter(|name| live.contains(name));
        common.eq(live.iter().copied().filter(|name| desired.contains(name)))
    }

    fn all_desired(&self, items: &[Value]) -> Option<Vec<Json>> {
        items.iter().map(|item| self.of_desired(item)).collect()
    }

    fn all_live<'a>(&self, items: &'a [Json]) -> Option<Vec<&'a Json>> {
        items.iter().map(|item| self.of_live(item)).collect()
    }
}

fn is_name(json: &Json) -> bool {
    matches!(json, Json::String(_) | Json::Number(_))
}

fn are_distinct<T: PartialEq>(names: &[T]) -> bool {
    names.iter().enumerate().all(|(index, name)| !names[..index].contains(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(desired: &Json, live: &Json) -> Option<&'static str> {
        let (Json::Array(desired), Json::Array(live)) = (desired, live) else { return None };
        let desired: Vec<Value> = desired.iter().cloned().map(Value::from).collect();
        NaturalKey::of(&desired, live).map(|key| key.0)
    }

    #[test]
    fn a_key_is_what_all_items_have_and_no_two_share() {
        let named = json!([{"Name": "a", "Value": 1}, {"Name": "b", "Value": 2}]);
        assert_eq!(key(&named, &named), Some("Name"));
        let twice = json!([{"Name": "a", "Id": 1}, {"Name": "a", "Id": 2}]);
        assert_eq!(key(&twice, &twice), Some("Id"));
        assert_eq!(key(&json!([{"Name": "a"}, {"Value": 1}]), &named), None);
        assert_eq!(key(&json!(["a"]), &json!(["a"])), None);
        assert_eq!(key(&json!([]), &named), None);
    }

    #[test]
    fn items_that_only_moved_apart_keep_their_order() {
        let names = |text: &str| -> Vec<Json> { text.chars().map(|name| json!({"Id": name.to_string()})).collect() };
        let desired = |text: &str| -> Vec<Value> { names(text).into_iter().map(Value::from).collect() };
        let key = NaturalKey("Id");
        assert!(key.keeps_order(&desired("axbc"), &names("abc")));
        assert!(key.keeps_order(&desired("ac"), &names("abc")));
        assert!(!key.keeps_order(&desired("cab"), &names("abc")));
    }
}
