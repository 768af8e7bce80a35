//! Secret texts, and how they are kept out of everything that a run leaves behind.

mod secrets;

pub use secrets::Secrets;
pub(crate) use secrets::forms;
