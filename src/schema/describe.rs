//! Values and choices in the words of a message.

use serde_json::Value as Json;

use super::kind::{Kind, Kinds};
use crate::value::Value;

/// More of a text or of a list of choices says no more.
const LONGEST_TEXT: usize = 60;
const MOST_CHOICES: usize = 12;

/// The value with its type: `the number 256`, `"abc"`, `a list`.
pub(super) fn with_type(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("the number {number}"),
        other => plain(other),
    }
}

/// The value alone: `256`, `"abc"`, `a list`.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        other => Kind::of(other).map_or("a value that is not known yet", Kind::described).to_owned(),
    }
}

fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST_TEXT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Json::from(shown).to_string()
}

/// "`a`, `b` or `c`".
pub(super) fn either<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "or")
}

/// "`a`, `b` and `c`".
pub(super) fn both<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "and")
}

fn joined<'a>(names: impl IntoIterator<Item = &'a str>, word: &str) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {word} {last}", others.join(", ")),
        None => String::new(),
    }
}

/// "one of a, b, c", and how many more there are.
pub(super) fn choices(choices: &[Json]) -> String {
    let named: Vec<String> = choices.iter().take(MOST_CHOICES).map(choice).collect();
    match (choices.len(), named.as_slice()) {
        (1, [only]) => only.clone(),
        (all, _) if all > MOST_CHOICES => format!("one of {} and {} more", named.join(", "), all - MOST_CHOICES),
        _ => format!("one of {}", named.join(", ")),
    }
}

pub(super) fn choice(choice: &Json) -> String {
    choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)
}

/// How to write the same value so that its type fits; `None` where it is not the type that is wrong.
pub(super) fn rewritten(value: &Value, wanted: Kinds) -> Option<String> {
    let wants = |kind| wanted.contains(kind);
    match value {
        Value::Number(_) | Value::Bool(_) if wants(Kind::String) => {
            Some(format!("write it in quotes: \"{}\"", plain(value)))
        }
        Value::String(text) if wants(Kind::Boolean) => {
            flag(text).map(|flag| match text.eq_ignore_ascii_case(&flag.to_string()) {
                true => format!("write it without quotes: {flag}"),
                // Unquoted, too, such a word is a text in YAML 1.2.
                false => format!("write `{flag}`"),
            })
        }
        Value::String(text) if is_number(text, wanted) => Some(format!("write it without quotes: {text}")),
        Value::String(text) if is_json(text, wanted) => Some("write it as YAML, and not as a text of JSON".to_owned()),
        Value::Map(_) | Value::List(_) if wanted.is_only(Kind::String) => {
            Some("make text of it: \"${json({'key': 'value'})}\"".to_owned())
        }
        Value::List(items) if wants(Kind::Object) && is_tags(items) => {
            Some("write it as a map: {team: web}".to_owned())
        }
        _ => None,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn is_number(text: &str, wanted: Kinds) -> bool {
    let whole = wanted.contains(Kind::Integer) && text.parse::<i64>().is_ok();
    whole || (wanted.contains(Kind::Number) && text.parse::<f64>().is_ok_and(f64::is_finite))
}

/// True for a text that is the JSON of what is wanted.
fn is_json(text: &str, wanted: Kinds) -> bool {
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Array(_)) => wanted.contains(Kind::Array),
        Ok(Json::Object(_)) => wanted.contains(Kind::Object),
        _ => false,
    }
}

fn is_tags(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.get("Key").is_some() && item.get("Value").is_some())
}
