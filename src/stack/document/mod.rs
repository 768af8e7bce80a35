//! YAML 1.2 text to a tree of nodes that know where they stand.

mod builder;
mod document;
mod node;
mod scalar;
#[cfg(test)]
mod tests;

pub(super) use document::parse;
pub(super) use node::{Entry, Node, NodeKind};
pub(super) use scalar::resolve_plain;
