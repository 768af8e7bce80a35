use super::connection::Connection;
use super::global::Global;
use super::user_error::UserError;
use crate::encryption::{
    Cipher, Encryption, EncryptionError, EncryptionKey, FormerKey, KeyRing, KmsCipher, PassphraseCipher,
};
use crate::stack::Stack;
use crate::state::StoredKey;

/// What encrypts the secret values of a stack; `None` where its file does not say how.
///
/// # Errors
/// A passphrase that is not in the environment. KMS is not asked before the first value.
pub async fn keys(
    global: &Global,
    stack: &Stack,
    connection: Option<&Connection>,
) -> Result<Option<KeyRing>, UserError> {
    match &stack.encryption {
        Some(encryption) => key_ring(global, encryption, (&stack.project, &stack.region), connection).await.map(Some),
        None => Ok(None),
    }
}

/// The same for a project and region whose stack is not loaded yet.
///
/// # Errors
/// The present passphrase is not in the environment. A former one is missed only where it is needed.
pub async fn key_ring(
    global: &Global,
    encryption: &Encryption,
    place: (&str, &str),
    connection: Option<&Connection>,
) -> Result<KeyRing, UserError> {
    let present = cipher(global, &encryption.present, place, connection).await?;
    let mut former = Vec::with_capacity(encryption.former.len());
    for key in &encryption.former {
        former.push(FormerKey { key: key.clone(), cipher: cipher(global, key, place, connection).await.ok() });
    }
    if let Some(project) = &encryption.former_project {
        let place = (project.as_str(), place.1);
        for key in [&encryption.present].into_iter().chain(&encryption.former).filter(|key| key.is_kms()) {
            former.push(FormerKey { key: key.clone(), cipher: cipher(global, key, place, connection).await.ok() });
        }
    }
    Ok(KeyRing { key: encryption.present.clone(), present, former })
}

async fn cipher(
    global: &Global,
    key: &EncryptionKey,
    (project, region): (&str, &str),
    connection: Option<&Connection>,
) -> Result<Cipher, UserError> {
    match key {
        EncryptionKey::Kms { key: name } => {
            let clients = match connection {
                Some(connection) => connection.clients.clone(),
                None => Connection::clients(global).await?,
            };
            let client = clients.kms(key.region().unwrap_or(region));
            Ok(Cipher::Kms(KmsCipher::new(client, name, project)))
        }
        EncryptionKey::Passphrase { variable } => {
            Ok(Cipher::Passphrase(PassphraseCipher::new(passphrase(variable)?, format!("`{variable}`"))))
        }
    }
}

/// Why a secret does not open. Where state was sealed with a key that is not named any more, which one that is.
pub fn not_opened(
    error: EncryptionError,
    what: &str,
    stored: &StoredKey,
    encryption: Option<&Encryption>,
) -> UserError {
    let unnamed = stored.sealed_with().filter(|key| !encryption.is_some_and(|encryption| encryption.names(key)));
    match unnamed {
        Some(key) if error.is_of_key() => unnamed_key(key, encryption.is_some()),
        _ => UserError::from(error).about(what),
    }
}

/// State is sealed with a key that the stack file does not name.
pub fn unnamed_key(key: &str, is_encrypted: bool) -> UserError {
    let error = UserError::failed(format!(
        "the secrets of state are encrypted with `{key}`, which the stack file does not name under `encryption`"
    ));
    match is_encrypted {
        true => error.hint(format!(
            "put it back until an `infra apply` has encrypted them anew: `former: {{ {key} }}` under `encryption`"
        )),
        false => error.hint(format!("put it back: `encryption: {{ {key} }}`")),
    }
}

fn passphrase(variable: &str) -> Result<String, UserError> {
    let problem = match std::env::var(variable) {
        Ok(passphrase) if !passphrase.is_empty() => return Ok(passphrase),
        Ok(_) => "is empty",
        Err(std::env::VarError::NotPresent) => "is not set",
        Err(std::env::VarError::NotUnicode(_)) => "is not UTF-8",
    };
    Err(UserError::failed(format!("the environment variable `{variable}` {problem}, and the stack's secrets need it"))
        .hint(format!("`encryption.passphrase_env` names it: export {variable} with the passphrase of this stack")))
}
