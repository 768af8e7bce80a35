use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use cel::objects::Key;
use indexmap::IndexMap;
use serde_json::Number;

use crate::value::Value;

/// A value as CEL sees it. Whole numbers become `int`, never `uint`: CEL has no arithmetic between the two.
/// Parts that are not known become `null`; the caller only binds values whose unknown parts are not touched.
pub(crate) fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Null | Value::Unknown(_) => cel::Value::Null,
        Value::Bool(flag) => cel::Value::Bool(*flag),
        Value::Number(number) => number_to_cel(number),
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::List(items) => cel::Value::List(Arc::new(items.iter().map(to_cel).collect())),
        Value::Map(entries) => map_to_cel(entries.iter().map(|(key, value)| (key.as_str(), to_cel(value)))),
    }
}

pub(crate) fn map_to_cel<'a>(entries: impl IntoIterator<Item = (&'a str, cel::Value)>) -> cel::Value {
    let entries: HashMap<String, cel::Value> =
        entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    cel::Value::from(entries)
}

fn number_to_cel(number: &Number) -> cel::Value {
    match number.as_i64() {
        Some(whole) => cel::Value::Int(whole),
        None => cel::Value::Float(number.as_f64().unwrap_or_default()),
    }
}

/// What CEL made, as a value of ours. Maps come in the order of their keys, because CEL keeps none.
///
/// # Errors
/// What it is that has no form in JSON.
pub(crate) fn from_cel(value: &cel::Value) -> Result<Value, String> {
    Ok(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(flag) => Value::Bool(*flag),
        cel::Value::Int(whole) => Value::Number(Number::from(*whole).into()),
        cel::Value::UInt(whole) => Value::Number(Number::from(*whole).into()),
        cel::Value::Float(float) => Value::Number(Number::from_f64(*float).ok_or("the number is not finite")?.into()),
        cel::Value::String(text) => Value::String(text.to_string()),
        cel::Value::List(items) => Value::List(items.iter().map(from_cel).collect::<Result<_, _>>()?),
        cel::Value::Map(map) => Value::Map(map_from_cel(map)?),
        cel::Value::Timestamp(time) => Value::String(time.to_rfc3339()),
        cel::Value::Bytes(_) => return Err("bytes are no property value: make text of them with `base64`".to_owned()),
        cel::Value::Duration(_) => {
            return Err("a duration is no property value: make text of it with `string`".to_owned());
        }
        cel::Value::Opaque(_) => {
            return Err("this may have no value: say what to take then with `.orValue(…)`".to_owned());
        }
        cel::Value::Function(..) | cel::Value::Struct(_) => return Err("this is no property value".to_owned()),
    })
}

fn map_from_cel(map: &cel::objects::Map) -> Result<IndexMap<String, Value>, String> {
    let entries = sorted(map).into_iter().map(|(key, value)| Ok((key.to_string(), from_cel(value)?)));
    entries.collect()
}

/// A map's entries in the order of its keys.
pub(crate) fn sorted(map: &cel::objects::Map) -> Vec<(&Key, &cel::Value)> {
    let mut entries: Vec<_> = map.map.iter().collect();
    entries.sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    entries
}
