use std::fmt;

use serde::{Deserialize, Serialize};

/// A segment's place in the journal: segments of one lock epoch count from 1, epochs only grow. Before all of them is
/// the default, `0-0`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub epoch: u64,
    pub seq: u64,
}

impl Position {
    pub fn next(self) -> Self {
        Self { seq: self.seq + 1, ..self }
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, seq) = text.split_once('-')?;
        Some(Self { epoch: epoch.parse().ok()?, seq: seq.parse().ok()? })
    }
}

/// Padded, so that names sort as positions do.
impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:010}-{:010}", self.epoch, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_positions_do_and_read_back() {
        let (early, late) = (Position { epoch: 2, seq: 100 }, Position { epoch: 10, seq: 1 });
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(Position::parse(&late.to_string()), Some(late));
        assert_eq!(Position::parse("notes"), None);
    }
}
