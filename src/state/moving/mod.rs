//! A stack's state from one place to another: never two that count, and none that is forgotten.

mod held;
mod moved;
mod site;
mod state_place;
#[cfg(test)]
mod tests;
mod transfer;

pub use moved::Moved;
pub use site::StateSite;
pub use state_place::StatePlace;
pub use transfer::{Transferred, transfer};
