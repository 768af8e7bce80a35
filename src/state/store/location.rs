use std::fmt;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Where a stack file's `state` points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// `s3://bucket/prefix`; the prefix has no slash at either end and may be empty.
    S3 {
        bucket: String,
        prefix: String,
    },
    Folder(PathBuf),
}

impl Location {
    /// The folder beside the stack folder, where no `state` is written.
    pub const DEFAULT_FOLDER: &'static str = ".infra";

    /// Reads `state`. A relative folder is relative to `base`, the folder that holds the stack folder; no `state` is
    /// `.infra` in it.
    ///
    /// # Errors
    /// `StoreError::Location` for another scheme than `s3://` and for a bucket name that S3 does not take (S3 user guide,
    /// "General purpose bucket naming rules").
    pub fn parse(state: Option<&str>, base: &Path) -> Result<Self, StoreError> {
        let Some(text) = state.map(str::trim) else {
            return Ok(Self::Folder(base.join(Self::DEFAULT_FOLDER)));
        };
        match text.strip_prefix("s3://") {
            Some(rest) => Self::s3(rest).ok_or_else(|| StoreError::Location(text.to_owned())),
            None if text.is_empty() || text.contains("://") => Err(StoreError::Location(text.to_owned())),
            None => Ok(Self::Folder(base.join(text))),
        }
    }

    fn s3(rest: &str) -> Option<Self> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
        let named = (3..=63).contains(&bucket.len()) && bucket.bytes().all(letters);
        named.then(|| Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(formatter, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(formatter, "s3://{bucket}/{prefix}"),
            Self::Folder(path) => write!(formatter, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(state: Option<&str>) -> Option<Location> {
        Location::parse(state, Path::new("/shop")).ok()
    }

    #[test]
    fn buckets_folders_and_the_default_are_told_apart() {
        let s3 = |bucket: &str, prefix: &str| Some(Location::S3 { bucket: bucket.into(), prefix: prefix.into() });
        assert_eq!(parsed(Some("s3://shop-state")), s3("shop-state", ""));
        assert_eq!(parsed(Some("s3://shop-state/a/b/")), s3("shop-state", "a/b"));
        assert_eq!(parsed(None), Some(Location::Folder("/shop/.infra".into())));
        assert_eq!(parsed(Some("../state")), Some(Location::Folder("/shop/../state".into())));
        assert_eq!(parsed(Some("/var/state")), Some(Location::Folder("/var/state".into())));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "gs://bucket", "s3://", "s3:///prefix", "s3://Big_Bucket", "s3://ab"] {
            assert_eq!(parsed(Some(text)), None, "{text}");
        }
    }

    #[test]
    fn a_location_reads_back_as_it_is_shown() {
        for text in ["s3://shop-state", "s3://shop-state/a/b", "/var/state"] {
            assert_eq!(parsed(Some(text)).map(|location| location.to_string()).as_deref(), Some(text));
        }
    }
}
