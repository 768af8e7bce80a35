//! Values of a stack file with expressions in them, compiled and evaluated.

mod compile;
mod evaluate;
mod inside_text;
mod locate;
mod template;

pub(super) use compile::TemplateCompiler;
pub(super) use evaluate::Evaluation;
pub use template::Template;
pub(super) use template::{Dynamic, Member, Part, TemplateKind};
