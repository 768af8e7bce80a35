use std::fs::{OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::choice::Choice;
use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::planning::Planning;
use super::refusal::refusal;
use super::take_over::TakeOver;
use super::user_error::UserError;
use crate::report::printer::out;
use crate::report::{PlanText, document, plan_json, plan_text};

#[derive(Debug, Args)]
pub struct Plan {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    take_over: TakeOver,
    /// Save the plan; `infra apply FILE` does exactly that
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// From state alone, without AWS
    #[arg(long, conflicts_with = "out")]
    offline: bool,
    /// Exit with 2 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// Also show the properties of what is created, what does not change, and long values in full
    #[arg(long)]
    full: bool,
    /// Plan the end of the whole stack
    #[arg(long)]
    destroy: bool,
}

impl Plan {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let planning = match self.destroy {
            true => Planning::start_for_destroy(global, self.offline).await?,
            false => Planning::start(global, self.offline).await?,
        };
        let mut loaded = planning.state.look().await?;
        if self.out.is_some() && !loaded.exists {
            establish(&planning).await?;
            loaded = planning.state.read().await?;
        }
        let options = self.take_over.with(self.choice.options());
        let options = crate::plan::PlanOptions { destroy: self.destroy, ..options };
        let (header, plan) = planning.plan(&loaded.snapshot, &options).await?;
        if let Some(file) = &self.out {
            save(file, &serde_json::to_vec_pretty(&plan)?)
                .map_err(|error| UserError::failed(format!("cannot write {}: {error}", file.display())))?;
        }
        if global.json {
            document::tell(&plan_json(&header, &plan))?;
            if plan.refused().next().is_some() {
                document::tell(&refusal(&plan, "and an apply would do nothing").json())?;
            }
        } else {
            out!("{}", plan_text(&header, &plan, PlanText { verbose: self.full }));
        }
        let exit = match () {
            () if plan.refused().next().is_some() => Exit::Refused,
            () if self.detailed_exitcode && plan.has_changes() => Exit::Changes,
            () => Exit::Done,
        };
        // The process ends here, and what it holds is a million values that need not be given back one by one.
        std::mem::forget((planning, loaded, plan));
        Ok(exit)
    }
}

/// A saved plan names the state that it was made from, so a stack gets its first state with it: applied where another state
/// is, or none, the plan would make everything a second time.
async fn establish(planning: &Planning<'_>) -> Result<(), UserError> {
    let work = async |run: &LockedRun| run.write(run.session.establish()).await;
    let established = under_lock(&planning.state, "plan", Duration::ZERO, work).await;
    established.map_err(|error| {
        error.hint("a plan that is saved belongs to a state, so the first one of a stack writes that; without --out nothing is written")
    })
}

/// A plan holds no secret, but all else that is known of the stack.
fn save(file: &Path, plan: &[u8]) -> std::io::Result<()> {
    const OWNER_ONLY: u32 = 0o600;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(file)?;
    // The mode of opening counts only for a file that is new.
    file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(plan)
}
