use std::time::Duration;

/// What the command line decides about the way to AWS; the SDK's own chain fills in the rest.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A profile of the shared configuration; absent: the SDK's default chain.
    pub profile: Option<String>,
    /// How long one attempt of a call may take; absent: a minute.
    pub call_timeout: Option<Duration>,
    /// Address S3 buckets as paths, as local emulators want it. Set when an endpoint is given.
    pub s3_path_style: bool,
}
