use serde_json::Value;

/// The one text of a JSON value: compact, keys sorted. What is digested, so that neither layout nor key order of a file
/// matters.
pub(super) fn canonical(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Array(items) => write_all(b'[', items.iter(), b']', text, write),
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            write_all(b'{', entries.into_iter(), b'}', text, |(key, value), text| {
                write_scalar(&Value::from(key.as_str()), text);
                text.push(b':');
                write(value, text);
            });
        }
        scalar => write_scalar(scalar, text),
    }
}

fn write_all<T>(
    open: u8,
    items: impl Iterator<Item = T>,
    close: u8,
    text: &mut Vec<u8>,
    write: impl Fn(T, &mut Vec<u8>),
) {
    text.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        write(item, text);
    }
    text.push(close);
}

fn write_scalar(scalar: &Value, text: &mut Vec<u8>) {
    text.extend_from_slice(scalar.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn key_order_does_not_matter_and_list_order_does() {
        assert_eq!(canonical(&json!({"b": [1, 2.5, null], "a": "x\"y"})), br#"{"a":"x\"y","b":[1,2.5,null]}"#);
        assert_eq!(canonical(&json!({"a": {"c": 1, "b": 2}})), canonical(&json!({"a": {"b": 2, "c": 1}})));
        assert_ne!(canonical(&json!([1, 2])), canonical(&json!([2, 1])));
    }
}
