use std::path::PathBuf;

use clap::Args;

use super::arguments::{Choice, Global};
use super::exit::Exit;
use super::planning::Planning;
use super::user_error::UserError;
use crate::report::{PlanText, plan_json, plan_text};

#[derive(Debug, Args)]
pub struct Plan {
    #[command(flatten)]
    choice: Choice,
    /// Save the plan; `infra apply FILE` does exactly that
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// From state alone, without AWS
    #[arg(long, conflicts_with = "out")]
    offline: bool,
    /// Exit with 2 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// Also show the properties of what is created, and what does not change
    #[arg(long)]
    full: bool,
    /// Plan the end of the whole stack
    #[arg(long)]
    destroy: bool,
}

impl Plan {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let planning = Planning::start(global, self.offline).await?;
        let loaded = planning.read().await?;
        let options = crate::plan::PlanOptions { destroy: self.destroy, ..self.choice.options() };
        let (header, plan) = planning.plan(&loaded.snapshot, &options).await?;
        if let Some(file) = &self.out {
            std::fs::write(file, serde_json::to_vec_pretty(&plan)?)
                .map_err(|error| UserError::failed(format!("cannot write {}: {error}", file.display())))?;
        }
        if global.json {
            anstream::println!("{}", serde_json::to_string_pretty(&plan_json(&header, &plan))?);
        } else {
            anstream::print!("{}", plan_text(&header, &plan, PlanText { verbose: self.full }));
        }
        Ok(match () {
            () if plan.refused().next().is_some() => Exit::Refused,
            () if self.detailed_exitcode && plan.has_changes() => Exit::Changes,
            () => Exit::Done,
        })
    }
}
