use clap::Args;

use super::apply::Execution;
use super::arguments::{Choice, Global};
use super::exit::Exit;
use super::planning::Planning;
use super::user_error::UserError;
use crate::plan::PlanOptions;

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
        let session = planning.open("destroy", self.execution.locking.lock_timeout).await?;
        let options = PlanOptions { destroy: true, ..self.choice.options() };
        let result = async {
            let (header, plan) = planning.plan(&session.snapshot(), &options).await?;
            self.execution.carry_out(global, &planning, &session, &header, &plan, self.execution.yes).await
        };
        let result = result.await;
        let closed = session.close().await;
        let exit = result?;
        closed?;
        Ok(exit)
    }
}
