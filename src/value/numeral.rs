use std::fmt;
use std::ops::Deref;

use serde_json::Number;

/// A number, and how it is written where its own digits say it otherwise: `1.10`, `00420`, `1e3`. Two that are one number
/// are equal however they are written.
#[derive(Debug, Clone)]
pub struct Numeral {
    number: Number,
    written: Option<Box<str>>,
}

impl Numeral {
    pub fn written(number: Number, text: &str) -> Self {
        let written = (number.to_string() != text).then(|| text.into());
        Self { number, written }
    }

    pub fn number(&self) -> &Number {
        &self.number
    }

    /// True if it reads otherwise than it is written.
    pub fn is_respelled(&self) -> bool {
        self.written.is_some()
    }
}

impl PartialEq for Numeral {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Deref for Numeral {
    type Target = Number;

    fn deref(&self) -> &Number {
        &self.number
    }
}

impl From<Number> for Numeral {
    fn from(number: Number) -> Self {
        Self { number, written: None }
    }
}

/// As it is written.
impl fmt::Display for Numeral {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => formatter.write_str(text),
            None => self.number.fmt(formatter),
        }
    }
}
