use clap::Args;

use super::choice::Choice;
use super::exit::Exit;
use super::global::Global;
use super::planning::Planning;
use super::user_error::UserError;
use crate::plan::{Action, Cause, Plan};
use crate::report::printer::{errln, out, outln};
use crate::report::{PlanText, plan_json, plan_text};

#[derive(Debug, Args)]
pub struct Drift {
    #[command(flatten)]
    choice: Choice,
    /// Also show what does not differ, and long values in full
    #[arg(long)]
    full: bool,
}

impl Drift {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let planning = Planning::start(global, false).await?;
        let loaded = planning.state.look().await?;
        let (header, mut plan) = planning.plan(&loaded.snapshot, &self.choice.options()).await?;
        keep_drift(&mut plan);
        let drifted = plan.steps.iter().any(|step| step.action != Action::NoChange);
        if global.json {
            outln!("{}", serde_json::to_string_pretty(&plan_json(&header, &plan))?);
        } else if drifted {
            out!("{}", plan_text(&header, &plan, PlanText { verbose: self.full }));
            errln!("`infra apply` puts it right");
        } else {
            outln!("{}no drift", header.text());
        }
        Ok(if drifted { Exit::Changes } else { Exit::Done })
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
    plan.operations.clear();
}
