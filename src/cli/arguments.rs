use clap::{Parser, Subcommand};

use super::exit::Exit;
use super::global::Global;
use super::{
    apply, completions, config, destroy, drift, graph, history, import, init, outputs, plan, refresh, rollback, schema,
    state, validate,
};

/// Makes AWS match YAML stack files, and never loses what it made.
#[derive(Debug, Parser)]
#[command(name = "infra", version, after_help = Exit::HELP, infer_subcommands = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the bucket or folder that keeps state
    Init(init::Init),
    /// Check the stack file, offline
    Validate(validate::Validate),
    /// Show what apply would do
    Plan(plan::Plan),
    /// Make AWS match the stack file
    Apply(apply::Apply),
    /// Delete all that the stack made
    Destroy(destroy::Destroy),
    /// Take an existing object into the stack
    Import(import::Import),
    /// Show what was changed in AWS behind infra's back
    Drift(drift::Drift),
    /// Read the live objects again and update what state knows of them
    Refresh(refresh::Refresh),
    /// Print the stack's outputs
    Outputs(outputs::Outputs),
    /// Print the dependency graph
    Graph(graph::Graph),
    /// Print and change the stack file's `config`, its secrets too
    #[command(subcommand)]
    Config(config::Config),
    /// Show what earlier runs did
    History(history::History),
    /// Go back to the stack file and config of an earlier run
    ///
    /// Plans what makes AWS match them, asks, and applies it like any other plan. The stack file in the working tree stays
    /// as it is, so the next apply from it brings its inputs back. Data does not come back: a database, bucket or queue
    /// that is made again is empty.
    Rollback(rollback::Rollback),
    /// Look at state and mend it
    #[command(subcommand)]
    State(state::State),
    /// Print what AWS publishes about a resource type
    Schema(schema::Schema),
    /// Print a completion script for a shell
    Completions(completions::Completions),
}
