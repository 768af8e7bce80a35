use serde::Serialize;
use strum::Display;

/// What a diagnostic means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// Nothing can be done with the file until it is mended.
    Error,
    /// AWS takes it, and makes of it something else than is written.
    Warning,
}
