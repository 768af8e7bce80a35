//! The one door through which files of state come in and go out: format version, features, checksum, migration.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::StateError;
use super::canonical::canonical;

/// The format that is written. A change that an older binary must not meet raises it, and adds to `MIGRATIONS`.
pub(super) const VERSION: u64 = 1;
/// Values in it are encrypted: whoever does not know that would take the ciphertext for the value.
pub(super) const ENCRYPTION: &str = "encryption";
/// Creates that say when and under which address they were intended, deletions that name their last snapshot, and changes that say that no call was made for them.
pub(super) const INTENTS: &str = "intents";
/// Objects that were taken over from another stack, and what an end without the stack's file goes by: whether the stack is
/// ephemeral, and how long an operation may take.
pub(super) const OWNERS: &str = "owners";
/// The key of the fingerprints is encrypted: whoever does not know that would make fingerprints that match nothing.
pub(super) const SEALED_KEY: &str = "sealed_key";
/// The state does not count where it lies: it was moved, or is just arriving.
pub(super) const MOVED: &str = "moved";
/// What objects had beside what was written of them: an older version would drop it, or take it for damage.
pub(super) const BASELINES: &str = "baselines";
/// What a file may need beyond its format's version.
const FEATURES: [&str; 6] = [ENCRYPTION, INTENTS, OWNERS, SEALED_KEY, MOVED, BASELINES];
/// The step from version `index + 1` to the next.
const MIGRATIONS: [fn(&mut Map<String, Value>); VERSION as usize - 1] = [];

/// Whether the checksum has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    Checked,
    /// A person edited the file and says so.
    Edited,
}

/// How a file is laid out: for people, or as short as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Indented,
    Compact,
}

/// The file's bytes. Its content is a map.
pub(super) fn encode<T: Serialize>(content: &T, layout: Layout) -> Result<Vec<u8>, StateError> {
    let unwritable = |error: serde_json::Error| damaged("what is to be written", error);
    let body = serde_json::to_value(content).map_err(unwritable)?;
    let mut entries = Map::from_iter([
        ("version".to_owned(), VERSION.into()),
        ("written_by".to_owned(), env!("CARGO_PKG_VERSION").into()),
        ("checksum".to_owned(), Value::Null),
    ]);
    entries.extend(body.as_object().cloned().unwrap_or_default());
    entries.remove("checksum");
    let mut file = Value::Object(entries);
    file["checksum"] = checksum(&file).into();
    let text = match layout {
        Layout::Indented => serde_json::to_vec_pretty(&file),
        Layout::Compact => serde_json::to_vec(&file),
    };
    text.map_err(unwritable)
}

/// What a file says, brought to today's format.
///
/// # Errors
/// `Newer` for a format or feature that this version lacks, `Damaged` for anything that was not written like this.
pub(super) fn decode<T: DeserializeOwned>(place: &str, bytes: &[u8], trust: Trust) -> Result<T, StateError> {
    let file: Value = serde_json::from_slice(bytes).map_err(|error| damaged(place, error))?;
    let version = understood(place, &file)?;
    if trust == Trust::Checked && file["checksum"] != checksum(&file) {
        return Err(damaged(place, "its checksum does not fit its content"));
    }
    let Value::Object(mut entries) = file else { return Err(damaged(place, "it is no map")) };
    MIGRATIONS.iter().skip(version - 1).for_each(|migrate| migrate(&mut entries));
    for header in ["version", "written_by", "checksum"] {
        entries.remove(header);
    }
    serde_json::from_value(Value::Object(entries)).map_err(|error| damaged(place, error))
}

fn understood(place: &str, file: &Value) -> Result<usize, StateError> {
    let version = file["version"].as_u64().filter(|version| *version > 0);
    let version = version.ok_or_else(|| damaged(place, "it has no version"))?;
    let features = file["features"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let unknown: Vec<_> = features.filter(|feature| !FEATURES.contains(feature)).collect();
    let needs = match (version > VERSION, unknown.is_empty()) {
        (true, _) => format!("state format {version}"),
        (false, false) => unknown.join(", "),
        (false, true) => return Ok(usize::try_from(version).unwrap_or(1)),
    };
    let written_by = file["written_by"].as_str().unwrap_or("(unknown)").to_owned();
    Err(StateError::Newer { place: place.to_owned(), written_by, needs })
}

fn checksum(file: &Value) -> String {
    let mut entries = file.as_object().cloned().unwrap_or_default();
    entries.remove("checksum");
    format!("sha256:{}", hex::encode(Sha256::digest(canonical(&Value::Object(entries)))))
}

pub(super) fn damaged(place: &str, reason: impl std::fmt::Display) -> StateError {
    StateError::Damaged { place: place.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(content: &Value) -> Vec<u8> {
        encode(content, Layout::Compact).unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Value, StateError> {
        decode("state.json", bytes, Trust::Checked)
    }

    #[test]
    fn what_is_written_reads_back_whatever_the_layout() {
        let content = json!({"features": [], "seconds": 0.1234567890123, "big": u64::MAX, "text": "é\n"});
        assert_eq!(read(&file(&content)).unwrap(), content);
        assert_eq!(read(&encode(&content, Layout::Indented).unwrap()).unwrap(), content);
    }

    #[test]
    fn a_flipped_byte_is_noticed_and_an_edit_can_be_owned_up_to() {
        let text = String::from_utf8(file(&json!({"name": "shop"}))).unwrap().replace("shop", "shep");
        assert!(matches!(read(text.as_bytes()), Err(StateError::Damaged { .. })));
        assert_eq!(decode::<Value>("f", text.as_bytes(), Trust::Edited).unwrap(), json!({"name": "shep"}));
        assert!(matches!(read(&text.as_bytes()[..20]), Err(StateError::Damaged { .. })));
        assert!(matches!(read(b"[]"), Err(StateError::Damaged { .. })));
    }

    #[test]
    fn a_newer_format_or_feature_is_refused_by_the_version_that_has_it() {
        for newer in [
            json!({"version": 2, "written_by": "9.1.0"}),
            json!({"version": 1, "features": ["sealed"], "written_by": "9.1.0"}),
        ] {
            let error = read(newer.to_string().as_bytes()).unwrap_err();
            assert!(matches!(&error, StateError::Newer { .. }), "{error}");
            assert!(error.to_string().contains("use infra 9.1.0 or newer"), "{error}");
        }
    }
}
