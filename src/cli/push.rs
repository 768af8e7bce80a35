use std::path::PathBuf;

use clap::Args;
use serde_json::{Value as Json, json};

use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::planning::Planning;
use super::recovery::strays_text;
use super::state_recorder::StateRecorder;
use super::user_error::UserError;
use crate::history::RunKind;
use crate::report::printer::{errln, outln};
use crate::report::{document, plural};
use crate::state::{Recovery, StateError};

#[derive(Debug, Args)]
pub struct Push {
    /// A file that `infra state pull` printed, or one that a run kept in `.infra/recovery/`
    file: PathBuf,
    /// Also a state with an older serial, of another lineage or edited; also over a damaged one, and objects that state
    /// does not know
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    locking: Locking,
}

/// What those who wait for the lock are told.
const COMMAND: &str = "state push";

/// What the history calls it.
const KIND: RunKind = RunKind::StatePush;

impl Push {
    pub async fn run(&self, global: &Global) -> Result<(), UserError> {
        let explain = |error| UserError::failed(format!("cannot read {}: {error}", self.file.display()));
        let bytes = std::fs::read(&self.file).map_err(explain)?;
        let planning = Planning::start_with_or_without_file(global).await?;
        match Recovery::is_one(&bytes) {
            true => self.recover(&planning, &bytes).await,
            false => self.replace(&planning, &bytes).await,
        }
    }

    async fn replace(&self, planning: &Planning<'_>, bytes: &[u8]) -> Result<(), UserError> {
        let wait = self.locking.lock_timeout;
        let done = format!("state is as in {} now", self.file.display());
        let recorder = StateRecorder::begin(planning.workspace.global, planning.connection().ok(), KIND);
        let kept = match self.force {
            true => planning.state.replace_damaged(bytes, COMMAND, wait).await?,
            false => None,
        };
        if let Some(kept) = kept {
            errln!("the damaged state is kept in {kept}");
            self.tell(&done, json!({"kept": kept}))?;
            let now = planning.state.read().await?.snapshot;
            recorder.end_without_lock(&planning.state.history()?, &now).await;
            return Ok(());
        }
        under_lock(&planning.state, COMMAND, wait, async |run: &LockedRun| {
            let recorder = recorder.after_serial(run.session.snapshot().serial);
            let kept = run.write(run.session.push(bytes, self.force)).await?;
            if let Some(kept) = &kept {
                errln!("the former state is kept in {kept}");
            }
            self.tell(&done, json!({"kept": kept}))?;
            run.remember(recorder.end(&run.session, Vec::new())).await;
            Ok(())
        })
        .await
    }

    async fn recover(&self, planning: &Planning<'_>, bytes: &[u8]) -> Result<(), UserError> {
        let recovery = Recovery::parse(&self.file.display().to_string(), bytes)?;
        let recorder = StateRecorder::begin(planning.workspace.global, planning.connection().ok(), KIND);
        under_lock(&planning.state, COMMAND, self.locking.lock_timeout, async |run: &LockedRun| {
            let recorder = recorder.after_serial(run.session.snapshot().serial);
            let (changes, strays) = run.write(run.session.recover(&recovery, self.force)).await?;
            if changes > 0 {
                run.remember(recorder.end(&run.session, Vec::new())).await;
            }
            if !strays.is_empty() {
                return Err(StateError::PushRefused(strays_text(&self.file, &strays)).into());
            }
            let told = format!("state has all of {} now: {}", self.file.display(), plural(changes, "change"));
            self.tell(&told, json!({"changes": changes}))
        })
        .await
    }

    fn tell(&self, text: &str, facts: Json) -> Result<(), UserError> {
        match document::is_wanted() {
            true => document::tell(&json!({"pushed": self.file})).and_then(|()| document::tell(&facts))?,
            false => outln!("{text}"),
        }
        Ok(())
    }
}
