use jiff::Timestamp;

use super::{Position, StateError};

/// The keys of one stack's state in its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackKeys {
    base: String,
}

impl StackKeys {
    /// # Errors
    /// `StateError::Name` for a project or stack that cannot be a part of a key.
    pub fn new(project: &str, stack: &str) -> Result<Self, StateError> {
        for name in [project, stack] {
            let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
            if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
                return Err(StateError::Name(name.to_owned()));
            }
        }
        Ok(Self { base: format!("{project}/{stack}") })
    }

    /// What all keys begin with.
    pub fn folder(&self) -> String {
        format!("{}/", self.base)
    }

    pub fn snapshot(&self) -> String {
        format!("{}/state.json", self.base)
    }

    pub fn lock(&self) -> String {
        format!("{}/lock.json", self.base)
    }

    pub fn journal(&self) -> String {
        format!("{}/journal/", self.base)
    }

    pub fn segment(&self, position: Position) -> String {
        format!("{}{position}.json", self.journal())
    }

    /// The position that a key of the journal names.
    pub fn position(&self, key: &str) -> Option<Position> {
        Position::parse(key.strip_prefix(&self.journal())?.strip_suffix(".json")?)
    }

    /// Where a damaged state is kept that was replaced at `time`.
    pub fn damaged(&self, time: Timestamp) -> String {
        format!("{}/damaged/{}/", self.base, folder_name(time))
    }

    /// Where a state is kept that another one was put in the place of at `time`.
    pub fn replaced(&self, time: Timestamp) -> String {
        format!("{}/replaced/{}/state.json", self.base, folder_name(time))
    }

    pub fn history(&self) -> String {
        format!("{}/history/", self.base)
    }

    /// The record of the run with this number. Padded, so that names sort as numbers do.
    pub fn record(&self, number: u64) -> String {
        format!("{}{number:010}.json", self.history())
    }

    /// The number that a key of the history names.
    pub fn record_number(&self, key: &str) -> Option<u64> {
        key.strip_prefix(&self.history())?.strip_suffix(".json")?.parse().ok()
    }
}

/// A moment that sorts as it passes and is a name of a file everywhere.
fn folder_name(time: Timestamp) -> impl std::fmt::Display {
    time.strftime("%Y%m%dT%H%M%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_key_names_its_position() {
        let keys = StackKeys::new("shop", "pr-12").unwrap();
        let position = Position { epoch: 3, seq: 14 };
        assert_eq!(keys.segment(position), "shop/pr-12/journal/0000000003-0000000014.json");
        assert_eq!(keys.position(&keys.segment(position)), Some(position));
        assert_eq!(keys.position("shop/pr-12/journal/readme.txt"), None);
    }

    #[test]
    fn a_record_key_names_its_number() {
        let keys = StackKeys::new("shop", "pr-12").unwrap();
        assert_eq!(keys.record(12), "shop/pr-12/history/0000000012.json");
        assert_eq!(keys.record_number(&keys.record(12)), Some(12));
        assert_eq!(keys.record_number("shop/pr-12/history/notes.json"), None);
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        for name in ["", "..", "a/b", "a\\b", ".hidden"] {
            assert!(StackKeys::new("shop", name).is_err(), "{name}");
        }
    }
}
