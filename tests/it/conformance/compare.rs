//! Written values against live ones: only what is written counts.

use std::fmt;

use infra::resources::{Driver, Properties};
use infra::schema::{PropertyPath, ResourceSchema};
use serde_json::Value;

/// One place where live is not as written.
#[derive(Debug)]
pub struct Difference {
    pub path: PropertyPath,
    written: Value,
    live: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.live.as_ref().map_or("nothing".to_owned(), Value::to_string);
        write!(formatter, "{}: wrote {}, AWS has {live}", self.path, self.written)
    }
}

/// All places where `live` lacks what is written, both in the driver's canonical form. What AWS never gives back is left
/// out.
pub fn differences(
    driver: &dyn Driver,
    schema: &ResourceSchema,
    written: &Properties,
    live: &Properties,
) -> Vec<Difference> {
    let (mut written, mut live) = (written.clone(), live.clone());
    driver.canonicalize(&mut written);
    driver.canonicalize(&mut live);
    driver.align(&written, &mut live);
    let mut comparison = Comparison { schema, found: Vec::new() };
    comparison.members(&PropertyPath::root(), &written, &live);
    comparison.found
}

struct Comparison<'a> {
    schema: &'a ResourceSchema,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn members(&mut self, path: &PropertyPath, written: &Properties, live: &Properties) {
        for (name, value) in written {
            let path = path.key(name);
            match live.get(name) {
                _ if self.schema.is_write_only(&path) => {}
                Some(live) => self.value(&path, value, live),
                None if is_empty(value) => {}
                None => self.found.push(Difference { path, written: value.clone(), live: None }),
            }
        }
    }

    fn value(&mut self, path: &PropertyPath, written: &Value, live: &Value) {
        match (written, live) {
            (Value::Object(written), Value::Object(live)) => self.members(path, written, live),
            (Value::Array(written), Value::Array(live)) if written.len() <= live.len() && is_tags(live) => {
                self.set(path, written, live);
            }
            (Value::Array(written), Value::Array(live)) if written.len() == live.len() => {
                if self.schema.is_unordered(path) {
                    return self.set(path, written, live);
                }
                for (index, (written, live)) in written.iter().zip(live).enumerate() {
                    self.value(&path.index(index), written, live);
                }
            }
            // A document that the schema also takes as text.
            (Value::Object(_), Value::String(text)) if let Ok(live) = serde_json::from_str::<Value>(text) => {
                self.value(path, written, &live);
            }
            _ if same(written, live) => {}
            _ => {
                let (path, written, live) = (path.clone(), written.clone(), Some(live.clone()));
                self.found.push(Difference { path, written, live });
            }
        }
    }

    /// Pairs each written item with a live one that fits; those without a partner are compared in turn.
    fn set(&mut self, path: &PropertyPath, written: &[Value], live: &[Value]) {
        let mut left: Vec<&Value> = live.iter().collect();
        let mut lonely = Vec::new();
        for item in written {
            match left.iter().position(|candidate| self.fits(path, item, candidate)) {
                Some(place) => drop(left.remove(place)),
                None => lonely.push(item),
            }
        }
        for (index, (item, live)) in lonely.into_iter().zip(left).enumerate() {
            self.value(&path.index(index), item, live);
        }
    }

    fn fits(&self, path: &PropertyPath, written: &Value, live: &Value) -> bool {
        let mut comparison = Comparison { schema: self.schema, found: Vec::new() };
        comparison.value(&path.index(0), written, live);
        comparison.found.is_empty()
    }
}

/// Tags and attributes: there may be more than we wrote.
fn is_tags(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.get("Key").is_some() && item.get("Value").is_some())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => value.is_null(),
    }
}

fn same(written: &Value, live: &Value) -> bool {
    match (written.as_f64(), live.as_f64()) {
        (Some(written), Some(live)) => written == live,
        _ => written == live,
    }
}
