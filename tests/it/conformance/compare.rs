//! Written values against live ones: only what is written counts.

use std::fmt;

use infra::resources::{Driver, Properties};
use serde_json::Value;

/// One place where live is not as written.
#[derive(Debug)]
pub struct Difference {
    /// `ForwardConfig.TargetGroups`: members joined by dots, list positions left out.
    pub path: String,
    written: Value,
    live: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.live.as_ref().map_or("nothing".to_owned(), Value::to_string);
        write!(formatter, "{}: wrote {}, AWS has {live}", self.path, self.written)
    }
}

/// All places where `live` lacks what is written, both in the driver's canonical form.
pub fn differences(driver: &dyn Driver, written: &Properties, live: &Properties) -> Vec<Difference> {
    let (mut written, mut live) = (written.clone(), live.clone());
    driver.canonicalize(&mut written);
    driver.canonicalize(&mut live);
    let mut found = Vec::new();
    members("", &written, &live, &mut found);
    found
}

fn members(path: &str, written: &Properties, live: &Properties, found: &mut Vec<Difference>) {
    for (name, value) in written {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match live.get(name) {
            Some(live) => compare(&path, value, live, found),
            None => found.push(Difference { path, written: value.clone(), live: None }),
        }
    }
}

fn compare(path: &str, written: &Value, live: &Value, found: &mut Vec<Difference>) {
    match (written, live) {
        (Value::Object(written), Value::Object(live)) => members(path, written, live, found),
        (Value::Array(written), Value::Array(live)) if written.len() == live.len() => {
            items(path, written, live, found);
        }
        // A document that the schema also takes as text.
        (Value::Object(_), Value::String(text)) if let Ok(live) = serde_json::from_str::<Value>(text) => {
            compare(path, written, &live, found);
        }
        _ if same(written, live) => {}
        _ => found.push(Difference { path: path.to_owned(), written: written.clone(), live: Some(live.clone()) }),
    }
}

/// Pairs each written item with a live one that fits, in whatever order; those without a partner are compared in turn.
fn items(path: &str, written: &[Value], live: &[Value], found: &mut Vec<Difference>) {
    let mut left: Vec<&Value> = live.iter().collect();
    let mut lonely = Vec::new();
    for item in written {
        match left.iter().position(|candidate| fits(path, item, candidate)) {
            Some(place) => drop(left.remove(place)),
            None => lonely.push(item),
        }
    }
    for (item, live) in lonely.into_iter().zip(left) {
        compare(path, item, live, found);
    }
}

fn fits(path: &str, written: &Value, live: &Value) -> bool {
    let mut found = Vec::new();
    compare(path, written, live, &mut found);
    found.is_empty()
}

fn same(written: &Value, live: &Value) -> bool {
    match (written.as_f64(), live.as_f64()) {
        (Some(written), Some(live)) => written == live,
        _ => written == live,
    }
}
