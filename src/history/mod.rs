//! What runs did: the records that they leave, without a secret in them, and the way back to what one was made from.

mod author;
mod cover;
mod git_commit;
mod history_record;
mod missing_secret;
mod placeholder;
mod rename;
mod renames;
mod restored;
mod run_kind;
mod run_outcome;
mod step_outcome;
mod step_record;
#[cfg(test)]
mod tests;

pub use author::Author;
pub use cover::Cover;
pub use git_commit::GitCommit;
pub use history_record::HistoryRecord;
pub use missing_secret::MissingSecret;
pub use placeholder::Placeholder;
pub use rename::Rename;
pub use renames::renamed;
pub use restored::Restored;
pub use run_kind::RunKind;
pub use run_outcome::RunOutcome;
pub use step_outcome::StepOutcome;
pub use step_record::StepRecord;
