//! Reads what AWS keeps for a stack, `ssm("…")` and `secret("…")`, before anything is planned.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::Value as Json;

use crate::aws::{CallResult, Clients};
use crate::stack::{Stack, StoredValue, StoredValues};

/// How many parameters one call gives. Source: Systems Manager API reference, GetParameters, Names.
const PARAMETERS_A_CALL: usize = 10;

/// Reads everything that the stack asks for and that is not read yet. What cannot be read is told where it is used.
pub async fn read_stored_values(stack: &Stack, clients: &Clients) {
    let values = stack.stored_values();
    let (mut parameters, mut secrets) = (Vec::new(), BTreeMap::<String, BTreeSet<Option<String>>>::new());
    for wanted in values.wanted() {
        match wanted {
            StoredValue::Parameter { name } => parameters.push(name),
            StoredValue::Secret { name, key } => drop(secrets.entry(name).or_default().insert(key)),
        }
    }
    let reader = Reader { region: &stack.region, clients, values };
    let parameters = parameters.chunks(PARAMETERS_A_CALL).map(|names| reader.parameters(names));
    let secrets = secrets.iter().map(|(name, keys)| reader.secret(name, keys));
    tokio::join!(join_all(parameters), join_all(secrets));
}

struct Reader<'a> {
    region: &'a str,
    clients: &'a Clients,
    values: &'a StoredValues,
}

impl Reader<'_> {
    async fn parameters(&self, names: &[String]) {
        let call = self.clients.ssm(self.region).get_parameters().set_names(Some(names.to_vec()));
        let answer = call.with_decryption(true).send().await.call("ssm:GetParameters");
        let found: BTreeMap<String, String> = match answer {
            Ok(answer) => {
                let found = answer.parameters.into_iter().flatten().flat_map(|parameter| {
                    let value = parameter.value.unwrap_or_default();
                    // A parameter is asked for by its name, with a version or label behind it, or by its ARN.
                    let selected = parameter
                        .selector
                        .map(|selector| format!("{}{selector}", parameter.name.as_deref().unwrap_or_default()));
                    [parameter.name, parameter.arn, selected]
                        .into_iter()
                        .flatten()
                        .map(move |name| (name, value.clone()))
                });
                found.collect()
            }
            Err(error) => {
                names.iter().for_each(|name| self.put_parameter(name, Err(error.to_string())));
                return;
            }
        };
        for name in names {
            let missing = || format!("Parameter Store of {} has no parameter `{name}`", self.region);
            self.put_parameter(name, found.get(name).cloned().ok_or_else(missing));
        }
    }

    fn put_parameter(&self, name: &str, read: Result<String, String>) {
        self.values.put(StoredValue::Parameter { name: name.to_owned() }, read);
    }

    async fn secret(&self, name: &str, keys: &BTreeSet<Option<String>>) {
        let call = self.clients.secrets(self.region).get_secret_value().secret_id(name);
        let text = match call.send().await.call("secretsmanager:GetSecretValue") {
            Ok(answer) => answer.secret_string.ok_or_else(|| format!("the secret `{name}` is binary, and no text")),
            Err(error) if error.is_not_found() => {
                Err(format!("Secrets Manager of {} has no secret `{name}` with a value", self.region))
            }
            Err(error) => Err(error.to_string()),
        };
        for key in keys {
            let read = text.clone().and_then(|text| entry(name, text, key.as_deref()));
            self.values.put(StoredValue::Secret { name: name.to_owned(), key: key.clone() }, read);
        }
    }
}

/// The entry of a secret that is a JSON map; without a key all of it. Messages tell nothing of what the secret is.
fn entry(name: &str, text: String, key: Option<&str>) -> Result<String, String> {
    let Some(key) = key else { return Ok(text) };
    let Ok(Json::Object(entries)) = serde_json::from_str::<Json>(&text) else {
        return Err(format!("the secret `{name}` is no JSON map: read all of it with `secret(\"{name}\")`"));
    };
    match entries.get(key) {
        Some(Json::String(value)) => Ok(value.clone()),
        Some(value) => Ok(value.to_string()),
        None => Err(format!("the secret `{name}` has no entry `{key}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::entry;

    #[test]
    fn an_entry_of_a_secret_is_its_text() {
        let entry = |text: &str, key| entry("db", text.to_owned(), key);
        assert_eq!(entry("plain", None), Ok("plain".to_owned()));
        assert_eq!(entry(r#"{"password": "p", "port": 5432}"#, Some("password")), Ok("p".to_owned()));
        assert_eq!(entry(r#"{"password": "p", "port": 5432}"#, Some("port")), Ok("5432".to_owned()));
        assert_eq!(entry("{}", Some("user")), Err("the secret `db` has no entry `user`".to_owned()));
        assert!(entry("hunter2", Some("user")).is_err_and(|message| !message.contains("hunter2")));
    }
}
