use clap::Args;
use futures::future::try_join_all;

use super::cipher::key_ring;
use super::config::replace;
use super::config_set::without_encryption;
use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::encryption::{Ciphertext, KeyRing};
use crate::report::printer::errln;
use crate::report::{document, plural};
use crate::stack::{ConfigValue, NewValue, StackFile};

#[derive(Debug, Args)]
pub struct ConfigRotate {}

impl ConfigRotate {
    /// Encrypts anew, with the present key, what a former one encrypted; what the present one did stays as it is.
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        let file = StackFile::read(&workspace.folder, &global.stack)?;
        let encryption = file.encryption.as_ref().ok_or_else(|| without_encryption(&file))?;
        let keys = key_ring(global, encryption, (&file.project, &file.region), None).await?;
        let renewed = renewed(&keys, &file).await?;
        let path = file.path.display().to_string();
        if !renewed.is_empty() {
            let mut edited = file.text().to_owned();
            for (key, ciphertext) in &renewed {
                edited = file.with_text(edited)?.set(key, &NewValue::Secret(ciphertext.clone()))?;
            }
            replace(&workspace, &file, &edited)?;
        }
        if global.json {
            let keys: Vec<&str> = renewed.iter().map(|(key, _)| key.as_str()).collect();
            document::tell(&serde_json::json!({"file": path, "rotated": keys}))?;
        }
        match renewed.len() {
            0 => errln!("{path}: no secret is encrypted with a former key"),
            count => errln!("{path}: encrypted {} anew", plural(count, "secret")),
        }
        Ok(Exit::Done)
    }
}

/// The dotted keys of the secrets that a former key encrypted, with their new ciphertexts.
async fn renewed(keys: &KeyRing, file: &StackFile) -> Result<Vec<(String, Ciphertext)>, UserError> {
    let secrets = file.config.leaves().into_iter().filter_map(|(path, value)| match value {
        ConfigValue::Secret(text) => Some((path.join("."), text)),
        _ => None,
    });
    let renew = async |(key, text): (String, &String)| {
        let about = |error: UserError| error.about(&format!("`{key}`"));
        let ciphertext: Ciphertext = text.parse().map_err(|error: crate::encryption::CiphertextError| {
            about(UserError::failed(error.to_string()).hint(error.hint()))
        })?;
        let known = keys.decrypt(&ciphertext).await.map_err(|error| about(error.into()))?;
        let anew = match known.is_outdated {
            true => Some(keys.encrypt(&known.text).await.map_err(|error| about(error.into()))?),
            false => None,
        };
        Ok::<_, UserError>(anew.map(|anew| (key.clone(), anew)))
    };
    Ok(try_join_all(secrets.map(renew)).await?.into_iter().flatten().collect())
}
