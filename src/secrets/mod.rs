//! Secret texts: how they are kept out of everything that a run leaves behind, and kept encrypted where they are needed
//! again.

mod sealed;
mod secrets;
mod vault;

pub use sealed::Sealed;
pub use secrets::Secrets;
pub(crate) use secrets::forms;
pub use vault::Vault;
