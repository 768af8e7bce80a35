use clap::Args;

use super::choice::Choice;
use super::execution::Execution;
use super::exit::Exit;
use super::global::Global;
use super::planning::Planning;
use super::user_error::UserError;
use crate::apply::ApplyReport;
use crate::plan::PlanOptions;
use crate::report::document;
use crate::report::printer::errln;

#[derive(Debug, Args)]
pub struct Destroy {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    execution: Execution,
}

impl Destroy {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let planning = Planning::start_with_or_without_file(global).await?;
        if !planning.workspace.has_own_file() && planning.state.is_nothing().await? {
            // A preview that was never made is gone already: the job that cleans up after a branch must not fail. A name
            // that only a pattern fits may be mistyped, and leaves no state behind.
            document::tell(&ApplyReport::default())?;
            errln!("stack `{}` has no state, so there is nothing to destroy", global.stack);
            return Ok(Exit::Done);
        }
        let options = PlanOptions { destroy: true, ..self.choice.options() };
        self.execution.run(global, "destroy", &planning, &options, |_, _| Ok(self.execution.yes)).await
    }
}
