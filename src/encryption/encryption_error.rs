use super::CipherKind;
use crate::aws::AwsError;

/// Why a value could not be encrypted or decrypted. Never holds the value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EncryptionError {
    #[error("an empty value is no secret")]
    Empty,
    #[error("the value has {length} bytes, and KMS encrypts at most {limit}")]
    TooLong { length: usize, limit: usize },
    #[error("the value is encrypted with {found}, and the stack file's `encryption` is {expected}")]
    OtherKind { found: CipherKind, expected: CipherKind },
    /// `origin` says where the passphrase comes from: a variable's name.
    #[error("the passphrase in {origin} is not the one that the value was encrypted with")]
    WrongPassphrase { origin: String },
    /// `key` as it is written under `encryption.former`.
    #[error("the value may be encrypted with the former `{key}`, and its passphrase is not in the environment")]
    FormerMissing { key: String },
    #[error("the encrypted value is damaged")]
    Damaged,
    /// Nobody writes such a value but to keep us busy: the work is 2 to the power of the factor.
    #[error("decrypting the value would take a scrypt work factor of {factor}, and more than {limit} is refused")]
    ExcessiveWork { factor: u8, limit: u8 },
    #[error("the decrypted value is not text in UTF-8")]
    NotText,
    /// The encryption context is part of what KMS checks, and its answer does not tell which part did not fit.
    #[error(
        "KMS does not open the value with the key `{key}`: it was encrypted for another project than `{project}`, or it is damaged"
    )]
    NotOpened { key: String, project: String },
    #[error("the value was encrypted with another KMS key than `{key}`")]
    OtherKey { key: String },
    #[error("the KMS key `{key}` cannot be used: {error}")]
    Key { key: String, error: AwsError },
    #[error("the work was broken off: {0}")]
    Interrupted(String),
}

/// What to do about a value that cannot be read any more.
const SET_AGAIN: &str =
    "set it again with `infra config set KEY --secret`, or take the line from an earlier version of the file";

/// What to do about a value that another key encrypted.
const NAME_FORMER: &str = "if an earlier key encrypted the value, name that under `encryption.former`";

impl EncryptionError {
    /// True if another key may open the value.
    pub fn is_of_key(&self) -> bool {
        matches!(
            self,
            Self::OtherKind { .. } | Self::WrongPassphrase { .. } | Self::NotOpened { .. } | Self::OtherKey { .. }
        )
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Empty => "give the value on standard input, or type it when asked",
            Self::TooLong { .. } => {
                "keep it in Secrets Manager and refer to it from there, or use `passphrase_env`, which has no limit"
            }
            Self::OtherKind { .. } => {
                return Some(format!("{NAME_FORMER}, or set the value again with `infra config set KEY --secret`"));
            }
            Self::WrongPassphrase { origin } => {
                let other = format!("set {origin} to the passphrase that the stack's other secrets were written with");
                return Some(format!("{other}; {NAME_FORMER}"));
            }
            Self::FormerMissing { key } => {
                let variable = key.rsplit(' ').next().unwrap_or(key);
                return Some(format!("export {variable} with the passphrase that was used before"));
            }
            Self::Damaged | Self::NotText => SET_AGAIN,
            Self::ExcessiveWork { .. } => "the value was not written by `infra`; set it again",
            Self::NotOpened { .. } => {
                "a copied value has to be set again in its new project: `infra config set KEY --secret`"
            }
            Self::OtherKey { .. } => {
                return Some(format!("{NAME_FORMER}, or set the value again with `infra config set KEY --secret`"));
            }
            Self::Key { error, .. } => return key_hint(error).map(str::to_owned),
            Self::Interrupted(_) => return None,
        };
        Some(hint.to_owned())
    }
}

/// Source: AWS KMS API reference, Encrypt and Decrypt, "Errors"; AWS KMS developer guide, "Key states".
fn key_hint(error: &AwsError) -> Option<&'static str> {
    Some(match error.code() {
        "AccessDeniedException" => {
            "allow kms:Encrypt and kms:Decrypt on it, in the caller's policy and, for a key of another account, in the key's"
        }
        "DisabledException" => "enable the key: `aws kms enable-key`",
        "KMSInvalidStateException" => {
            "the key is pending deletion or import: `aws kms cancel-key-deletion` keeps it, `aws kms enable-key` enables it"
        }
        "NotFoundException" => {
            "check `encryption.kms`: an id or alias is looked for in the stack's region, an ARN in its own"
        }
        "InvalidKeyUsageException" => "use a symmetric key of the usage ENCRYPT_DECRYPT",
        _ => return None,
    })
}
