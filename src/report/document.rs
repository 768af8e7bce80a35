//! What a command prints for programs: one JSON object on stdout, whatever becomes of the command.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value as Json};

/// Of the format of all documents. It grows when a field goes or changes its meaning, and not when one is added.
pub const VERSION: u32 = 1;

static IS_WANTED: AtomicBool = AtomicBool::new(false);
/// As it is printed; empty where nothing was told yet.
static TEXT: Mutex<String> = Mutex::new(String::new());

#[derive(Serialize)]
struct Document<'a, T> {
    version: u32,
    #[serde(flatten)]
    facts: &'a T,
}

/// From here on, results are one document.
pub fn want() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

/// True if stdout is for programs.
pub fn is_wanted() -> bool {
    IS_WANTED.load(Ordering::Relaxed)
}

/// Puts an object's fields into the document. Fields that it has already are replaced.
///
/// # Errors
/// Where the facts are no object.
pub fn tell(facts: &impl Serialize) -> Result<(), serde_json::Error> {
    let mut text = TEXT.lock().unwrap_or_else(PoisonError::into_inner);
    *text = joined(&text, facts)?;
    Ok(())
}

/// The whole document, which begins anew.
pub fn take() -> String {
    let text = std::mem::take(&mut *TEXT.lock().unwrap_or_else(PoisonError::into_inner));
    // A command that has nothing to tell leaves a document all the same.
    if text.is_empty() { joined("", &Map::new()).unwrap_or_default() } else { text }
}

/// A plan is large: what is told alone is written as it is.
fn joined(told: &str, facts: &impl Serialize) -> Result<String, serde_json::Error> {
    if told.is_empty() {
        return serde_json::to_string_pretty(&Document { version: VERSION, facts });
    }
    let mut all: Map<String, Json> = serde_json::from_str(told)?;
    let more: Map<String, Json> = serde_json::from_value(serde_json::to_value(facts)?)?;
    all.extend(more);
    serde_json::to_string_pretty(&all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_begins_with_its_version_and_grows() {
        let first = joined("", &json!({"key": "a", "error": 1})).expect("an object");
        assert_eq!(first, "{\n  \"version\": 1,\n  \"key\": \"a\",\n  \"error\": 1\n}");
        let second: Json =
            serde_json::from_str(&joined(&first, &json!({"error": 2, "b": []})).expect("an object")).expect("JSON");
        assert_eq!(second, json!({"version": 1, "key": "a", "error": 2, "b": []}));
    }

    #[test]
    fn only_objects_are_facts() {
        assert!(joined("", &json!("text")).is_err());
        assert!(joined("{}", &json!([1])).is_err());
    }
}
