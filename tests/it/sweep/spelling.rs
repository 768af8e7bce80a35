//! The same text for the same thing in every account.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use super::object::Object;
use crate::normalize::Normalizer;

/// What AWS makes up for an object: `vpc-0a1b2c3d`, `Z0123456789ABCD`, the hexadecimal end of an ARN.
static MADE_UP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:(?:vpc|subnet|igw|rtb|sg)-[0-9a-f]{8,17}|[A-Z0-9]{13,32}|[0-9a-f]{16})\b").expect("a pattern")
});

/// The same for what has no tag that tells what it is, in the order in which they are taken out.
static UNKNOWN: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>"),
        (r"\b[a-z]+-[0-9a-f]{8,17}\b", "<id>"),
        (r"\b[A-Z0-9]{13,32}\b", "<id>"),
        (r"(:secret:[A-Za-z0-9/_+=.@!<>-]+)-[A-Za-z0-9]{6}\b", "$1-<random>"),
        (r"\.cluster-(ro-)?[a-z0-9]{12}\.", ".cluster-$1<random>."),
        (r"\.[a-z0-9]{12}\.(us-[a-z]+-\d\.rds)", ".<random>.$1"),
        (r"\b\d{10}(\.\d+)?\b", "<time>"),
        (r"\b\d{4}-\d\d-\d\d(-\d\d-\d\d|T?[ 0-9:.+Z]*)", "<time>"),
    ]
    .map(|(pattern, replacement)| (Regex::new(pattern).expect("a pattern"), replacement))
    .into()
});

/// Members that differ in every account and say nothing about it.
const VOLATILE: [&str; 7] =
    ["creationTime", "createdAt", "updatedAt", "registeredAt", "events", "SecretVersionsToStages", "CallerReference"];

/// How the objects of one account are spelled: by the resources that they belong to.
pub struct Spelling {
    labels: HashMap<String, String>,
    normalizer: Normalizer,
}

impl Spelling {
    pub fn of(objects: &[Object], normalizer: Normalizer) -> Self {
        let labels = objects.iter().filter_map(|object| {
            let made_up = MADE_UP.find_iter(&object.id).last()?;
            Some((made_up.as_str().to_owned(), format!("<{}>", object.address()?)))
        });
        Self { labels: labels.collect(), normalizer }
    }

    pub fn text(&self, text: &str) -> String {
        let label = |found: &Captures<'_>| self.labels.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_owned());
        let labelled = MADE_UP.replace_all(text, label);
        let known = UNKNOWN
            .iter()
            .fold(labelled.into_owned(), |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned());
        self.normalizer.apply(&known)
    }

    /// As one line, lists and members in an order of their own.
    pub fn json(&self, value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let kept = members.iter().filter(|(name, _)| !VOLATILE.contains(&name.as_str()));
                let mut texts: Vec<_> = kept.map(|(name, value)| format!("{name}: {}", self.json(value))).collect();
                texts.sort();
                format!("{{{}}}", texts.join(", "))
            }
            Value::Array(items) => {
                let mut texts: Vec<_> = items.iter().map(|item| self.json(item)).collect();
                texts.sort();
                format!("[{}]", texts.join(", "))
            }
            Value::String(text) => self.text(text),
            other => self.text(&other.to_string()),
        }
    }
}
