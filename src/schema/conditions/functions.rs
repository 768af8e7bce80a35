use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use cel::extractors::This;
use cel::{Context, DeclarationError, Env, ExecutionError, Value};
use ipnet::IpNet;
use regex::Regex;

use crate::expression::{from_cel, to_cel};

/// CEL's standard functions and its extensions, and those on networks that conditions need.
static CONTEXT: LazyLock<Context<'static, 'static>> = LazyLock::new(|| build().unwrap_or_default());

pub(super) fn context() -> &'static Context<'static, 'static> {
    &CONTEXT
}

/// # Errors
/// Functions whose names are in each other's way, which a test would find.
fn build() -> Result<Context<'static, 'static>, DeclarationError> {
    let mut environment = Env::stdlib();
    environment.add_extension(cel::extensions::strings)?;
    environment.add_extension(cel::extensions::lists)?;
    environment.add_extension(cel::extensions::math)?;
    let mut context = Context::with_env(Arc::new(environment));
    context.add_function("cidr_contains", |outer: Arc<String>, inner: Arc<String>| {
        pair(&outer, &inner).map(|(outer, inner)| outer.contains(&inner))
    })?;
    context.add_function("cidr_overlaps", |one: Arc<String>, other: Arc<String>| {
        pair(&one, &other).map(|(one, other)| one.contains(&other) || other.contains(&one))
    })?;
    context.add_function("cidr_network", |block: Arc<String>| {
        network("cidr_network", &block).map(|block| Value::from(block.to_string()))
    })?;
    context.add_function("cidr_prefix", |block: Arc<String>| {
        network("cidr_prefix", &block).map(|block| i64::from(block.prefix_len()))
    })?;
    context.add_function("is_ipv4", |text: Arc<String>| text.parse::<Ipv4Addr>().is_ok())?;
    context.add_function("is_ipv6", |text: Arc<String>| text.parse::<Ipv6Addr>().is_ok())?;
    context.add_function("fits", |This(text): This<Arc<String>>, pattern: Arc<String>| fits(&text, &pattern))?;
    context.add_function("document", document)?;
    context.add_function("document_size", |document: Value| document_size(&document))?;
    Ok(context)
}

/// CEL's own `matches` reads the pattern for each text, which takes longer than all else that conditions do.
fn fits(text: &str, pattern: &str) -> Result<bool, ExecutionError> {
    static READ: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.get(pattern) {
        return Ok(known.is_match(text));
    }
    let regex = Regex::new(pattern).map_err(|error| ExecutionError::function_error("fits", error))?;
    let is_match = regex.is_match(text);
    read.insert(pattern.to_owned(), regex);
    Ok(is_match)
}

fn pair(one: &str, other: &str) -> Result<(IpNet, IpNet), ExecutionError> {
    Ok((network("cidr_contains", one)?, network("cidr_contains", other)?))
}

fn network(function: &'static str, text: &str) -> Result<IpNet, ExecutionError> {
    let failure = |_| ExecutionError::function_error(function, format!("`{text}` is no network"));
    text.parse::<IpNet>().map(|network| network.trunc()).map_err(failure)
}

/// A document that may be written as a map or as its text.
fn document(document: Value) -> Result<Value, ExecutionError> {
    let Value::String(text) = &document else { return Ok(document) };
    let parsed: serde_json::Value =
        serde_json::from_str(text).map_err(|error| ExecutionError::function_error("document", error))?;
    Ok(to_cel(&parsed.into()))
}

/// How many characters a document has, without white space; of a list of documents all together.
fn document_size(document: &Value) -> Result<i64, ExecutionError> {
    match document {
        Value::List(documents) => documents.iter().map(document_size).sum(),
        Value::String(text) => Ok(visible(text)),
        document => {
            let json = from_cel(document).map(|document| document.to_json());
            let json = json.map_err(|error| ExecutionError::function_error("document_size", error))?;
            Ok(visible(&json.unwrap_or_default().to_string()))
        }
    }
}

fn visible(text: &str) -> i64 {
    text.chars().filter(|character| !character.is_whitespace()).count().try_into().unwrap_or(i64::MAX)
}
