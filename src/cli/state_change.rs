use serde_json::Value as Json;

use super::global::Global;
use super::locked_run::{LockedRun, under_lock};
use super::locking::Locking;
use super::planning::Planning;
use super::state_recorder::StateRecorder;
use super::user_error::UserError;
use crate::history::{Rename, RunKind};
use crate::report::document;
use crate::report::printer::outln;
use crate::state::{Change, Snapshot};

/// One change of state by a command that does nothing else.
pub struct StateChange {
    pub name: &'static str,
    pub kind: RunKind,
    pub renames: Vec<Rename>,
    /// What it prints when it is done.
    pub told: String,
    /// The same for programs, an object.
    pub facts: Json,
}

impl StateChange {
    /// Makes it under the lock, as `decide` says from state as it is there.
    pub async fn make(
        self,
        global: &Global,
        locking: &Locking,
        decide: impl FnOnce(&Snapshot) -> Result<Vec<Change>, UserError>,
    ) -> Result<(), UserError> {
        let planning = Planning::start_with_or_without_file(global).await?;
        under_lock(&planning.state, self.name, locking.lock_timeout, async |run: &LockedRun| {
            let before = run.session.snapshot();
            let recorder = StateRecorder::begin(global, planning.connection().ok(), self.kind);
            let recorder = recorder.after_serial(before.serial);
            let changes = decide(&before)?;
            drop(before);
            run.record(changes).await?;
            match global.json {
                true => document::tell(&self.facts)?,
                false => outln!("{}", self.told),
            }
            run.remember(recorder.end(&run.session, self.renames)).await;
            Ok(())
        })
        .await
    }
}
