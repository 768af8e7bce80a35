use globset::Glob;

use crate::stack::document::{Node, NodeKind};
use crate::stack::expression::RESERVED;

/// What is wrong with a name, and what to write instead.
pub(in crate::stack) type Complaint = (String, Option<String>);

/// Longest name of a project or stack; both are in every physical name.
const LONGEST_NAME: usize = 40;
/// Longest name of a resource: with a member's key it still fits a tag's value (256 characters).
const LONGEST_RESOURCE_NAME: usize = 64;

/// Names of projects and stacks stand in tags and in physical names, so they keep to what all of those take: lower-case
/// letters, digits and single hyphens, a letter first.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), Complaint> {
    let fits = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    let starts_well = name.starts_with(|character: char| character.is_ascii_lowercase());
    let is_fit = starts_well && name.chars().all(fits) && !name.ends_with('-') && !name.contains("--");
    if !is_fit {
        let message = format!(
            "the {what} `{name}` cannot be part of AWS names: it takes lower-case letters, digits and single hyphens, a letter first"
        );
        return Err((message, made_fit(name).map(|fit| format!("write `{fit}`"))));
    }
    if name.len() > LONGEST_NAME {
        return Err((format!("the {what} `{name}` is longer than {LONGEST_NAME} characters"), None));
    }
    Ok(())
}

fn made_fit(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let parts = lower.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let fit = parts.collect::<Vec<_>>().join("-");
    fit.starts_with(|character: char| character.is_ascii_lowercase()).then_some(fit)
}

/// A resource's name is a word of the expression language.
pub(in crate::stack) fn check_resource_name(name: &str) -> Result<(), Complaint> {
    if RESERVED.contains(&name) {
        let message = format!("a resource cannot be named `{name}`: the word has a meaning in expressions");
        return Err((message, Some(format!("write `{name}_1`, or say what it is for"))));
    }
    let in_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let starts_well = name.starts_with(|character: char| character.is_ascii_alphabetic() || character == '_');
    if !starts_well || !name.chars().all(in_name) {
        let fit: String = name.chars().map(|character| if in_name(character) { character } else { '_' }).collect();
        let message =
            format!("`{name}` cannot be the name of a resource: it takes letters, digits and `_`, no digit first");
        return Err((message, (starts_well).then(|| format!("write `{fit}`"))));
    }
    if name.len() > LONGEST_RESOURCE_NAME {
        return Err((format!("`{name}` is longer than {LONGEST_RESOURCE_NAME} characters"), None));
    }
    Ok(())
}

/// What is wrong with a `match`, if anything is.
pub(super) fn check_pattern(node: &Node) -> Result<String, String> {
    let NodeKind::Text(pattern) = &node.kind else {
        return Err(format!("`match` must be a pattern such as \"pr-*\", and this is {}", node.describe()));
    };
    match Glob::new(pattern) {
        Ok(_) => Ok(pattern.clone()),
        Err(error) => Err(format!("`match` is no pattern: {}", error.kind())),
    }
}

/// Where state is: a folder, or a bucket.
pub(super) fn check_state(state: &str) -> Result<(), Complaint> {
    if state.contains("${") {
        return Err(("`state` is read before anything else and takes no expressions".to_owned(), None));
    }
    if state.trim().is_empty() {
        return Err(("`state` is empty".to_owned(), None));
    }
    match state.split_once(':') {
        Some(("s3", rest)) => match rest.strip_prefix("//") {
            Some(rest) => check_bucket(rest.split('/').next().unwrap_or_default()),
            None => {
                let fit = format!("write `s3://{}`", rest.trim_start_matches('/'));
                Err((format!("`{state}` is no bucket"), Some(fit)))
            }
        },
        Some((scheme, rest)) if rest.starts_with("//") => {
            let message = format!("state cannot be kept in `{scheme}:`");
            Err((message, Some("write `s3://bucket`, `s3://bucket/prefix` or a folder".to_owned())))
        }
        _ => Ok(()),
    }
}

/// Amazon S3 user guide, "General purpose bucket naming rules".
fn check_bucket(bucket: &str) -> Result<(), Complaint> {
    let in_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    let at_end = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bytes = bucket.as_bytes();
    let is_fit = (3..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| in_name(*byte))
        && at_end(bytes.first())
        && at_end(bytes.last())
        && !bucket.contains("..")
        && bucket.parse::<std::net::Ipv4Addr>().is_err();
    if is_fit {
        return Ok(());
    }
    let rule = "it takes 3 to 63 lower-case letters, digits, hyphens and dots, a letter or digit at both ends";
    Err((
        format!("`{bucket}` cannot be the name of a bucket: {rule}"),
        made_fit(bucket).map(|fit| format!("write `{fit}`")),
    ))
}

/// An account's number.
pub(super) fn check_account(account: &str) -> Result<(), Complaint> {
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err((format!("`{account}` is no AWS account: that has 12 digits"), None))
}
