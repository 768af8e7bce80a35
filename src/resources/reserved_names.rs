/// Names that AWS keeps for itself, refuses, or takes for something else.
#[derive(Debug, Clone, Copy)]
pub struct ReservedNames {
    /// In lower case; AWS's case does not count.
    pub beginnings: &'static [&'static str],
    pub endings: &'static [&'static str],
    /// A hyphen and this many more characters at the end mean something to AWS.
    pub tail: Option<usize>,
    /// True where a name has to begin with a letter.
    pub letter_first: bool,
}

impl ReservedNames {
    pub const NONE: Self = Self { beginnings: &[], endings: &[], tail: None, letter_first: false };

    pub const fn beginning(beginnings: &'static [&'static str]) -> Self {
        Self { beginnings, ..Self::NONE }
    }

    /// True for a name that cannot begin as it does.
    pub fn has_beginning_of(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let is_reserved = self.beginnings.iter().any(|beginning| lower.starts_with(beginning));
        is_reserved || self.letter_first && !name.starts_with(|first: char| first.is_ascii_alphabetic())
    }

    /// True for a name that cannot end as it does.
    pub fn has_ending_of(&self, name: &str) -> bool {
        let tail = name.rsplit_once('-').map(|(_, tail)| tail.len());
        self.endings.iter().any(|ending| name.ends_with(ending)) || self.tail.is_some_and(|length| tail == Some(length))
    }
}
