//! Resources of `infra`'s own: they exist in state alone, and no call is made for them.

mod alphabet;
mod random_password;

pub use random_password::RandomPassword;
