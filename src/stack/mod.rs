//! Stack files: strict YAML 1.2 to typed resources, with CEL expressions that are evaluated as far as values are known.
//! Everything that is wrong is reported at once, with its place in the file.

mod absence;
mod diagnostic;
mod document;
mod dynamic_reference;
mod edit;
mod expression;
mod foreign_words;
mod load;
mod load_options;

mod inputs;
mod referenced;
mod resource;
mod resource_facts;
mod scope;
mod secrecy;
mod secret_config;
mod stack;
mod stack_name;
mod stored_value;
mod stored_values;
mod template;
#[cfg(test)]
mod tests;

pub(crate) use diagnostic::nearest;
pub use diagnostic::{Diagnostic, Diagnostics, Location, Related, Severity};

pub use absence::Absence;
pub use edit::{ConfigValue, EditError, NewValue, StackFile, literal, yaml_block};
pub use inputs::StackInputs;
pub use load_options::{LoadOptions, StackCheck};
pub use referenced::Referenced;
pub use resource::Resource;
pub use scope::{NothingKnown, Scope};
pub use secret_config::SecretConfig;
pub use stack::Stack;
pub use stack_name::StackName;
pub use stored_value::StoredValue;
pub use stored_values::StoredValues;
pub use template::Template;
