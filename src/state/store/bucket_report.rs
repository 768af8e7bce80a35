use serde::Serialize;
use strum::Display;

/// What preparing a state bucket found and did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketReport {
    pub bucket: String,
    /// Where the bucket is; not where it was asked for if it existed elsewhere.
    pub region: String,
    /// In the order done.
    pub settings: Vec<(BucketSetting, SettingOutcome)>,
}

/// One thing that a state bucket must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum BucketSetting {
    #[strum(to_string = "bucket")]
    Bucket,
    #[strum(to_string = "public access blocked")]
    PublicAccessBlock,
    #[strum(to_string = "versioning")]
    Versioning,
    #[strum(to_string = "default encryption")]
    Encryption,
    #[strum(to_string = "TLS only")]
    TlsOnly,
    /// Old versions expire: the lock is rewritten every few seconds of a run. Only set on a bucket that was made here.
    #[strum(to_string = "old versions expire after 90 days")]
    OldVersions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum SettingOutcome {
    #[strum(to_string = "done")]
    Done,
    #[strum(to_string = "already so")]
    AlreadySo,
}
