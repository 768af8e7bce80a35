//! From a stack's name to the stack: finding its file, reading it strictly, deciding `when` and `for_each`, checking.

mod attribute;
mod check;
mod choose;
mod config;
mod config_order;
mod declaration;
mod dependencies;
mod digest;
mod duration;
mod encryption;
mod expand;
mod fields;
mod fit;
mod former_name;
mod head;
mod header;
mod ignored;
mod loader;
mod moves;
mod names;
mod options;
mod overrides;
mod properties;
mod region;
mod relations;
mod secret_entry;
mod tag_option;
mod tags;

pub(super) use choose::{is_declared, is_named_by};
pub(super) use declaration::Declaration;
pub(super) use head::{Head, head_of, read_head, read_value};
pub(super) use loader::{from_inputs, load, load_as};
pub(super) use names::check_resource_name;
