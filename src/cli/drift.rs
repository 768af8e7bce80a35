use clap::Args;

use super::choice::Choice;
use super::exit::Exit;
use super::global::Global;
use super::planning::Planning;
use super::user_error::UserError;
use crate::plan::{Action, Cause, Plan, Unseen, WholeObjects};
use crate::report::printer::{errln, out};
use crate::report::{DriftReport, PlanText, document, drift_json, drift_text};
use crate::schema::Catalog;

#[derive(Debug, Args)]
pub struct Drift {
    #[command(flatten)]
    choice: Choice,
    /// Also compare what the stack file leaves out, with what it was at the last apply
    #[arg(long)]
    all: bool,
    /// Also show what does not differ, and long values and lists of names in full
    #[arg(long)]
    full: bool,
}

impl Drift {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let planning = Planning::start(global, false).await?;
        let loaded = planning.state.look().await?;
        let (snapshot, options) = (&loaded.snapshot, self.choice.options());
        let (header, mut plan, missing) = planning.plan_without_secrets(snapshot, &options, self.all).await?;
        let key = snapshot.fingerprint_key.opened(&planning.vault);
        let (registry, catalog) = (&planning.registry, Catalog::standard());
        let objects = WholeObjects { plan: &plan, stack: planning.stack()?, snapshot, registry, catalog, key: &key };
        let whole = self.all.then(|| objects.drift());
        let unseen = Unseen::of(&plan.steps, snapshot, (registry, catalog), &key, self.all);
        keep_drift(&mut plan);
        let report =
            DriftReport { header: &header, plan: &plan, whole: whole.as_ref(), missing: &missing, unseen: &unseen };
        if global.json {
            document::tell(&drift_json(&report))?;
        } else {
            out!("{}", drift_text(&report, PlanText { verbose: self.full }));
            tell_what_to_do(&report);
        }
        Ok(if report.has_drift() { Exit::Changes } else { Exit::Done })
    }
}

fn tell_what_to_do(report: &DriftReport<'_>) {
    if report.has_planned() {
        errln!("`infra apply` puts it right");
    }
    if report.has_unwritten() {
        errln!(
            "no apply changes what is beside the stack file: write it there, take it back in AWS, or accept it with `infra \
             refresh`"
        );
    }
}

/// What AWS has changed; what the file has changed is none of drift's business.
fn keep_drift(plan: &mut Plan) {
    for step in &mut plan.steps {
        step.differences.retain(|difference| difference.cause == Cause::Drift);
        if !step.has_drift() {
            step.action = Action::NoChange;
            step.wave = 0;
        }
        step.settings.clear();
    }
    plan.output_changes.clear();
    plan.settings.clear();
    plan.to_seal = 0;
    plan.operations.clear();
}
