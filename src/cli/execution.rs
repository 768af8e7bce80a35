use std::collections::HashSet;
use std::sync::Arc;

use clap::Args;

use super::exit::Exit;
use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::panics::or_internal_error;
use super::planning::Planning;
use super::prompt;
use super::refusal::refusal;
use super::run_recorder::RunRecorder;
use super::user_error::UserError;
use crate::apply::{ApplyReport, Shutdown};
use crate::aws::Forbidden;
use crate::plan::{Plan, PlanOptions, Reason};
use crate::report::printer::{err, errln, outln};
use crate::report::{Header, PlanText, Progress, apply_text, plan_json, plan_text};
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
    /// Takes the lock and carries out what is planned under it.
    ///
    /// # Errors
    /// As `run_locked`, and those of taking and giving back the lock.
    pub async fn run(
        &self,
        global: &Global,
        command: &str,
        planning: &Planning<'_>,
        options: &PlanOptions,
        accept: impl Fn(&LockedRun, &Plan) -> Result<bool, UserError>,
    ) -> Result<Exit, UserError> {
        let work = async |run: &LockedRun| self.run_locked(global, run, planning, options, accept).await;
        under_lock(&planning.state, command, self.locking.lock_timeout, work).await
    }

    /// Plans, shows the plan, asks, walks it and tells what became of it. `accept` may refuse the plan and says whether it
    /// is approved already.
    ///
    /// # Errors
    /// Also where the run is interrupted before anything was done.
    pub async fn run_locked(
        &self,
        global: &Global,
        run: &LockedRun,
        planning: &Planning<'_>,
        options: &PlanOptions,
        accept: impl Fn(&LockedRun, &Plan) -> Result<bool, UserError>,
    ) -> Result<Exit, UserError> {
        let snapshot = run.session.snapshot();
        let (header, plan) = run.unless_interrupted(planning.plan(&snapshot, options)).await?;
        drop(snapshot);
        let approved = accept(run, &plan)?;
        self.carry_out(global, planning, run, (&header, &plan), approved).await
    }

    async fn carry_out(
        &self,
        global: &Global,
        planning: &Planning<'_>,
        run: &LockedRun,
        (header, plan): (&Header, &Plan),
        approved: bool,
    ) -> Result<Exit, UserError> {
        err!("{}", plan_text(header, plan, PlanText::default()));
        if plan.refused().next().is_some() {
            let plan_json = serde_json::to_value(plan_json(header, plan))?;
            return Err(refusal(plan, run.so_nothing_was_done()).with_result(plan_json));
        }
        if plan.has_changes() && !approved {
            approve(run, planning, plan).await?;
        }
        let recorder = RunRecorder::begin(planning, &run.session, plan);
        let result = or_internal_error(self.walk(planning, &run.session, plan, &run.shutdown)).await;
        run.remember(recorder.end(&result)).await;
        let report = result?;
        if global.json {
            outln!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            err!("\n{}", apply_text(&report));
            for (name, value) in &report.outputs {
                outln!("{name} = {}", super::outputs::text(value));
            }
        }
        Ok(exit_of(&report))
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
            key: session.snapshot().fingerprint_key.clone(),
            vault: &planning.vault,
            parallelism: self.parallelism.into(),
            listener: Arc::new(move |event| progress.show(event)),
            shutdown: shutdown.clone(),
        };
        Ok(apply.run().await?)
    }
}

async fn approve(run: &LockedRun, planning: &Planning<'_>, plan: &Plan) -> Result<(), UserError> {
    // An interrupt leaves the cursor behind the question.
    match run.unless_interrupted(ask(planning, plan)).await.inspect_err(|_| errln!())? {
        true => Ok(()),
        false => Err(UserError::failed(format!("not approved, {}", run.so_nothing_was_done()))),
    }
}

async fn ask(planning: &Planning<'_>, plan: &Plan) -> Result<bool, UserError> {
    // A saved plan is one of `infra apply`.
    let otherwise = match plan.options.destroy || planning.workspace.recorded.is_some() {
        true => "approve with --yes",
        false => "approve with --yes, or apply a saved plan: `infra plan --out FILE`, `infra apply FILE`",
    };
    match plan.options.destroy {
        true => prompt::confirm("\nThis deletes everything above.", &plan.stack, otherwise).await,
        false => prompt::confirm("\nApply this?", "yes", otherwise).await,
    }
}

/// The former objects that stay in AWS: of this plan's replacements, and of those of earlier runs.
fn kept(plan: &Plan, snapshot: &Snapshot) -> HashSet<ResourceId> {
    let now = plan.steps.iter().filter(|step| step.reasons.contains(&Reason::FormerKept));
    let of_others = plan.steps.iter().flat_map(|step| step.work.left_to_others.iter().cloned());
    let superseded = snapshot.resources.values().flat_map(|resource| &resource.superseded);
    let earlier = superseded.filter(|old| old.on_delete == OnDelete::Retain).map(|old| old.id.clone());
    now.filter_map(|step| step.id.clone()).chain(earlier).chain(of_others).collect()
}

fn exit_of(report: &ApplyReport) -> Exit {
    match () {
        () if report.interrupted => Exit::Interrupted,
        () if report.has_failed() => Exit::Failed,
        () => Exit::Done,
    }
}
