//! Changes to a stack file's `config` that leave every other line as it is, and values as the YAML of a stack file.

mod config_value;
mod edit_error;
mod new_value;
mod replace_file;
mod stack_file;
#[cfg(test)]
mod tests;
mod text_edit;
mod yaml_block;
mod yaml_scalar;

pub use config_value::ConfigValue;
pub use edit_error::EditError;
pub use new_value::NewValue;
pub use stack_file::StackFile;
pub use yaml_block::{literal, yaml_block};
