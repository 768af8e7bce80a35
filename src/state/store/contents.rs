use std::time::Duration;

use super::ObjectVersion;

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub bytes: Vec<u8>,
    pub version: ObjectVersion,
    /// How long ago it was written, by the store's own clock, to a second; `None` where the store does not tell.
    /// Unlike a time in the content, it does not depend on two machines' clocks agreeing.
    pub age: Option<Duration>,
}
