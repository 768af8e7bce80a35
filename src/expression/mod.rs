//! CEL apart from who writes it: what an expression touches, and values on their way into it and out of it. Stack files
//! (`stack`) and conditions on AWS's properties (`schema`) both build on it.

mod call;
mod convert;
mod namespace;
mod reference;
mod references;

pub(crate) use call::Call;
pub(crate) use convert::{from_cel, map_to_cel, sorted, to_cel};
pub(crate) use namespace::is_namespace;
pub(crate) use reference::{Access, Reference, ReferenceSegment};
pub(crate) use references::{Collector, Touched};
