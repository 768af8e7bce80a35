use std::fmt;
use std::str::FromStr;

/// Where a stack's state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Folder,
    Bucket,
}

impl Place {
    pub const ALL: [Self; 2] = [Self::Folder, Self::Bucket];
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Folder => "folder",
            Self::Bucket => "bucket",
        })
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let place = Self::ALL.into_iter().find(|place| place.to_string() == text);
        place.ok_or_else(|| format!("`{text}` is neither folder nor bucket"))
    }
}
