//! What is wrong in a stack file, and where: collected over a whole run, rendered about as rustc does.

mod diagnostic;
mod diagnostics;
mod location;
mod nearest;
mod problems;
mod severity;
mod source;
mod span;

pub use diagnostic::{Diagnostic, Related};
pub use diagnostics::Diagnostics;
pub use location::Location;
pub(crate) use nearest::{did_you_mean, nearest};
pub(super) use problems::Problems;
pub use severity::Severity;
pub(super) use source::Source;
pub(super) use span::Span;
