//! State as the built binary keeps it: what it refuses, what it survives, who may change it, and what it costs.

mod account;
mod damage;
mod decisions;
mod interrupts;
mod lock;
mod lost_answers;
mod recovery;
pub mod shared;
mod streams;
mod traffic;

pub use shared::queues_in_bucket;
