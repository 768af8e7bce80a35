use std::path::PathBuf;

use clap::Args;

use super::global::Global;
use super::locked_run::under_lock;
use super::locking::Locking;
use super::planning::Planning;
use super::recovery::strays_text;
use super::user_error::UserError;
use crate::report::plural;
use crate::state::{Recovery, Session, StateError};

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
        let kept = match self.force {
            true => planning.replace_damaged(bytes, COMMAND, wait).await?,
            false => None,
        };
        if let Some(kept) = kept {
            anstream::eprintln!("the damaged state is kept in {kept}");
            anstream::println!("state is as in {} now", self.file.display());
            return Ok(());
        }
        let push = async |session: &Session| Ok(session.push(bytes, self.force).await?);
        if let Some(kept) = under_lock(planning, COMMAND, wait, push).await? {
            anstream::eprintln!("the former state is kept in {kept}");
        }
        anstream::println!("state is as in {} now", self.file.display());
        Ok(())
    }

    async fn recover(&self, planning: &Planning<'_>, bytes: &[u8]) -> Result<(), UserError> {
        let recovery = Recovery::parse(&self.file.display().to_string(), bytes)?;
        let recover = async |session: &Session| Ok(session.recover(&recovery, self.force).await?);
        let (changes, strays) = under_lock(planning, COMMAND, self.locking.lock_timeout, recover).await?;
        if !strays.is_empty() {
            return Err(UserError::from(StateError::PushRefused(strays_text(&self.file, &strays))));
        }
        anstream::println!("state has all of {} now: {}", self.file.display(), plural(changes, "change"));
        Ok(())
    }
}
