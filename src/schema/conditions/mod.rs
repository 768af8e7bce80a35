//! Conditions over several properties that AWS refuses although each property alone is right. They are data, written in
//! CEL beside the schema corrections (`schemas/conditions/`); here is what reads and asks them.

mod asked;
mod condition;
mod definition;
mod functions;
mod items;
mod message;
mod program;
mod readable;
mod subject;
#[cfg(test)]
mod tests;
mod unconditional;

pub use asked::Asked;
pub(super) use condition::Condition;
pub(super) use definition::Definition;
pub use subject::{Referred, Subject};
