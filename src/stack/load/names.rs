use std::sync::LazyLock;

use regex::Regex;

use crate::stack::diagnostic::nearest;
use crate::stack::expression::RESERVED;

/// What is wrong with a name, and what to write instead.
pub(super) type Complaint = (String, Option<String>);

/// Longest name of a project or stack; both are in every physical name.
const LONGEST_NAME: usize = 40;
/// Longest name of a resource: with a member's key it still fits a tag's value (256 characters).
const LONGEST_RESOURCE_NAME: usize = 64;

static REGION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[a-z]{2,4}(-[a-z]{2,4})?-(central|(north|south)(east|west)?|east|west)-[0-9]{1,2}$").ok()
});

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
pub(super) fn check_resource_name(name: &str) -> Result<(), Complaint> {
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

/// A region by its form; AWS adds new ones.
pub(super) fn check_region(region: &str) -> Result<(), Complaint> {
    if REGION.as_ref().is_none_or(|form| form.is_match(region)) {
        return Ok(());
    }
    let suggestion = nearest(region, COMMON_REGIONS.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    Err((format!("`{region}` is no AWS region such as us-west-2"), suggestion))
}

const COMMON_REGIONS: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-south-1",
    "ca-central-1",
    "sa-east-1",
];

/// An account's number.
pub(super) fn check_account(account: &str) -> Result<(), Complaint> {
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err((format!("`{account}` is no AWS account: that has 12 digits"), None))
}
