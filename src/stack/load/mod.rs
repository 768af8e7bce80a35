//! From a stack's name to the stack: finding its file, reading it strictly, deciding `when` and `for_each`, checking.

mod check;
mod choose;
mod config;
mod declaration;
mod expand;
mod fields;
mod header;
mod loader;
mod names;
mod options;
mod overrides;

pub(super) use choose::is_declared;
pub(super) use declaration::Declaration;
pub(super) use loader::load;
