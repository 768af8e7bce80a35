//! What is known of a stack: a snapshot and a journal of changes, kept durably in a bucket or a folder, changed by one
//! run at a time.

mod canonical;
mod change;
mod compaction;
mod document;
mod error;
mod fact;
mod fence;
mod fingerprint;
mod fingerprint_key;
mod held;
mod history;
mod identity;
mod journal;
mod journal_segment;
mod keys;
mod life;
mod load;
mod loaded;
mod lock;
mod note;
mod origin;
mod pending;
mod position;
mod push;
mod readiness;
mod recovery;
mod replacement;
mod resource_state;
mod session;
mod snapshot;
mod status;
pub mod store;
mod stored_key;
mod stored_resource;
mod superseded;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod writer;

pub use change::Change;
pub use error::StateError;
pub use fact::Fact;
pub use fingerprint::Fingerprint;
pub use fingerprint_key::FingerprintKey;
pub use held::held;
pub use history::History;
pub use identity::StackIdentity;
pub use journal_segment::JournalSegment;
pub use keys::StackKeys;
pub use life::Life;
pub use loaded::Loaded;
pub use lock::{Holder, Lease, LockOptions, LockRecord, Release, ReleasedBy, StateMark, current, unlock};
pub use note::Note;
pub use origin::Origin;
pub use position::Position;
pub use readiness::Readiness;
pub use recovery::{Recovery, RecoveryFolder};
pub use resource_state::ResourceState;
pub use session::Session;
pub use snapshot::Snapshot;
pub use status::Status;
pub use stored_key::StoredKey;
pub use superseded::Superseded;
