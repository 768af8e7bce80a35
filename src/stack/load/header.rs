use std::time::Duration;

use indexmap::IndexMap;

use super::fields::Fields;
use super::names::{Complaint, check_account, check_name, check_region};
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::document::{Entry, Node, NodeKind};

const KEYS: &[&str] =
    &["project", "region", "account", "state", "config", "tags", "resources", "outputs", "match", "ephemeral", "ttl"];

/// A stack file by its top-level keys: what describes the stack, and the parts that are still as they were written.
pub(super) struct Header {
    pub project: String,
    pub region: String,
    pub account: Option<String>,
    pub state: Option<String>,
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
        let mut fields = Fields::read(node, "a stack file", KEYS, problems);
        let project = |text: &str| check_name("project", text);
        let (ephemeral, ttl) = lifetime(&mut fields, problems);
        fields.take("match");
        Self {
            project: required(&mut fields, "project", "shop", project, problems, is_map),
            region: required(&mut fields, "region", "us-west-2", check_region, problems, is_map),
            account: fields.checked_text("account", check_account, problems),
            state: fields.checked_text("state", check_state, problems),
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
    let before = problems.count();
    let text = fields.checked_text(key, check, problems);
    if is_map && text.is_none() && problems.count() == before {
        let suggestion = format!("add `{key}: {example}`");
        problems.error_with(Span::default(), format!("the stack file has no `{key}`"), Some(suggestion));
    }
    text.unwrap_or_default()
}

fn check_state(state: &str) -> Result<(), Complaint> {
    if state.contains("${") {
        return Err(("`state` is read before anything else and takes no expressions".to_owned(), None));
    }
    if state.is_empty() { Err(("`state` is empty".to_owned(), None)) } else { Ok(()) }
}

fn lifetime(fields: &mut Fields, problems: &mut Problems) -> (bool, Option<Duration>) {
    let ephemeral = fields.flag("ephemeral", problems);
    let Some((text, span)) = fields.text("ttl", problems) else { return (ephemeral.unwrap_or_default(), None) };
    let ttl = humantime::parse_duration(&text);
    match &ttl {
        Err(error) => {
            problems.error_with(span, format!("`{text}` is no duration: {error}"), Some("write `72h`".to_owned()));
        }
        Ok(_) if ephemeral != Some(true) => {
            let suggestion = "add `ephemeral: true`, or leave `ttl` out".to_owned();
            problems.error_with(span, "only an ephemeral stack has a `ttl`", Some(suggestion));
        }
        Ok(_) => {}
    }
    (ephemeral.unwrap_or_default(), ttl.ok())
}
