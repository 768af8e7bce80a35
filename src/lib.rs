//! `infra` makes AWS match YAML stack files and never loses what it made.
//!
//! Imports run one way: `cli → history → apply → plan → graph → stack → schema`; `state`, `aws` and `resources` are
//! used by `plan` and `apply` and know nothing of them. Nothing outside `cli` and `report` prints or reads the environment.

pub mod address;
pub mod apply;
pub mod aws;
pub mod cli;
pub mod encryption;
mod expression;
pub mod graph;
pub mod history;
pub mod plan;
pub mod report;
pub mod resources;
pub mod schema;
pub mod secrets;
pub mod stack;
pub mod state;
pub mod value;
