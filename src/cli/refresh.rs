use clap::Args;

use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::planning::Planning;
use super::user_error::UserError;
use crate::plan::{PlanOptions, refreshed};
use crate::report::plural;
use crate::report::printer::outln;
use crate::schema::Catalog;

#[derive(Debug, Args)]
pub struct Refresh {
    #[command(flatten)]
    locking: Locking,
}

impl Refresh {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let planning = Planning::start(global, false).await?;
        let work = async |run: &LockedRun| refresh(&planning, run).await;
        let count = under_lock(&planning.state, "refresh", self.locking.lock_timeout, work).await?;
        if global.json {
            outln!("{}", serde_json::json!({"refreshed": count}));
        } else {
            let resources = plural(count, "resource");
            outln!("{resources} in state brought up to date; `infra drift` shows what differs");
        }
        Ok(Exit::Done)
    }
}

async fn refresh(planning: &Planning<'_>, run: &LockedRun) -> Result<usize, UserError> {
    let snapshot = run.session.snapshot();
    let (_, plan) = run.unless_interrupted(planning.plan(&snapshot, &PlanOptions::default())).await?;
    let changes = refreshed(&plan, &snapshot, Catalog::standard(), planning.stack()?.secrets());
    let count = changes.len();
    run.record(changes).await?;
    Ok(count)
}
