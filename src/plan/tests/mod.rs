//! Decisions that no single file of the plan makes.

mod differences;
mod operations;
mod uniqueness;
