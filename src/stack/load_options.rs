use std::collections::HashMap;

use crate::encryption::Ciphertext;
use crate::secrets::Secrets;

/// What a stack is loaded with beside its file.
#[derive(Debug, Default)]
pub struct LoadOptions<'a> {
    /// `--set`: values of `config` by dotted key.
    pub overrides: &'a [(String, String)],
    /// The account that the run is against, where it is known.
    pub account: Option<&'a str>,
    /// The plaintexts of `config`'s ciphertexts, as far as they are decrypted.
    pub plaintexts: HashMap<Ciphertext, String>,
    /// Where the secret texts that the evaluation meets go.
    pub secrets: Secrets,
}
