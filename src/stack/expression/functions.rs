use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cel::extractors::Arguments;
use cel::{Context, DeclarationError, Env, ExecutionError, Value};
use sha2::{Digest, Sha256};

use super::cidr_subnet::cidr_subnet;
use super::files::Files;
use super::ordered::ORDERED;
use super::zones::zone_names;
use crate::expression::{from_cel, sorted};

type Outcome = Result<Value, ExecutionError>;

/// CEL's standard functions and its extension libraries for strings, lists and numbers.
///
/// # Errors
/// Two libraries that declare the same function.
pub(super) fn environment() -> Result<Arc<Env>, DeclarationError> {
    let mut environment = Env::stdlib();
    environment.add_extension(cel::extensions::strings)?;
    environment.add_extension(cel::extensions::lists)?;
    environment.add_extension(cel::extensions::math)?;
    Ok(Arc::new(environment))
}

/// Adds our own functions: `cidr_subnet`, `json`, `base64`, `sha256`, `file`, `azs`.
///
/// # Errors
/// A function whose name is taken.
pub(super) fn add_functions(
    context: &mut Context<'static, 'static>,
    region: &str,
    files: Arc<Files>,
) -> Result<(), DeclarationError> {
    let region = region.to_owned();
    context.add_function("cidr_subnet", |prefix: Arc<String>, newbits: i64, index: i64| -> Outcome {
        text("cidr_subnet", cidr_subnet(&prefix, newbits, index))
    })?;
    context.add_function("json", |value: Value| -> Outcome { text("json", json(&value)) })?;
    context.add_function("base64", |value: Value| -> Outcome {
        text("base64", bytes(&value).map(|bytes| STANDARD.encode(bytes)))
    })?;
    context.add_function("sha256", |value: Value| -> Outcome {
        text("sha256", bytes(&value).map(|bytes| hex::encode(Sha256::digest(bytes))))
    })?;
    context.add_function("file", move |path: Arc<String>| -> Outcome { text("file", files.text(&path)) })?;
    context.add_function("azs", move |Arguments(arguments): Arguments| azs(&region, &arguments))?;
    context.add_function(ORDERED, ordered)
}

fn text(function: &str, outcome: Result<String, String>) -> Outcome {
    outcome.map(Value::from).map_err(|message| ExecutionError::function_error(function, message))
}

fn json(value: &Value) -> Result<String, String> {
    let json = from_cel(value)?.to_json().ok_or("a part is not known")?;
    Ok(json.to_string())
}

fn bytes(value: &Value) -> Result<Vec<u8>, String> {
    match value {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        Value::Bytes(bytes) => Ok(bytes.to_vec()),
        other => Err(format!("it takes a text, and not {}", describe(other))),
    }
}

/// What a value is, for messages: "a list".
pub(super) fn describe(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
        Value::String(_) => "a text",
        Value::Bool(_) => "true or false",
        Value::Null => "null",
        _ => "another value",
    }
}

/// What a value is, where it matters that the two types of numbers do not mix.
pub(super) fn describe_exactly(value: &Value) -> &'static str {
    match value {
        Value::Int(_) | Value::UInt(_) => "a whole number",
        Value::Float(_) => "a number with a fraction",
        other => describe(other),
    }
}

/// `azs()` gives three zones, `azs(n)` gives `n`.
fn azs(region: &str, arguments: &[Value]) -> Outcome {
    let count = match arguments {
        [] => 3,
        [Value::Int(count)] => *count,
        _ => return Err(ExecutionError::function_error("azs", "it takes one whole number, or nothing")),
    };
    zone_names(region, count).map(Value::from).map_err(|message| ExecutionError::function_error("azs", message))
}

fn ordered(value: Value) -> Outcome {
    Ok(match &value {
        Value::Map(map) => Value::from(sorted(map).into_iter().map(|(key, _)| Value::from(key)).collect::<Vec<_>>()),
        _ => value,
    })
}
