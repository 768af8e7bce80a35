use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::arguments::{Choice, Global, Locking};
use super::exit::Exit;
use super::planning::Planning;
use super::user_error::UserError;
use super::{interrupts, prompt};
use crate::apply::ApplyReport;
use crate::plan::{Plan, Reason};
use crate::report::{Header, PlanText, Progress, apply_text, plan_json, plan_text};
use crate::resources::{OnDelete, ResourceId};
use crate::schema::Catalog;
use crate::state::{Session, Snapshot};

#[derive(Debug, Args)]
pub struct Apply {
    /// A plan saved with `infra plan --out FILE`: exactly that is done
    #[arg(conflicts_with_all = ["target", "exclude", "allow_destroy"])]
    plan: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    execution: Execution,
}

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

impl Apply {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let saved = self.plan.as_deref().map(read_plan).transpose()?;
        let options = saved.as_ref().map_or_else(|| self.choice.options(), |saved| saved.options.clone());
        let planning = Planning::start(global, false).await?;
        let session = planning.open("apply", self.execution.locking.lock_timeout).await?;
        let result = async {
            let (header, plan) = planning.plan(&session.snapshot(), &options).await?;
            if let Some(saved) = &saved {
                ensure_same(saved, &plan)?;
            }
            let approved = self.execution.yes || saved.is_some();
            self.execution.carry_out(global, &planning, &session, &header, &plan, approved).await
        };
        let result = result.await;
        let closed = session.close().await;
        let exit = result?;
        closed?;
        Ok(exit)
    }
}

impl Execution {
    /// Shows the plan, asks, walks it and tells what became of it.
    pub async fn carry_out(
        &self,
        global: &Global,
        planning: &Planning<'_>,
        session: &Session,
        header: &Header,
        plan: &Plan,
        approved: bool,
    ) -> Result<Exit, UserError> {
        anstream::eprint!("{}", plan_text(header, plan, PlanText::default()));
        if plan.refused().next().is_some() {
            let message = "the plan would delete or replace what is protected, so nothing was done";
            let plan = serde_json::to_value(plan_json(header, plan))?;
            let error = UserError::new(Exit::Refused, message).hint("name each with --allow-destroy ADDRESS");
            return Err(error.with_result(plan));
        }
        if plan.has_changes() && !approved {
            let (word, question) = match plan.options.destroy {
                true => (plan.stack.as_str(), "\nThis deletes everything above."),
                false => ("yes", "\nApply this?"),
            };
            if !prompt::confirm(question, word)? {
                return Err(UserError::failed("not approved, so nothing was done"));
            }
        }
        let report = self.walk(planning, session, plan).await?;
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

    async fn walk(&self, planning: &Planning<'_>, session: &Session, plan: &Plan) -> Result<ApplyReport, UserError> {
        let connection = planning.connection()?;
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
            parallelism: self.parallelism.into(),
            listener: Arc::new(move |event| progress.show(event)),
            shutdown: interrupts::listen()?,
        };
        Ok(apply.run().await?)
    }
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

fn read_plan(file: &Path) -> Result<Plan, UserError> {
    let explain = |error: &dyn std::fmt::Display| {
        UserError::failed(format!("cannot read the plan {}: {error}", file.display()))
            .hint("plans are saved with `infra plan --out FILE`")
    };
    let bytes = std::fs::read(file).map_err(|error| explain(&error))?;
    let plan: Plan = serde_json::from_slice(&bytes).map_err(|error| explain(&error))?;
    match plan.version {
        Plan::VERSION => Ok(plan),
        version => Err(explain(&format!("it has version {version}, this infra knows {}", Plan::VERSION))),
    }
}

/// A saved plan is applied only if planning again, from the file, state and AWS as they are now, gives the same.
fn ensure_same(saved: &Plan, now: &Plan) -> Result<(), UserError> {
    let changed = match () {
        () if (&saved.project, &saved.stack) != (&now.project, &now.stack) => "it is for another stack",
        () if saved.account != now.account => "it is for another account",
        () if saved.serial > 0 && saved.lineage != now.lineage => "it is for another state",
        () if saved.stack_digest != now.stack_digest => "the stack file has changed since",
        () if saved.serial != now.serial => "state has changed since",
        () if saved.digest()? != now.digest()? => "AWS has changed since",
        () => return Ok(()),
    };
    Err(UserError::failed(format!("the saved plan no longer holds: {changed}, so nothing was done"))
        .hint("plan again: `infra plan --out FILE`"))
}
