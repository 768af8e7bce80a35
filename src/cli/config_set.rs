use clap::Args;

use super::cipher::key_ring;
use super::config::replace;
use super::exit::Exit;
use super::global::Global;
use super::secret_input::read_secret;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::encryption::{Cipher, Ciphertext, KeyRing};
use crate::report::document;
use crate::report::printer::errln;
use crate::stack::{ConfigValue, NewValue, StackFile};
use crate::value::Value;

#[derive(Debug, Args)]
pub struct ConfigSet {
    /// The value's key, dotted: `database.size`
    key: String,
    /// The value; in the place of a text it is a text, else `5` is a number and `'"5"'` a text. A secret is better left
    /// out: it is then read from standard input, or asked for without being shown, and is in no shell history and no
    /// list of processes
    #[arg(allow_negative_numbers = true)]
    value: Option<String>,
    /// Encrypt the value, with what the stack file says under `encryption`
    #[arg(long)]
    secret: bool,
}

impl ConfigSet {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        let file = StackFile::read(&workspace.folder, &global.stack)?;
        let value = if self.secret { self.secret_value(global, &file).await? } else { self.plain_value(&file)? };
        replace(&workspace, &file, &file.set(&self.key, &value)?)?;
        let (key, path) = (&self.key, file.path.display());
        if global.json {
            document::tell(&serde_json::json!({"key": key, "file": path.to_string(), "secret": self.secret}))?;
        }
        errln!("{path}: set `{key}`{}", if self.secret { ", encrypted" } else { "" });
        Ok(Exit::Done)
    }

    fn plain_value(&self, file: &StackFile) -> Result<NewValue, UserError> {
        let key = &self.key;
        if file.config.at(key).is_some_and(ConfigValue::is_secret) {
            let message = format!("`{key}` is a secret, and without --secret its new value would stand in the clear");
            return Err(UserError::failed(message)
                .hint(format!("keep it secret with --secret, or make it plain: `infra config rm {key}` first")));
        }
        let missing = || {
            UserError::failed(format!("there is no value for `{key}`"))
                .hint("write `infra config set KEY VALUE`; with --secret the value is read from standard input")
        };
        let replaced = match file.config.at(key) {
            Some(ConfigValue::Plain(json)) => Value::from(json.clone()),
            _ => Value::Null,
        };
        Ok(NewValue::plain(key, self.value.as_deref().ok_or_else(missing)?, &replaced)?)
    }

    async fn secret_value(&self, global: &Global, file: &StackFile) -> Result<NewValue, UserError> {
        let Some(encryption) = &file.encryption else { return Err(without_encryption(file)) };
        let keys = key_ring(global, encryption, (&file.project, &file.region), None).await?;
        check_passphrase(&keys, file, &self.key).await?;
        let value = match &self.value {
            Some(value) => value.clone(),
            None => read_secret(&self.key).await?,
        };
        global.secrets.add(&value);
        Ok(NewValue::Secret(keys.encrypt(&value).await?))
    }
}

/// A stack file that does not say with what to encrypt.
pub fn without_encryption(file: &StackFile) -> UserError {
    let path = file.path.display();
    UserError::new(Exit::InvalidStack, format!("{path} does not say with what secrets are encrypted")).hint(format!(
        "add one of these lines to {path}:\nencryption: {{ kms: alias/NAME }}\nencryption: {{ passphrase_env: INFRA_PASSPHRASE }}"
    ))
}

/// One more secret under another passphrase would be a stack that no passphrase opens.
async fn check_passphrase(keys: &KeyRing, file: &StackFile, key: &str) -> Result<(), UserError> {
    let Cipher::Passphrase(_) = keys.present else { return Ok(()) };
    let others = file.config.leaves().into_iter().filter(|(path, _)| path.join(".") != key);
    let known = others.filter_map(|(_, value)| match value {
        ConfigValue::Secret(text) => text.parse::<Ciphertext>().ok(),
        _ => None,
    });
    match known.into_iter().find(|ciphertext| ciphertext.kind() == keys.present.kind()) {
        Some(other) => Ok(keys.decrypt(&other).await.map(|_| ())?),
        None => Ok(()),
    }
}
