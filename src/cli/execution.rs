use std::collections::HashSet;
use std::sync::Arc;

use clap::Args;

use super::exit::Exit;
use super::global::Global;
use super::interrupts::or_interrupted;
use super::locked_run::LockedRun;
use super::locking::Locking;
use super::planning::Planning;
use super::prompt;
use super::run_recorder::RunRecorder;
use super::user_error::UserError;
use crate::apply::{ApplyReport, Shutdown};
use crate::aws::Forbidden;
use crate::plan::{Plan, PlanOptions, Reason};
use crate::report::{Header, PlanText, Progress, apply_text, plan_json, plan_text, plural};
use crate::resources::{OnDelete, ResourceId};
use crate::schema::Catalog;
use crate::state::{Session, Snapshot};

/// How a plan is carried out; the same for apply and destroy.
#[derive(Debug, Args)]
pub struct Execution {
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// How many operations may be under way at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub parallelism: u16,
    #[command(flatten)]
    pub locking: Locking,
}

impl Execution {
    /// Plans under the lock, shows the plan, asks, walks it and tells what became of it. `accept` may refuse the plan and
    /// says whether it is approved already.
    ///
    /// # Errors
    /// Also where the run is interrupted before anything was done. The lock is given back in any case.
    pub async fn run(
        &self,
        global: &Global,
        command: &str,
        planning: &Planning<'_>,
        options: &PlanOptions,
        accept: impl Fn(&Plan) -> Result<bool, UserError>,
    ) -> Result<Exit, UserError> {
        let hold = LockedRun::take(planning, command, self.locking.lock_timeout).await?;
        let result = async {
            let snapshot = hold.session.snapshot();
            let (header, plan) = or_interrupted(&hold.shutdown, planning.plan(&snapshot, options)).await?;
            drop(snapshot);
            let approved = accept(&plan)?;
            self.carry_out(global, planning, &hold, (&header, &plan), approved).await
        };
        let result = result.await;
        let released = hold.release().await;
        hold.keep_unsaved().await;
        let exit = result?;
        released?;
        Ok(exit)
    }

    async fn carry_out(
        &self,
        global: &Global,
        planning: &Planning<'_>,
        hold: &LockedRun<'_>,
        (header, plan): (&Header, &Plan),
        approved: bool,
    ) -> Result<Exit, UserError> {
        let (session, shutdown) = (&hold.session, &hold.shutdown);
        anstream::eprint!("{}", plan_text(header, plan, PlanText::default()));
        if plan.refused().next().is_some() {
            let plan_json = serde_json::to_value(plan_json(header, plan))?;
            return Err(refusal(plan).with_result(plan_json));
        }
        // An interrupt leaves the cursor behind the question.
        let asked = async { or_interrupted(shutdown, ask(plan)).await.inspect_err(|_| anstream::eprintln!()) };
        if plan.has_changes() && !approved && !asked.await? {
            return Err(UserError::failed("not approved, so nothing was done"));
        }
        let recorder = RunRecorder::begin(planning, session, plan);
        let result = self.walk(planning, session, plan, shutdown).await;
        hold.record(recorder.end(&result)).await;
        let report = result?;
        if global.json {
            anstream::println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            anstream::eprint!("\n{}", apply_text(&report));
            for (name, value) in &report.outputs {
                anstream::println!("{name} = {}", super::outputs::text(value));
            }
        }
        Ok(exit_of(&report))
    }

    /// Encrypts what state keeps with the present key before anything is written beside it: all of it in one change.
    async fn seal(&self, planning: &Planning<'_>, session: &Session, plan: &Plan) -> Result<(), UserError> {
        let changes = planning.seal(&session.snapshot()).await?;
        session.record(changes).await?;
        if plan.to_seal > 0 {
            anstream::eprintln!("encrypted {} of state", plural(plan.to_seal, "secret"));
        }
        Ok(())
    }

    async fn walk(
        &self,
        planning: &Planning<'_>,
        session: &Session,
        plan: &Plan,
        shutdown: &Shutdown,
    ) -> Result<ApplyReport, UserError> {
        let connection = planning.connection()?;
        let permission = session.permission();
        connection.clients.guard(Arc::new(move || permission().map_err(|error| Forbidden(error.to_string()))));
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let kept = kept(plan, &session.snapshot());
        let progress = Progress::new(terminal, plan.operations.len(), kept);
        let apply = crate::apply::Apply {
            plan,
            stack: planning.stack_if_any(),
            session,
            registry: &planning.registry,
            catalog: Catalog::standard(),
            clients: connection.clients.clone(),
            account: &connection.caller.account,
            key: session.snapshot().fingerprint_key.opened(&planning.vault),
            vault: &planning.vault,
            parallelism: self.parallelism.into(),
            listener: Arc::new(move |event| progress.show(event)),
            shutdown: shutdown.clone(),
        };
        Ok(apply.run().await?)
    }
}

async fn ask(plan: &Plan) -> Result<bool, UserError> {
    match plan.options.destroy {
        true => prompt::confirm("\nThis deletes everything above.", &plan.stack).await,
        false => prompt::confirm("\nApply this?", "yes").await,
    }
}

fn refusal(plan: &Plan) -> UserError {
    let is_protected = |reason: &Reason| matches!(reason, Reason::Protected { .. });
    if plan.refused().any(|step| step.reasons.iter().any(is_protected)) {
        let message = "the plan would delete or replace what is protected, so nothing was done";
        return UserError::new(Exit::Refused, message).hint("name each with --allow-destroy ADDRESS");
    }
    UserError::new(Exit::Refused, "the plan has steps that are refused, so nothing was done")
}

/// The former objects that stay in AWS: of this plan's replacements, and of those of earlier runs.
fn kept(plan: &Plan, snapshot: &Snapshot) -> HashSet<ResourceId> {
    let now = plan.steps.iter().filter(|step| step.reasons.contains(&Reason::FormerKept));
    let superseded = snapshot.resources.values().flat_map(|resource| &resource.superseded);
    let earlier = superseded.filter(|old| old.on_delete == OnDelete::Retain).map(|old| old.id.clone());
    now.filter_map(|step| step.id.clone()).chain(earlier).collect()
}

fn exit_of(report: &ApplyReport) -> Exit {
    match () {
        () if report.interrupted => Exit::Interrupted,
        () if report.has_failed() => Exit::Failed,
        () => Exit::Done,
    }
}
