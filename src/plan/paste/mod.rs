//! A live object as the YAML that a stack file would describe it with: what can be written, what is worth it, and what a user
//! has to know beside.

mod defaults;
mod fit;
mod name;
mod pasted;
mod references;
mod same;
#[cfg(test)]
mod tests;
mod writable;

pub use name::name_for;
pub use pasted::Pasted;
pub use references::References;
