use clap::Args;

use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::planning::Planning;
use super::user_error::UserError;
use crate::plan::{PlanOptions, refreshed};
use crate::report::printer::{errln, outln};
use crate::report::{document, plural};
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
        let (count, sealed) = under_lock(&planning.state, "refresh", self.locking.lock_timeout, work).await?;
        if global.json {
            document::tell(&serde_json::json!({"refreshed": count, "sealed": sealed}))?;
        } else {
            if sealed > 0 {
                errln!("encrypted {} of state", plural(sealed, "secret"));
            }
            let resources = plural(count, "resource");
            outln!("{resources} in state brought up to date; `infra drift` shows what differs");
        }
        Ok(Exit::Done)
    }
}

/// How many resources were brought up to date, and how many secrets encrypted.
async fn refresh(planning: &Planning<'_>, run: &LockedRun) -> Result<(usize, usize), UserError> {
    let snapshot = run.session.snapshot();
    let (_, plan) = run.unless_interrupted(planning.plan_whole(&snapshot, &PlanOptions::default())).await?;
    let (facts, key) = ((&planning.registry, Catalog::standard()), snapshot.fingerprint_key.opened(&planning.vault));
    let mut changes = refreshed(&plan, &snapshot, planning.stack()?, facts, &key);
    let (count, mut after) = (changes.len(), (*snapshot).clone());
    drop(snapshot);
    changes.iter().for_each(|change| after.apply(change));
    changes.extend(planning.seal(&after).await?);
    run.record(changes).await?;
    Ok((count, plan.to_seal))
}
