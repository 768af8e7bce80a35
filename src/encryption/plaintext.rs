use std::fmt;

/// A value that was decrypted.
#[derive(Clone)]
pub struct Plaintext {
    pub text: String,
    /// True if a former key encrypted it: it is to be encrypted anew.
    pub is_outdated: bool,
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}
