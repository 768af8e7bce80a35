use std::time::Duration;

use indexmap::IndexMap;

use super::duration::duration;
use super::encryption::read_encryption;
use super::fields::Fields;
use super::former_name::FormerName;
use super::names::{Complaint, check_account, check_name, check_pattern, check_state};
use super::region::check_region;
use crate::encryption::Encryption;
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::document::{Entry, Node, NodeKind};
use crate::stack::foreign_words;

const KEYS: &[&str] = &[
    "project",
    "renamed_from",
    "region",
    "account",
    "state",
    "encryption",
    "config",
    "tags",
    "resources",
    "outputs",
    "match",
    "ephemeral",
    "ttl",
];

/// A stack file by its top-level keys: what describes the stack, and the parts that are still as they were written.
pub(super) struct Header {
    pub project: String,
    pub renamed_from: Option<FormerName>,
    pub region: String,
    pub account: Option<String>,
    pub state: Option<String>,
    pub encryption: Option<Encryption>,
    pub ephemeral: bool,
    pub ttl: Option<Duration>,
    pub config: IndexMap<String, Entry>,
    pub tags: IndexMap<String, Entry>,
    pub resources: IndexMap<String, Entry>,
    pub outputs: IndexMap<String, Entry>,
}

impl Header {
    /// What is wrong goes to `problems`; a required text that is missing or wrong is then empty.
    pub fn read(node: Node, problems: &mut Problems) -> Self {
        let is_map = matches!(node.kind, NodeKind::Map(_));
        let mut fields = Fields::read(node, "a stack file", KEYS, foreign_words::OF_STACK, problems);
        let project = |text: &str| check_name("project", text);
        let (ephemeral, ttl) = lifetime(&mut fields, problems);
        let is_shared = check_match(&mut fields, problems);
        let renamed_from = FormerName::read(&mut fields, is_shared, problems);
        let encryption = fields.take("encryption").and_then(|entry| read_encryption(entry, problems));
        let former_project = renamed_from.as_ref().map(|former| former.project.clone());
        Self {
            renamed_from,
            project: required(&mut fields, "project", "shop", project, problems, is_map),
            region: required(&mut fields, "region", "us-west-2", check_region, problems, is_map),
            account: fields.checked_text("account", check_account, problems),
            state: fields.checked_text("state", check_state, problems),
            encryption: encryption.map(|encryption| Encryption { former_project, ..encryption }),
            ephemeral,
            ttl,
            config: fields.map("config", problems),
            tags: fields.map("tags", problems),
            resources: fields.map("resources", problems),
            outputs: fields.map("outputs", problems),
        }
    }
}

fn required(
    fields: &mut Fields,
    key: &str,
    example: &str,
    check: impl Fn(&str) -> Result<(), Complaint>,
    problems: &mut Problems,
    is_map: bool,
) -> String {
    let text = fields.checked_text(key, check, problems);
    if is_map && !fields.is_meant(key) {
        let suggestion = format!("add `{key}: {example}`");
        problems.error_with(Span::default(), format!("the stack file has no `{key}`"), Some(suggestion));
    }
    text.unwrap_or_default()
}

/// The pattern is read when the file is chosen; here it is checked, whatever chose the file.
/// Says whether there is one.
fn check_match(fields: &mut Fields, problems: &mut Problems) -> bool {
    let Some(entry) = fields.take("match") else { return false };
    if let Err(message) = check_pattern(&entry.node)
        && !matches!(entry.node.kind, NodeKind::Broken)
    {
        problems.error(entry.node.span, message);
    }
    true
}

fn lifetime(fields: &mut Fields, problems: &mut Problems) -> (bool, Option<Duration>) {
    let before = problems.count();
    let ephemeral = fields.flag("ephemeral", problems);
    // What `ephemeral` was meant to be is not known then.
    let is_certain = problems.count() == before;
    let Some((ttl, span)) = ttl(fields, problems) else { return (ephemeral.unwrap_or_default(), None) };
    if is_certain && ephemeral != Some(true) {
        let suggestion = "add `ephemeral: true`, or leave `ttl` out".to_owned();
        problems.error_with(span, "only an ephemeral stack has a `ttl`", Some(suggestion));
    }
    (ephemeral.unwrap_or_default(), Some(ttl))
}

fn ttl(fields: &mut Fields, problems: &mut Problems) -> Option<(Duration, Span)> {
    let entry = fields.take("ttl")?;
    let span = entry.node.span;
    let written = match &entry.node.kind {
        NodeKind::Text(text) => text.clone(),
        NodeKind::Number(number) => number.to_string(),
        NodeKind::Broken => return None,
        other_kind => {
            let is_nothing = matches!(other_kind, NodeKind::Null);
            let (at, found) = if is_nothing { (entry.key, "nothing") } else { (span, entry.node.describe()) };
            let message = format!("`ttl` must be a duration, and this is {found}");
            problems.error_with(at, message, Some("write `72h`".to_owned()));
            return None;
        }
    };
    let read =
        duration(&written, 'h', "72h").map_err(|(message, suggestion)| problems.error_with(span, message, suggestion));
    read.ok().map(|ttl| (ttl, span))
}
