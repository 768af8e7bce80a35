use std::fmt;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value as Json;

use crate::state::{Fingerprint, FingerprintKey};

/// Stands in a text in the place of a secret: `infra-secret:v1:` and the secret's keyed fingerprint in hex. Tells whether
/// two secrets are the same, and not what they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placeholder(String);

/// How many characters of a fingerprint people see.
const SHOWN: usize = 8;

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("infra-secret:v1:[0-9a-f]{64}").ok());

impl Placeholder {
    pub fn of(secret: &str, key: &FingerprintKey) -> Self {
        let fingerprint: Fingerprint = key.fingerprint(&Json::from(secret));
        Self(format!("infra-secret:{fingerprint}"))
    }

    /// Those that stand in a text, in their order.
    pub fn all(text: &str) -> Vec<Self> {
        PATTERN
            .iter()
            .flat_map(|pattern| pattern.find_iter(text))
            .map(|found| Self(found.as_str().to_owned()))
            .collect()
    }

    /// The text with every placeholder replaced for which `value` has something.
    pub fn replace_all(text: &str, value: impl Fn(&Self) -> Option<String>) -> String {
        let replaced = |found: &Captures<'_>| value(&Self(found[0].to_owned())).unwrap_or_else(|| found[0].to_owned());
        PATTERN.as_ref().map_or_else(|| text.to_owned(), |pattern| pattern.replace_all(text, replaced).into_owned())
    }

    /// The text as people read it: `(secret 1a2b3c4d)`, where another secret has other digits.
    pub fn shorten_all(text: &str) -> String {
        Self::replace_all(text, |placeholder| {
            let digits = placeholder.0.rsplit(':').next().unwrap_or_default();
            Some(format!("(secret {})", digits.get(..SHOWN).unwrap_or(digits)))
        })
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
