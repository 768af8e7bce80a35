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
        ensure_known(&planning).await?;
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

/// A name that only a pattern fits may be mistyped, and a stack that never was has nothing to destroy.
async fn ensure_known(planning: &Planning<'_>) -> Result<(), UserError> {
    let name = &planning.workspace.global.stack;
    if planning.workspace.has_own_file() || planning.read().await?.snapshot.serial > 0 {
        return Ok(());
    }
    Err(UserError::failed(format!("stack `{name}` has neither a file of its own nor state, so nothing was destroyed"))
        .hint("check its name, and where its state is"))
}
