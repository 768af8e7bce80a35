use std::sync::LazyLock;

use regex::Regex;

use super::fields::Fields;
use super::names::Complaint;
use crate::encryption::{Encryption, EncryptionKey};
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::document::{Entry, Node, NodeKind};
use crate::stack::foreign_words;

const KEYS: &[&str] = &["kms", "passphrase_env", "former"];
const FORMER_KEYS: &[&str] = &["kms", "passphrase_env"];
const EXAMPLE: &str = "write `encryption: { kms: alias/NAME }` or `encryption: { passphrase_env: VARIABLE }`";

/// AWS KMS API reference, Encrypt, `KeyId`: a key's id or ARN, an alias's name or ARN.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let id = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}";
    let alias = "alias/[a-zA-Z0-9/_-]{1,250}";
    Regex::new(&format!("^((arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{{12}}:)?({alias}|key/({id}))|{id})$")).ok()
});

/// The header's `encryption`. What is wrong goes to `problems`.
pub(super) fn read_encryption(entry: Entry, problems: &mut Problems) -> Option<Encryption> {
    let at = entry.key;
    if matches!(entry.node.kind, NodeKind::Broken) {
        return None;
    }
    if !matches!(entry.node.kind, NodeKind::Map(_)) {
        let found = entry.node.describe();
        let span = if matches!(entry.node.kind, NodeKind::Null) { at } else { entry.node.span };
        problems.error_with(span, format!("`encryption` must be a map, and this is {found}"), Some(EXAMPLE.to_owned()));
        return None;
    }
    let before = problems.count();
    let mut fields = Fields::read(entry.node, "`encryption`", KEYS, foreign_words::NONE, problems);
    let former = fields.take("former").map(|entry| read_former(entry, problems)).unwrap_or_default();
    let present = read_key(&mut fields, "`encryption`", at, before, problems)?;
    if former.contains(&present) {
        let help = "name there what values were encrypted with before".to_owned();
        problems.error_with(at, "`former` names the present key", Some(help));
    }
    Some(Encryption { present, former, former_project: None })
}

/// One map of a key, or a list of them.
fn read_former(entry: Entry, problems: &mut Problems) -> Vec<EncryptionKey> {
    let at = entry.key;
    let nodes = match entry.node.kind {
        NodeKind::List(items) => items,
        _ => vec![entry.node],
    };
    let mut read = |node: Node| {
        let NodeKind::Map(_) = &node.kind else {
            let found = node.describe();
            let span = if matches!(node.kind, NodeKind::Null) { at } else { node.span };
            let help = Some("write `former: { passphrase_env: VARIABLE }`".to_owned());
            problems.error_with(span, format!("`former` must be a map or a list of maps, and this is {found}"), help);
            return None;
        };
        let (span, before) = (node.span, problems.count());
        let mut fields = Fields::read(node, "`former`", FORMER_KEYS, foreign_words::NONE, problems);
        read_key(&mut fields, "`former`", span, before, problems)
    };
    nodes.into_iter().filter_map(&mut read).collect()
}

/// The one key that a map names. `before` are the problems from before the map.
fn read_key(
    fields: &mut Fields,
    what: &str,
    at: Span,
    before: usize,
    problems: &mut Problems,
) -> Option<EncryptionKey> {
    let key = fields.checked_text("kms", check_key, problems).map(|key| EncryptionKey::Kms { key });
    let variable = fields.checked_text("passphrase_env", check_variable, problems);
    let passphrase = variable.map(|variable| EncryptionKey::Passphrase { variable });
    match (key, passphrase) {
        (Some(_), Some(_)) => {
            let help = "keep the one that the stack's secrets are encrypted with".to_owned();
            problems.error_with(at, format!("{what} takes `kms` or `passphrase_env`, not both"), Some(help));
            None
        }
        (None, None) if problems.count() == before => {
            problems.error_with(at, format!("{what} does not say with what"), Some(EXAMPLE.to_owned()));
            None
        }
        (key, passphrase) => key.or(passphrase),
    }
}

fn check_key(key: &str) -> Result<(), Complaint> {
    if key.contains("${") {
        return Err(("`encryption` is read before anything else and takes no expressions".to_owned(), None));
    }
    let is_fit = KEY.as_ref().is_none_or(|form| form.is_match(key)) && !key.starts_with("key/");
    if is_fit {
        return Ok(());
    }
    let is_name = key.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character));
    let help = match key.strip_prefix("key/") {
        Some(id) => format!("write `{id}`"),
        None if is_name && !key.is_empty() => format!("write `alias/{key}`, if that is the key's alias"),
        None => "write the key's id or ARN, or an alias: `alias/NAME`".to_owned(),
    };
    Err((format!("`{key}` is no KMS key"), Some(help)))
}

/// POSIX.1-2024, Base Definitions, 8.1: portable names of environment variables.
fn check_variable(name: &str) -> Result<(), Complaint> {
    let in_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let starts_well = name.starts_with(|character: char| character.is_ascii_alphabetic() || character == '_');
    if starts_well && name.chars().all(in_name) {
        return Ok(());
    }
    // Somebody may have written the passphrase itself.
    let message = "`passphrase_env` takes the name of an environment variable, letters, digits and `_`, no digit first";
    Err((message.to_owned(), Some("write `passphrase_env: INFRA_PASSPHRASE`".to_owned())))
}
