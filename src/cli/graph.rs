use clap::{Args, ValueEnum};

use super::arguments::Global;
use super::exit::Exit;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::graph::Graph as Dependencies;

#[derive(Debug, Args)]
pub struct Graph {
    /// For Graphviz or for Markdown
    #[arg(long, value_enum, default_value_t = Format::Dot)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Dot,
    Mermaid,
}

impl Graph {
    pub fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let stack = Workspace::find(global)?.stack(None)?;
        let graph = Dependencies::of_stack(&stack)?;
        let text = match self.format {
            _ if global.json => serde_json::to_string_pretty(&graph.waves())?,
            Format::Dot => graph.to_dot(),
            Format::Mermaid => graph.to_mermaid(),
        };
        anstream::println!("{}", text.trim_end());
        Ok(Exit::Done)
    }
}
