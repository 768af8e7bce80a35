use std::collections::HashMap;

use super::{Diagnostics, Stack};
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
    /// What others know to be wrong with a stack, told together with the mistakes that loading it finds.
    pub checks: &'a [StackCheck],
}

/// Everything that is wrong with a stack in one regard. It may have other mistakes.
pub type StackCheck = fn(&Stack) -> Diagnostics;
