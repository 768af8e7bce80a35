use clap::Args;
use serde_json::json;

use super::exit::Exit;
use super::global::Global;
use super::told_diagnostics::warn;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::graph::Graph;
use crate::plan::ALL_CHECKS;
use crate::report::printer::outln;
use crate::report::{document, plural};

#[derive(Debug, Args)]
pub struct Validate {}

impl Validate {
    pub fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let stack = Workspace::find(global)?.with_checks(ALL_CHECKS).stack(None)?;
        let graph = Graph::of_stack(&stack)?;
        warn(&stack.warnings)?;
        let (resources, waves) = (stack.resources.len(), graph.waves().len());
        if global.json {
            let (project, stack) = (&stack.project, &stack.name);
            let facts = json!({"project": project, "stack": stack, "resources": resources, "waves": waves});
            document::tell(&facts)?;
        } else {
            let (resources, waves) = (plural(resources, "resource"), plural(waves, "wave"));
            outln!("{}/{} is valid: {resources} in {waves}", stack.project, stack.name);
        }
        Ok(Exit::Done)
    }
}
