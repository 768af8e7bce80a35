//! Secret texts: how they are kept out of everything that a run leaves behind, and kept encrypted where they are needed
//! again.

mod cut;
mod finder;
mod form;
mod form_match;
mod forms;
mod sealed;
mod secrets;
#[cfg(test)]
mod tests;
mod vault;

pub(crate) use forms::forms;
pub use sealed::Sealed;
pub use secrets::Secrets;

pub use vault::Vault;
