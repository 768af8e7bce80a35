use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// A shorter text is part of too many others to be looked for inside them.
const SHORTEST: usize = 4;
/// What the SDK writes in a form or URL. Source: RFC 3986, section 2.3, unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secret texts that this process has met. Clones share them.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    /// What is marked secret, and what expressions made of it.
    marked: BTreeSet<String>,
    /// What stands in properties for passwords and the like. The same text elsewhere may be an ordinary word.
    credentials: BTreeSet<String>,
}

impl Secrets {
    /// What stands where a secret was.
    pub const MASK: &str = "(secret)";

    /// A text that is marked secret: a secret wherever it stands alone, and covered in all that is printed.
    pub fn add(&self, secret: &str) {
        if !secret.is_empty() {
            self.0.write().unwrap_or_else(PoisonError::into_inner).marked.insert(secret.to_owned());
        }
    }

    /// The value of a property that holds a password or the like: covered in all that is printed.
    pub fn add_credential(&self, secret: &str) {
        if !secret.is_empty() {
            self.0.write().unwrap_or_else(PoisonError::into_inner).credentials.insert(secret.to_owned());
        }
    }

    /// True if nothing is marked.
    pub fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).marked.is_empty()
    }

    /// True for a text that is known as a secret, marked or not.
    pub fn knows(&self, text: &str) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.marked.contains(text) || known.credentials.contains(text)
    }

    /// A value with its secret parts covered.
    pub fn hidden(&self, value: &Value) -> Value {
        self.with_secrets(value, &|_| Self::MASK.into())
    }

    /// A value with its secret parts replaced by what `replace` makes of them.
    pub fn with_secrets(&self, value: &Value, replace: &dyn Fn(&Value) -> Value) -> Value {
        match value {
            Value::Object(entries) => {
                let entry = |(name, value): (&String, &Value)| (name.clone(), self.with_secrets(value, replace));
                Value::Object(entries.iter().map(entry).collect())
            }
            Value::Array(items) => items.iter().map(|item| self.with_secrets(item, replace)).collect(),
            Value::String(text) if self.has(text) => replace(value),
            Value::Number(number) if self.has(&number.to_string()) => replace(value),
            other => other.clone(),
        }
    }

    /// True for a text that is marked, as a whole.
    pub fn has(&self, text: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).marked.contains(text)
    }

    /// The text with every secret in it covered, also where it is written as JSON, a URL or base64 writes it.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in self.longest_first() {
            for form in forms(&secret) {
                if masked.contains(&form) {
                    masked = Cow::Owned(masked.replace(&form, Self::MASK));
                }
            }
        }
        masked
    }

    /// Those that are worth looking for; a secret that is part of another comes after it.
    fn longest_first(&self) -> Vec<String> {
        let mut secrets = self.all();
        secrets.retain(|secret| secret.len() >= SHORTEST);
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
    }

    /// All of them.
    pub fn all(&self) -> Vec<String> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.marked.union(&known.credentials).cloned().collect()
    }
}

/// How a text looks in what programs write: as it is, in JSON, in a URL or form, in base64.
pub(crate) fn forms(secret: &str) -> BTreeSet<String> {
    let json = Value::from(secret).to_string();
    let json = &json[1..json.len() - 1];
    let url = utf8_percent_encode(secret, RESERVED).to_string();
    let form = url.replace("%20", "+");
    BTreeSet::from([secret.to_owned(), json.to_owned(), url, form, BASE64_STANDARD.encode(secret)])
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(Self::MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_covered_in_every_form_that_programs_write() {
        let secrets = Secrets::default();
        secrets.add("pa\"ss w/rd");
        secrets.add("pa\"ss w/rd and more");
        for written in ["pa\"ss w/rd", "pa\\\"ss w/rd", "pa%22ss%20w%2Frd", "pa%22ss+w%2Frd", "cGEic3Mgdy9yZA=="] {
            assert_eq!(secrets.mask(&format!("<{written}>")), "<(secret)>");
        }
        assert_eq!(secrets.mask("pa\"ss w/rd and more"), "(secret)");
        assert_eq!(secrets.mask("nothing"), "nothing");
        assert_eq!(format!("{secrets:?}"), "(secret)");
    }

    #[test]
    fn what_is_too_short_is_only_a_secret_as_a_whole() {
        let secrets = Secrets::default();
        secrets.add("dev");
        assert!(secrets.has("dev"));
        assert_eq!(secrets.mask("shop-dev"), "shop-dev");
    }
}
