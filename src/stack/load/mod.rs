//! From a stack's name to the stack: finding its file, reading it strictly, deciding `when` and `for_each`, checking.

mod attribute;
mod check;
mod choose;
mod config;
mod declaration;
mod duration;
mod expand;
mod fields;
mod fit;
mod header;
mod ignored;
mod loader;
mod moves;
mod names;
mod options;
mod overrides;
mod region;

pub(super) use choose::is_declared;
pub(super) use declaration::Declaration;
pub(super) use loader::load;
