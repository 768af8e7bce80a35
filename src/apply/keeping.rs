use serde_json::{Map, Value};

use super::Apply;
use super::step_error::StepError;
use crate::secrets::Secrets;
use crate::stack::Stack;

/// Values as state may keep them: each secret in them encrypted, or as its fingerprint where the stack has no encryption.
///
/// # Errors
/// A secret that cannot be encrypted.
pub async fn kept(
    apply: &Apply<'_>,
    stack: &Stack,
    values: &Map<String, Value>,
) -> Result<Map<String, Value>, StepError> {
    let secrets = stack.secrets();
    let mut sealed = Map::new();
    for text in secret_texts(secrets, values) {
        if let Some(ciphertext) = apply.vault.seal(&text).await? {
            sealed.insert(text, ciphertext.to_json());
        }
    }
    let replace = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        sealed.get(&text).cloned().unwrap_or_else(|| apply.key.fingerprint(value).to_json())
    };
    Ok(values.iter().map(|(name, value)| (name.clone(), secrets.with_secrets(value, &replace))).collect())
}

fn secret_texts(secrets: &Secrets, values: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for value in values.values() {
        crate::value::Value::from(value.clone()).texts(&mut |text| {
            if secrets.has(text) {
                found.push(text.to_owned());
            }
        });
    }
    found
}
