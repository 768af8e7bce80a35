use super::connection::Connection;
use super::global::Global;
use super::user_error::UserError;
use crate::encryption::{Cipher, Encryption, KmsCipher, PassphraseCipher};
use crate::stack::Stack;

/// What encrypts the secret values of a stack; `None` where its file does not say how.
///
/// # Errors
/// A passphrase that is not in the environment. KMS is not asked before the first value.
pub async fn cipher(
    global: &Global,
    stack: &Stack,
    connection: Option<&Connection>,
) -> Result<Option<Cipher>, UserError> {
    match &stack.encryption {
        Some(encryption) => {
            make_cipher(global, encryption, (&stack.project, &stack.region), connection).await.map(Some)
        }
        None => Ok(None),
    }
}

/// The same for a project and region whose stack is not loaded yet.
///
/// # Errors
/// A passphrase that is not in the environment.
pub async fn make_cipher(
    global: &Global,
    encryption: &Encryption,
    (project, region): (&str, &str),
    connection: Option<&Connection>,
) -> Result<Cipher, UserError> {
    match encryption {
        Encryption::Kms { key } => {
            let clients = match connection {
                Some(connection) => connection.clients.clone(),
                None => Connection::clients(global).await,
            };
            let client = clients.kms(encryption.region().unwrap_or(region));
            Ok(Cipher::Kms(KmsCipher::new(client, key, project)))
        }
        Encryption::Passphrase { variable } => {
            Ok(Cipher::Passphrase(PassphraseCipher::new(passphrase(variable)?, format!("`{variable}`"))))
        }
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
