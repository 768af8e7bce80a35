//! The dependency graph: what must be there before what, its layers and its cycles.

mod cycle;
mod graph;
mod render;
mod stack_graph;

pub use cycle::{Cycle, Cycles};
pub use graph::Graph;
pub use stack_graph::of_stack;
