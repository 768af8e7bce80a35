use clap::Args;
use futures::future::try_join_all;
use serde_json::{Map, Value as Json, json};

use super::cipher::key_ring;
use super::exit::Exit;
use super::global::Global;
use super::outputs::text;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::encryption::{Ciphertext, KeyRing};
use crate::report::document;
use crate::report::printer::outln;
use crate::stack::{ConfigValue, StackFile};

/// What stands for a secret that is not shown.
const HIDDEN: &str = "(secret)";
/// And for one that is not in the file.
const REQUIRED: &str = "(secret, given for each run)";

#[derive(Debug, Args)]
pub struct ConfigGet {
    /// Only this value, dotted: `database.size`
    key: Option<String>,
    /// Decrypt the secrets and print them in the clear
    #[arg(long)]
    show_secrets: bool,
}

impl ConfigGet {
    /// Prints values as the file has them: expressions are not evaluated, and `--set` plays no part.
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        let file = StackFile::read(&workspace.folder, &global.stack)?;
        let chosen = match &self.key {
            Some(key) => file.config.at(key).ok_or_else(|| file.missing(key))?,
            None => &file.config,
        };
        let values = self.values(global, &file, chosen).await?;
        match (&self.key, global.json) {
            (None, false) => values.iter().filter(|(path, _)| !path.is_empty()).for_each(|(path, value)| {
                outln!("{} = {}", path.join("."), text(value));
            }),
            (None, true) => document::tell(&json!({"config": nested(&values)}))?,
            (Some(key), true) => document::tell(&json!({"key": key, "value": nested(&values)}))?,
            (Some(_), false) => outln!("{}", text(&nested(&values))),
        }
        Ok(Exit::Done)
    }

    /// Every value with its path, secrets decrypted where they are to be shown.
    async fn values<'a>(
        &self,
        global: &Global,
        file: &StackFile,
        chosen: &'a ConfigValue,
    ) -> Result<Vec<(Vec<&'a str>, Json)>, UserError> {
        let leaves = chosen.leaves();
        let any_secret = leaves.iter().any(|(_, value)| matches!(value, ConfigValue::Secret(_)));
        let keys = match &file.encryption {
            Some(encryption) if self.show_secrets && any_secret => {
                Some(key_ring(global, encryption, (&file.project, &file.region), None).await?)
            }
            None if self.show_secrets && any_secret => return Err(without_encryption(file)),
            _ => None,
        };
        let shown = leaves.into_iter().map(|(path, value)| {
            let (keys, key) = (keys.as_ref(), self.key.iter().map(String::as_str).chain(path.iter().copied()));
            let key = key.collect::<Vec<_>>().join(".");
            async move { Ok((path, shown(value, keys, &key).await?)) }
        });
        try_join_all(shown).await
    }
}

async fn shown(value: &ConfigValue, keys: Option<&KeyRing>, key: &str) -> Result<Json, UserError> {
    let of_key = |error: UserError| error.about(&format!("`{key}`"));
    match (value, keys) {
        (ConfigValue::Secret(text), Some(keys)) => {
            let damaged = |error: crate::encryption::CiphertextError| {
                of_key(UserError::failed(error.to_string()).hint(error.hint()))
            };
            let ciphertext: Ciphertext = text.parse().map_err(damaged)?;
            Ok(Json::String(keys.decrypt(&ciphertext).await.map_err(|error| of_key(error.into()))?.text))
        }
        (ConfigValue::Secret(_), None) => Ok(HIDDEN.into()),
        (ConfigValue::Required, _) => Ok(REQUIRED.into()),
        (ConfigValue::Plain(value), _) => Ok(value.clone()),
        // Only leaves come here.
        (ConfigValue::Map(_), _) => Ok(Json::Null),
    }
}

fn without_encryption(file: &StackFile) -> UserError {
    UserError::new(Exit::InvalidStack, format!("{} has secrets and no `encryption`", file.path.display()))
        .hint("restore the line that says with what they are encrypted: `encryption: …`")
}

/// The values in their maps again; a single one without a path is itself.
fn nested(values: &[(Vec<&str>, Json)]) -> Json {
    if let [(path, value)] = values
        && path.is_empty()
    {
        return value.clone();
    }
    let mut root = Map::new();
    for (path, value) in values {
        insert(&mut root, path, value);
    }
    Json::Object(root)
}

fn insert(map: &mut Map<String, Json>, path: &[&str], value: &Json) {
    match path {
        [] => {}
        [key] => {
            map.insert((*key).to_owned(), value.clone());
        }
        [key, rest @ ..] => {
            let inner = map.entry(*key).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}
