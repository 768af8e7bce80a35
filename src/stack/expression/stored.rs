//! The functions that give what AWS keeps for the stack: `ssm` and `secret`.

use std::sync::Arc;

use cel::extractors::Arguments;
use cel::{Context, DeclarationError, ExecutionError, Value};

use crate::stack::stored_value::StoredValue;
use crate::stack::stored_values::StoredValues;

/// The message by which an evaluation says that it waits for a value to be read.
const NOT_READ: &str = "this is not read yet";

/// True for a function whose values are secrets.
pub(crate) fn gives_secrets(function: &str) -> bool {
    matches!(function, "ssm" | "secret")
}

/// True if an evaluation ended because a stored value is not read yet.
pub(super) fn is_not_read(error: &ExecutionError) -> bool {
    matches!(error, ExecutionError::FunctionError { message, .. } if message == NOT_READ)
}

/// # Errors
/// A function whose name is taken.
pub(super) fn add_functions(
    context: &mut Context<'static, 'static>,
    values: &Arc<StoredValues>,
) -> Result<(), DeclarationError> {
    let parameters = Arc::clone(values);
    context.add_function("ssm", move |name: Arc<String>| {
        read("ssm", &parameters, StoredValue::Parameter { name: name.to_string() })
    })?;
    let secrets = Arc::clone(values);
    context.add_function("secret", move |Arguments(arguments): Arguments| {
        let (name, key) = match arguments.as_slice() {
            [Value::String(name)] => (name, None),
            [Value::String(name), Value::String(key)] => (name, Some(key.to_string())),
            _ => return Err(ExecutionError::function_error("secret", "it takes a name, and the key of an entry")),
        };
        read("secret", &secrets, StoredValue::Secret { name: name.to_string(), key })
    })
}

fn read(function: &'static str, values: &StoredValues, value: StoredValue) -> Result<Value, ExecutionError> {
    let read = values.get(value).unwrap_or_else(|| Err(NOT_READ.to_owned()));
    read.map(Value::from).map_err(|message| ExecutionError::function_error(function, message))
}
