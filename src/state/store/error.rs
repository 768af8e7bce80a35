use std::path::PathBuf;

use crate::aws::{AwsError, ErrorKind};

/// Why state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the state bucket {bucket} does not exist; create it with: infra init --state {place}")]
    NoBucket { bucket: String, place: String },
    #[error("no access to the state in {place}: {source}\n  needed on the bucket and its objects: {needed}")]
    Denied { place: String, needed: &'static str, source: AwsError },
    #[error("the state in {place} cannot be reached: {source}")]
    Unreachable { place: String, source: AwsError },
    #[error("the state in {place} could not be read or written: {source}")]
    Aws { place: String, source: AwsError },
    #[error("{action} {}: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    /// Another process is in the middle of a write, for much longer than one takes.
    #[error(
        "{} is held by another process that does not let go of it: one that was stopped in the middle of a write, perhaps\n  \
         let it go on (`kill -CONT`) or end it; nothing of what it wrote is lost",
        path.display()
    )]
    Busy { path: PathBuf },
    /// Writes under a condition are written whether it holds or not.
    #[error(
        "the store {0} ignores conditions of writes (`If-Match`, `If-None-Match`), so two runs could change one stack at \
         once\n  keep state in Amazon S3, in another store that keeps them, or in a folder"
    )]
    Unconditional(String),
    #[error("{0:?} is no place for state: give s3://bucket, s3://bucket/prefix or a folder")]
    Location(String),
}

impl StoreError {
    /// Gives an AWS error the place and the advice that fit its class.
    pub fn of_aws(place: &str, bucket: &str, source: AwsError) -> Self {
        let place = place.to_owned();
        match (source.code(), source.kind()) {
            ("NoSuchBucket", _) => Self::NoBucket { bucket: bucket.to_owned(), place },
            (_, ErrorKind::Denied) => Self::Denied { place, needed: NEEDED, source },
            (_, ErrorKind::Network) => Self::Unreachable { place, source },
            _ => Self::Aws { place, source },
        }
    }

    /// What AWS said, where it was AWS.
    pub fn aws(&self) -> Option<&AwsError> {
        match self {
            Self::Denied { source, .. } | Self::Unreachable { source, .. } | Self::Aws { source, .. } => Some(source),
            Self::NoBucket { .. }
            | Self::File { .. }
            | Self::Busy { .. }
            | Self::Unconditional(_)
            | Self::Location(_) => None,
        }
    }
}

const NEEDED: &str = "s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject";
