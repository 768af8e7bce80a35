use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Fingerprint;
use super::canonical::canonical;
use crate::value::Value as Planned;

/// What a stack's fingerprints are keyed with, so that the same secret has another fingerprint in every stack, and nobody
/// without the key can try values against one.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerprintKey {
    key: String,
    is_known: bool,
}

impl FingerprintKey {
    /// `key` is base64, as state keeps it.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), is_known: true }
    }

    /// In the place of one that could not be opened. What it gives matches nothing; nothing tells whether a value of state
    /// has changed, so none counts as changed.
    pub fn unknown() -> Self {
        Self { key: random_key(), is_known: false }
    }

    /// True if it can tell one value from another.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// The fingerprint of a value of any shape. Layout and key order do not matter.
    pub fn fingerprint(&self, value: &Value) -> Fingerprint {
        Fingerprint::new(&self.digest(value).finalize().into_bytes())
    }

    /// True if `fingerprint` was made of this value, or nobody can tell. One of another scheme or key never matches, so its
    /// value counts as changed and is written again.
    pub fn matches(&self, fingerprint: &Fingerprint, value: &Value) -> bool {
        !self.is_known || fingerprint.code().is_some_and(|code| self.digest(value).verify_slice(&code).is_ok())
    }

    /// The keyed digest of a value of a plan, unknown parts by their expressions: tells that something changed and not what. Hex.
    pub fn plan_digest(&self, value: &Planned) -> String {
        let (mut digest, mut bytes) = (self.keyed(b"infra plan v1\0"), Vec::new());
        feed(&mut bytes, value);
        digest.update(&bytes);
        hex::encode(digest.finalize().into_bytes())
    }

    fn digest(&self, value: &Value) -> Hmac<Sha256> {
        let mut digest = self.keyed(b"infra fingerprint v1\0");
        digest.update(&canonical(value));
        digest
    }

    fn keyed(&self, purpose: &[u8]) -> Hmac<Sha256> {
        // HMAC takes a key of any length: shorter ones are padded, longer ones digested first.
        let mut digest =
            Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).unwrap_or_else(|_| unreachable!("any length"));
        digest.update(purpose);
        digest
    }
}

fn part(into: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    into.push(kind);
    into.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    into.extend_from_slice(bytes);
}

/// Every part with its kind and length, so that no two values are one text.
fn feed(into: &mut Vec<u8>, value: &Planned) {
    match value {
        Planned::Null => part(into, b'n', &[]),
        Planned::Bool(flag) => part(into, b'b', &[u8::from(*flag)]),
        Planned::Number(number) => part(into, b'd', number.to_string().as_bytes()),
        Planned::String(text) => part(into, b's', text.as_bytes()),
        Planned::Unknown(unknown) => part(into, b'u', unknown.expression.as_bytes()),
        Planned::List(items) => {
            part(into, b'l', &(items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| feed(into, item));
        }
        Planned::Map(entries) => {
            part(into, b'm', &(entries.len() as u64).to_le_bytes());
            for (name, value) in entries {
                part(into, b'k', name.as_bytes());
                feed(into, value);
            }
        }
    }
}

/// 256 random bits in base64.
pub(super) fn random_key() -> String {
    // Three random UUIDs hold 366 random bits; the digest under the code takes 256.
    let parts = [(); 3].map(|()| uuid::Uuid::new_v4().into_bytes());
    STANDARD.encode(Sha256::digest(parts.concat()))
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FingerprintKey")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_digest_of_a_plan_tells_values_apart_and_needs_the_key() {
        let value = |json: Value| Planned::from(json);
        let key = FingerprintKey::new("a");
        let values = [
            json!({}),
            json!([]),
            json!(null),
            json!(""),
            json!("1"),
            json!(1),
            json!({"a": "b"}),
            json!(["a", "b"]),
            json!([["a"], "b"]),
        ];
        for (index, one) in values.iter().enumerate() {
            for other in &values[..index] {
                assert_ne!(
                    key.plan_digest(&value(one.clone())),
                    key.plan_digest(&value(other.clone())),
                    "{one} {other}"
                );
            }
            assert_eq!(key.plan_digest(&value(one.clone())), key.plan_digest(&value(one.clone())));
            assert_ne!(key.plan_digest(&value(one.clone())), FingerprintKey::new("b").plan_digest(&value(one.clone())));
        }
    }

    #[test]
    fn a_fingerprint_matches_its_value_only_and_only_in_its_stack() {
        let (ours, theirs) = (FingerprintKey::new(random_key()), FingerprintKey::new(random_key()));
        let secret = json!("correct horse battery staple");
        let fingerprint = ours.fingerprint(&secret);
        assert!(ours.matches(&fingerprint, &secret));
        assert!(!ours.matches(&fingerprint, &json!("correct horse battery stapl")));
        assert!(!theirs.matches(&fingerprint, &secret));
    }

    #[test]
    fn a_fingerprint_reads_back_from_json_and_no_value_is_taken_for_one() {
        let fingerprint = FingerprintKey::new(random_key()).fingerprint(&json!({"a": 1}));
        assert_eq!(Fingerprint::of_json(&fingerprint.to_json()), Some(fingerprint.clone()));
        assert_eq!(Fingerprint::of_json(&json!(fingerprint.to_string())), None);
        assert_eq!(Fingerprint::of_json(&json!({"infra:fingerprint": "v1:00", "b": 1})), None);
    }

    #[test]
    fn a_key_is_not_shown_by_debug() {
        assert!(!format!("{:?}", FingerprintKey::new("q83vASNF")).contains("q83v"));
    }

    #[test]
    fn without_the_key_nothing_counts_as_changed() {
        let (known, unknown) = (FingerprintKey::new(random_key()), FingerprintKey::unknown());
        let (secret, other) = (json!("hunter2"), json!("other"));
        assert!(
            unknown.matches(&known.fingerprint(&secret), &secret)
                && unknown.matches(&known.fingerprint(&secret), &other)
        );
        assert!(!known.matches(&unknown.fingerprint(&secret), &secret));
    }
}
