//! The published facts about every AWS resource type: what its properties are, which of them force a replacement, are
//! outputs, cannot be read back or have no order, and which permissions its operations need.
//!
//! The facts are embedded (`schemas/aws.facts`); a type is decoded when it is first asked for.

mod attribute;
mod catalog;
mod coercion;
mod combination;
mod conditions;
mod credentials;
mod describe;
#[cfg(test)]
mod fixtures;
mod format;
mod in_place_change;
mod kind;
mod lookup;
mod nearest;
mod node;
mod operation;
mod outputs;
mod pattern;
mod policy;
mod policy_kind;
mod property_path;
mod resource_schema;
mod scalar;
mod tag_property;
mod tag_rules;
#[cfg(test)]
mod tests;
mod trail;
mod translate;
mod validator;
#[cfg(test)]
mod validator_tests;
mod violation;

pub use catalog::Catalog;
pub use conditions::{Asked, Referred, Subject};
pub use kind::{Kind, Kinds};
pub use operation::Operation;
pub use property_path::{PathSegment, PropertyPath};
pub use resource_schema::{ReplacementStrategy, ResourceSchema};
pub use tag_property::{TagProperty, TagShape};
pub use tag_rules::reserved_tag;
pub use violation::Violation;
