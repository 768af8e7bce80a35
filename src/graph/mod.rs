//! The dependency graph: what must be there before what, its layers and its cycles.

mod cycle;
mod graph;
mod render;
mod stack_graph;

pub use cycle::{Cycle, CycleError, Cycles};
pub use graph::Graph;
