/// Why a text is no ciphertext. It never shows the text: somebody may have written the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CiphertextError {
    #[error("an encrypted value begins with `kms:` or `age:`")]
    NoKind,
    #[error("the encrypted value has nothing behind its `{0}:`")]
    Empty(&'static str),
    #[error("the encrypted value is damaged: what follows its `{0}:` is no base64")]
    NotBase64(&'static str),
}

impl CiphertextError {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NoKind => "`infra config set KEY --secret` encrypts a value and writes it into the stack file",
            Self::Empty(_) | Self::NotBase64(_) => {
                "set it again with `infra config set KEY --secret`, or take the line from an earlier version of the file"
            }
        }
    }
}
