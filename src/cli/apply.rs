use std::path::{Path, PathBuf};

use clap::Args;

use super::choice::Choice;
use super::execution::Execution;
use super::exit::Exit;
use super::global::Global;
use super::locked_run::LockedRun;
use super::planning::Planning;
use super::take_over::TakeOver;
use super::user_error::UserError;
use crate::plan::Plan;

#[derive(Debug, Args)]
pub struct Apply {
    /// A plan saved with `infra plan --out FILE`: exactly that is done. It holds no values: give `--set` again as to `plan`
    #[arg(conflicts_with_all = ["target", "exclude", "allow_destroy", "take_over"])]
    plan: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    take_over: TakeOver,
    #[command(flatten)]
    execution: Execution,
}

impl Apply {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let saved = self.plan.as_deref().map(read_plan).transpose()?;
        let options = saved.as_ref().map(|saved| saved.options.clone());
        let options = options.unwrap_or_else(|| self.take_over.with(self.choice.options()));
        let planning = Planning::start(global, false).await?;
        let accept = |run: &LockedRun, plan: &Plan| {
            saved.as_ref().map_or(Ok(()), |saved| ensure_same(saved, plan, run))?;
            Ok(self.execution.yes || saved.is_some())
        };
        self.execution.run(global, "apply", &planning, &options, accept).await
    }
}

fn read_plan(file: &Path) -> Result<Plan, UserError> {
    let explain = |error: &dyn std::fmt::Display| {
        UserError::failed(format!("cannot read the plan {}: {error}", file.display()))
            .hint("plans are saved with `infra plan --out FILE`")
    };
    let bytes = std::fs::read(file).map_err(|error| explain(&error))?;
    let plan: Plan = serde_json::from_slice(&bytes).map_err(|error| explain(&error))?;
    match plan.version {
        Plan::VERSION => Ok(plan),
        version => Err(explain(&format!("it has version {version}, this infra knows {}", Plan::VERSION))),
    }
}

/// A saved plan is applied only if planning again, from the file, state and AWS as they are now, gives the same.
fn ensure_same(saved: &Plan, now: &Plan, run: &LockedRun) -> Result<(), UserError> {
    let changed = match () {
        () if (&saved.project, &saved.stack) != (&now.project, &now.stack) => "it is for another stack",
        () if saved.account != now.account => "it is for another account",
        () if saved.lineage != now.lineage => "it is for another state",
        () if saved.stack_digest != now.stack_digest => "the stack file or `--set` is another one",
        () if saved.serial != now.serial => "state has changed since",
        () if saved.digest()? != now.digest()? => "AWS has changed since",
        () => return Ok(()),
    };
    Err(UserError::failed(format!("the saved plan no longer holds: {changed}, {}", run.so_nothing_was_done()))
        .hint("plan again: `infra plan --out FILE`"))
}
