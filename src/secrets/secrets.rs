use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde_json::Value;

use super::finder::Finder;

/// The secret texts that this process has met. Clones share them.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    /// What is marked secret.
    given: BTreeSet<String>,
    /// What expressions made of it.
    made: BTreeSet<String>,
    /// What stands in properties for passwords and the like. The same text elsewhere may be an ordinary word.
    credentials: BTreeSet<String>,
    /// Looks for all of them; made when it is needed.
    finder: Option<Arc<Finder>>,
}

impl Secrets {
    /// What stands where a secret was.
    pub const MASK: &str = "(secret)";

    /// A text that is marked secret: a secret wherever it stands alone, and covered in all that is printed.
    pub fn add(&self, secret: &str) {
        self.insert(secret, |known| &mut known.given);
    }

    /// What an expression made of a secret: one too.
    pub fn add_made(&self, secret: &str) {
        self.insert(secret, |known| &mut known.made);
    }

    /// The value of a property that holds a password or the like: covered in all that is printed.
    pub fn add_credential(&self, secret: &str) {
        self.insert(secret, |known| &mut known.credentials);
    }

    fn insert(&self, secret: &str, kind: impl Fn(&mut Known) -> &mut BTreeSet<String>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !secret.is_empty() && !kind(&mut known).contains(secret) {
            kind(&mut known).insert(secret.to_owned());
            known.finder = None;
        }
    }

    /// True if nothing is marked.
    pub fn is_empty(&self) -> bool {
        let known = self.known();
        known.given.is_empty() && known.made.is_empty()
    }

    /// True for a text that is known as a secret, marked or not.
    pub fn knows(&self, text: &str) -> bool {
        self.has(text) || self.known().credentials.contains(text)
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

    /// True for a text that is marked or made of what is, as a whole.
    pub fn has(&self, text: &str) -> bool {
        let known = self.known();
        known.given.contains(text) || known.made.contains(text)
    }

    /// True for a text that tells what is marked, in whatever form: as a whole, or in a part of it.
    pub fn is_told_by(&self, text: &str) -> bool {
        let given = self.known().given.clone();
        given.contains(text) || Finder::new(&given, []).map_or(true, |finder| !finder.find(text).is_empty())
    }

    /// The text with every secret in it covered, also where it is encoded, folded, or cut off: what a secret begins with
    /// is covered at the end of a quotation or a line and before `…`. A secret that is an ordinary word is covered
    /// wherever it stands; the word that one begins with is not.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        // What cannot be looked through is not shown.
        let Some(finder) = self.finder() else { return Cow::Borrowed(Self::MASK) };
        let found = finder.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for range in found {
            masked.push_str(&text[end..range.start]);
            masked.push_str(Self::MASK);
            end = range.end;
        }
        masked.push_str(&text[end..]);
        Cow::Owned(masked)
    }

    /// All of them.
    pub fn all(&self) -> Vec<String> {
        let known = self.known();
        let all: BTreeSet<&String> = known.given.iter().chain(&known.made).chain(&known.credentials).collect();
        all.into_iter().cloned().collect()
    }

    /// Made when it is asked for first after a secret was added.
    fn finder(&self) -> Option<Arc<Finder>> {
        if let Some(finder) = &self.known().finder {
            return Some(Arc::clone(finder));
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Known { given, made, credentials, .. } = &*known;
        let finder = Finder::new(given.union(credentials), made).map(Arc::new).ok();
        known.finder.clone_from(&finder);
        finder
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(Self::MASK)
    }
}
