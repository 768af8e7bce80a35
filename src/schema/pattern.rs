use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::translate::translate;

/// What a text must look like: an ECMA regular expression that may match anywhere, compiled when it is first needed.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

/// A compiled expression takes at most about so many bytes. The few that need more count characters by the thousand
/// and are left to AWS.
const SIZE_LIMIT: usize = 1 << 21;

/// Steps after which an expression that tries back and forth is left to AWS.
const BACKTRACK_LIMIT: usize = 50_000;

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// True if the text matches, and also where that cannot be found out.
    pub(super) fn accepts(&self, text: &str) -> bool {
        self.compiled().is_none_or(|regex| regex.is_match(text).unwrap_or(true))
    }

    /// `None` for an expression that this dialect cannot say.
    pub(super) fn compiled(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text)).as_ref()
    }
}

fn compile(text: &str) -> Option<Regex> {
    let mut builder = RegexBuilder::new(&translate(text));
    builder.delegate_size_limit(SIZE_LIMIT).backtrack_limit(BACKTRACK_LIMIT).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_may_match_anywhere_unless_it_is_anchored() {
        assert!(Pattern::from("b+".to_owned()).accepts("abc"));
        assert!(!Pattern::from("^b+$".to_owned()).accepts("abc"));
    }

    #[test]
    fn a_pattern_that_cannot_be_said_accepts_everything() {
        let pattern = Pattern::from("^[unclosed".to_owned());
        assert!(pattern.compiled().is_none());
        assert!(pattern.accepts("anything"));
    }
}
