use serde_json::{Map, Value as Json};

use crate::stack::{Diagnostics, Scope, Stack};

/// The stack's outputs, without those that are not known yet.
///
/// # Errors
/// Expressions that fail, each where it stands.
pub fn known_outputs(stack: &Stack, scope: &dyn Scope) -> Result<Map<String, Json>, Diagnostics> {
    let outputs = stack.evaluate_outputs(scope)?;
    Ok(outputs.into_iter().filter_map(|(name, value)| Some((name, value.to_json()?))).collect())
}
