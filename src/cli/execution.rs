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
use super::stack_state::StackState;
use super::state_move::bring;
use super::user_error::UserError;
use crate::apply::{ApplyReport, Learned, Shutdown};
use crate::plan::{Plan, PlanOptions, Reason};
use crate::report::printer::{err, errln, outln};
use crate::report::{Header, PlanText, Progress, apply_text, document, failures_told, plan_json, plan_text, plural};
use crate::resources::{OnDelete, ResourceId};
use crate::schema::Catalog;
use crate::state::{Session, Snapshot, StateSite};

/// How a plan is carried out; the same for apply and destroy.
#[derive(Debug, Args)]
pub struct Execution {
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// How many operations may be under way at once; of each service no more than it takes
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=256))]
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
        command: &'static str,
        planning: &Planning<'_>,
        options: &PlanOptions,
        accept: impl Fn(&LockedRun, &Plan) -> Result<bool, UserError>,
    ) -> Result<Exit, UserError> {
        if let Some(former) = planning.state.to_be_renamed(command, &self.locking).await? {
            return Box::pin(self.rename(global, (command, planning), &former, options, accept)).await;
        }
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
        present(planning, run, (&header, &plan), approved).await?;
        Box::pin(self.carry_out(global, planning, run, &plan)).await
    }

    /// As `run`, of a stack whose state has its former name yet. It is planned and approved under the former lock, then the
    /// state moves, and what was approved is carried out under the new one.
    async fn rename(
        &self,
        global: &Global,
        (command, planning): (&'static str, &Planning<'_>),
        former: &StackState,
        options: &PlanOptions,
        accept: impl Fn(&LockedRun, &Plan) -> Result<bool, UserError>,
    ) -> Result<Exit, UserError> {
        let (wait, here) = (self.locking.lock_timeout, planning.state.place()?);
        let work = async |run: &LockedRun| {
            let snapshot = planning.state.renamed(&run.session.snapshot());
            let (header, plan) = run.unless_interrupted(planning.plan(&snapshot, options)).await?;
            let approved = accept(run, &plan)?;
            errln!("{here} was {} before: its state moves, and the tags of its objects are rewritten", former.place()?);
            present(planning, run, (&header, &plan), approved).await?;
            Ok(plan)
        };
        let approved = under_lock(former, command, wait, work).await?;
        let to = StateSite { store: Arc::clone(&planning.state.store), place: here };
        Box::pin(bring(former, &to, (command, &self.locking))).await?;
        under_lock(&planning.state, command, wait, async |run: &LockedRun| {
            let snapshot = run.session.snapshot();
            let (_, plan) = run.unless_interrupted(planning.plan(&snapshot, options)).await?;
            drop(snapshot);
            let is_same = (approved.serial, approved.digest()?) == (plan.serial, plan.digest()?);
            if !is_same {
                let message = format!("what was approved no longer holds, {}", run.so_nothing_was_done());
                return Err(UserError::failed(message).hint("the state has its new name: `infra apply` goes on"));
            }
            Box::pin(self.carry_out(global, planning, run, &plan)).await
        })
        .await
    }

    async fn carry_out(
        &self,
        global: &Global,
        planning: &Planning<'_>,
        run: &LockedRun,
        plan: &Plan,
    ) -> Result<Exit, UserError> {
        let recorder = RunRecorder::begin(planning, &run.session, plan);
        let result = or_internal_error(self.walk(planning, &run.session, plan, &run.shutdown)).await;
        run.remember(recorder.end(&result)).await;
        let report = result?;
        if global.json {
            document::tell(&report)?;
            if let Some(error) = failure(&report) {
                document::tell(&error.json())?;
            }
        } else {
            err!("\n{}", apply_text(&report));
            for (name, value) in &report.outputs {
                outln!("{name} = {}", super::outputs::text(value));
            }
        }
        Ok(exit_of(&report))
    }

    /// Encrypts what state keeps with the present key before anything is written beside it: all of it in one change.
    async fn seal(&self, planning: &Planning<'_>, session: &Session, plan: &Plan) -> Result<(), UserError> {
        let changes = planning.seal(&session.snapshot()).await?;
        session.record(changes).await?;
        if plan.to_seal > 0 {
            errln!("encrypted {} of state", plural(plan.to_seal, "secret"));
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
        connection.hold_to(session);
        if !plan.options.destroy {
            self.seal(planning, session, plan).await?;
        }
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let kept = kept(plan, &session.snapshot());
        let progress = Progress::new(terminal, plan.operations.len(), kept);
        let apply = crate::apply::Apply {
            plan,
            learned: Learned::default(),
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

/// Shows the plan and has it approved.
///
/// # Errors
/// A plan with steps that are refused, and one that is not approved.
async fn present(
    planning: &Planning<'_>,
    run: &LockedRun,
    (header, plan): (&Header, &Plan),
    approved: bool,
) -> Result<(), UserError> {
    err!("{}", plan_text(header, plan, PlanText::default()));
    if plan.refused().next().is_some() {
        let plan_json = serde_json::to_value(plan_json(header, plan))?;
        return Err(refusal(plan, run.so_nothing_was_done()).with_result(plan_json));
    }
    if plan.has_changes() && !approved {
        approve(run, planning, plan).await?;
    }
    Ok(())
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

/// For programs, what failed as one error. People see each failure by itself.
fn failure(report: &ApplyReport) -> Option<UserError> {
    let message = match exit_of(report) {
        Exit::Done => return None,
        Exit::Interrupted => "interrupted: what was not started is left to the next run".to_owned(),
        _ => failures_told(report),
    };
    Some(UserError::new(exit_of(report), message))
}

fn exit_of(report: &ApplyReport) -> Exit {
    match () {
        () if report.interrupted => Exit::Interrupted,
        () if report.has_failed() => Exit::Failed,
        () => Exit::Done,
    }
}
