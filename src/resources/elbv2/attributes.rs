//! Attributes, `[{Key, Value}]`: AWS answers with all that an object has, a file writes a few.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::resources::{Properties, Update, tags};

/// The written attributes that live has in another way. One that was taken out of the file stays as it is: AWS has no call
/// that takes an attribute back, and its default depends on the kind of object.
pub fn changed(update: &Update<'_>, property: &str) -> BTreeMap<String, String> {
    let live = tags::from_json(update.live.properties.get(property));
    let mut written = tags::from_json(update.desired.properties.get(property));
    written.retain(|key, value| live.get(key) != Some(value));
    written
}

/// Leaves only the written attributes in live, so that those nobody wrote are no difference.
pub fn align(property: &str, desired: &Properties, live: &mut Properties) {
    let written = tags::from_json(desired.get(property));
    if let (true, Some(Value::Array(items))) = (desired.contains_key(property), live.get_mut(property)) {
        items.retain(|item| item["Key"].as_str().is_some_and(|key| written.contains_key(key)));
    }
}

/// Values as texts: a file may have `true` and `60`.
pub fn canonicalize(property: &str, properties: &mut Properties) {
    for item in properties.get_mut(property).and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(value) = item.get_mut("Value")
            && !value.is_string()
        {
            *value = value.to_string().into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_that_nobody_wrote_are_left_out_of_the_comparison() {
        let mut desired = json!({"A": [{"Key": "idle", "Value": 60}]}).as_object().cloned().unwrap();
        let mut live = json!({"A": [{"Key": "other", "Value": "x"}, {"Key": "idle", "Value": "60"}]});
        let live = live.as_object_mut().unwrap();
        canonicalize("A", &mut desired);
        align("A", &desired, live);
        assert_eq!(*live, desired);
    }
}
