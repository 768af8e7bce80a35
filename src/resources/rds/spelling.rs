//! Values that RDS spells in its own way.

use serde_json::Value;

use crate::resources::Properties;

/// Puts these texts into lower case, as RDS stores them.
pub fn lower(properties: &mut Properties, names: &[&str]) {
    for name in names {
        if let Some(Value::String(text)) = properties.get_mut(*name) {
            *text = text.to_lowercase();
        }
    }
}

/// Those of the properties that name a group of AWS's own: `default.postgres16`, `default:mysql-8-0`.
pub fn of_aws(live: &Properties, names: &[&'static str]) -> Vec<&'static str> {
    let is_of_aws = |name: &&&'static str| {
        let group = live.get(**name).and_then(Value::as_str).unwrap_or_default();
        group.starts_with("default.") || group.starts_with("default:")
    };
    names.iter().filter(is_of_aws).copied().collect()
}

/// Takes out empty texts: RDS gives some for what an object does not have.
pub fn drop_empty(properties: &mut Properties) {
    properties.retain(|_, value| value.as_str() != Some(""));
}

/// Sorts these lists: RDS keeps no order.
pub fn sort(properties: &mut Properties, names: &[&str]) {
    for name in names {
        if let Some(Value::Array(items)) = properties.get_mut(*name) {
            items.sort_by_key(Value::to_string);
        }
    }
}

/// Makes numbers texts, where the schema wants texts.
pub fn texts(properties: &mut Properties, names: &[&str]) {
    for name in names {
        if let Some(number @ Value::Number(_)) = properties.get_mut(*name) {
            *number = number.to_string().into();
        }
    }
}

/// An engine version may be written in part: `16` runs as `16.4`, `8.0` as `8.0.mysql_aurora.3.08.0`.
pub fn align_version(desired: &Properties, live: &mut Properties) {
    align(desired, live, "EngineVersion", |desired, live| {
        live.strip_prefix(desired).is_some_and(|rest| rest.starts_with('.'))
    });
}

/// A key may be written as its id or as an alias, and comes back as the key's ARN. What an alias points to is KMS's
/// secret here, so it is taken for the key that is in use.
pub fn align_key(desired: &Properties, live: &mut Properties, property: &str) {
    align(desired, live, property, |desired, live| {
        desired.contains("alias/") || live.strip_suffix(desired).is_some_and(|arn| arn.ends_with(":key/"))
    });
}

fn align(desired: &Properties, live: &mut Properties, property: &str, same: impl Fn(&str, &str) -> bool) {
    let written = desired.get(property).and_then(Value::as_str);
    if let (Some(written), Some(Value::String(now))) = (written, live.get_mut(property))
        && same(written, now)
    {
        *now = written.to_owned();
    }
}

/// Only the members of a list that were written count, if they are all there: an Aurora cluster has three zones however
/// many were asked for. Source: Aurora user guide, "Availability Zones".
pub fn align_subset(desired: &Properties, live: &mut Properties, property: &str) {
    let (Some(Value::Array(written)), Some(Value::Array(now))) = (desired.get(property), live.get_mut(property)) else {
        return;
    };
    if written.iter().all(|item| now.contains(item)) {
        now.clone_from(written);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn aligned(align: impl Fn(&Properties, &mut Properties), desired: Value, live: Value) -> Value {
        let (Value::Object(desired), Value::Object(mut live)) = (desired, live) else { unreachable!() };
        align(&desired, &mut live);
        Value::Object(live)
    }

    #[test]
    fn a_partial_engine_version_means_every_version_below_it() {
        for (desired, live, result) in
            [("16", "16.4", "16"), ("16.4", "16.4", "16.4"), ("1", "16.4", "16.4"), ("16.5", "16.4", "16.4")]
        {
            let result = json!({"EngineVersion": result});
            let (desired, live) = (json!({"EngineVersion": desired}), json!({"EngineVersion": live}));
            assert_eq!(aligned(align_version, desired, live), result);
        }
    }

    #[test]
    fn a_key_is_its_id_and_its_arn() {
        let arn = "arn:aws:kms:us-west-2:123456789012:key/2f5d";
        let align = |desired: &Properties, live: &mut Properties| align_key(desired, live, "KmsKeyId");
        for (desired, result) in [("2f5d", "2f5d"), ("alias/data", "alias/data"), ("5d", arn), ("other", arn)] {
            let (desired, live) = (json!({"KmsKeyId": desired}), json!({"KmsKeyId": arn}));
            assert_eq!(aligned(align, desired, live), json!({"KmsKeyId": result}));
        }
    }

    #[test]
    fn zones_that_aws_added_are_no_difference_and_missing_ones_are() {
        let align = |desired: &Properties, live: &mut Properties| align_subset(desired, live, "Zones");
        let live = json!({"Zones": ["a", "b", "c"]});
        assert_eq!(aligned(align, json!({"Zones": ["a", "b"]}), live.clone()), json!({"Zones": ["a", "b"]}));
        assert_eq!(aligned(align, json!({"Zones": ["d"]}), live.clone()), live);
    }
}
