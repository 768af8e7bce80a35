//! What a run could not write into state: what it is, and where it is kept.

mod recovery;
mod recovery_folder;

pub use recovery::Recovery;
pub use recovery_folder::RecoveryFolder;
