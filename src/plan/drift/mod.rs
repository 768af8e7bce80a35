//! What has changed in AWS that no stack file speaks of, and what is not looked at.

mod baseline;
mod deviation;
mod deviations;
#[cfg(test)]
mod tests;
mod unseen;
mod unwritten;
mod whole_drift;

pub use baseline::baseline;
pub use deviation::Deviation;
pub use unseen::Unseen;
pub use unwritten::Unwritten;
pub use whole_drift::{ResourceDrift, WholeDrift, WholeObjects};
