use clap::{Args, ValueEnum};
use serde_json::json;

use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::address::Address;
use crate::graph::Graph as Dependencies;
use crate::report::document;
use crate::report::printer::outln;
use crate::stack::Stack;

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
        if global.json {
            document::tell(&as_json(&stack, &graph))?;
            return Ok(Exit::Done);
        }
        let text = match self.format {
            Format::Dot => graph.to_dot(),
            Format::Mermaid => graph.to_mermaid(),
        };
        outln!("{}", text.trim_end());
        Ok(Exit::Done)
    }
}

/// Edges run from what depends to what it depends on, as the arrows of the pictures do.
fn as_json(stack: &Stack, graph: &Dependencies<Address>) -> serde_json::Value {
    let type_of = |address: &Address| stack.resources.get(address).map(|resource| resource.type_name.as_str());
    let nodes = graph.nodes().map(|address| json!({"address": address, "type": type_of(address)}));
    let edges = graph
        .nodes()
        .flat_map(|from| graph.dependencies(from).into_iter().map(move |to| json!({"from": from, "to": to})));
    json!({
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
        "waves": graph.waves(),
    })
}
