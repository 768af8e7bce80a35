use serde::{Deserialize, Serialize};

/// Why a written value and the live one differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The file says something else than the last apply wrote.
    Changed,
    /// The file says what the last apply wrote; AWS has something else.
    Drift,
    /// The file no longer says anything, and AWS's default applies again.
    Removed,
}
