//! Changes to a stack file's `config` that leave every other line as it is.

mod config_value;
mod edit_error;
mod new_value;
mod replace_file;
mod stack_file;
#[cfg(test)]
mod tests;
mod text_edit;

pub use config_value::ConfigValue;
pub use edit_error::EditError;
pub use new_value::NewValue;
pub use stack_file::StackFile;
