use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};

use super::exit::Exit;
use super::{apply, completions, destroy, drift, graph, import, init, outputs, plan, refresh, schema, state, validate};

/// Makes AWS match YAML stack files, and never loses what it made.
#[derive(Debug, Parser)]
#[command(name = "infra", version, after_help = Exit::HELP, infer_subcommands = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The stack: `stacks/NAME.yaml`, or the file whose `match` fits
    #[arg(long, short, global = true, env = "INFRA_STACK", default_value = "dev", value_name = "NAME")]
    pub stack: String,
    /// Work as if started in this folder
    #[arg(long, short = 'C', global = true, value_name = "FOLDER")]
    pub chdir: Option<PathBuf>,
    /// The profile of the shared AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Override a `config` value of the stack file; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    /// Where state is kept, instead of what the stack file says: `s3://BUCKET/PREFIX` or a folder
    #[arg(long, global = true, value_name = "LOCATION")]
    pub state: Option<String>,
    /// Print for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// No colours, also on a terminal (as NO_COLOR)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Log what happens to stderr; twice for more (as INFRA_LOG=debug)
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// How a command waits for the stack's lock.
#[derive(Debug, Clone, Args)]
pub struct Locking {
    /// How long to wait while another run holds the lock
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    pub lock_timeout: Duration,
}

/// Which resources a plan is about.
#[derive(Debug, Clone, Default, Args)]
pub struct Choice {
    /// Only this resource and what it depends on; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// Not this resource, nor what depends on it; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,
    /// Allow that this protected resource is deleted or replaced; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_destroy: Vec<String>,
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
    /// Look at state and mend it
    #[command(subcommand)]
    State(state::State),
    /// Print what AWS publishes about a resource type
    Schema(schema::Schema),
    /// Print a completion script for a shell
    Completions(completions::Completions),
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`"))?;
    Ok((key.to_owned(), value.to_owned()))
}

impl Choice {
    pub fn options(&self) -> crate::plan::PlanOptions {
        crate::plan::PlanOptions {
            target: self.target.clone(),
            exclude: self.exclude.clone(),
            allow_destroy: self.allow_destroy.clone(),
            destroy: false,
        }
    }
}
