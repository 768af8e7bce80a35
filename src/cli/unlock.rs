use clap::Args;
use serde_json::json;

use super::global::Global;
use super::stack_state::StackState;
use super::state_recorder::StateRecorder;
use super::user_error::UserError;
use crate::history::RunKind;
use crate::report::document;
use crate::report::printer::outln;
use crate::state::Loaded;

#[derive(Debug, Args)]
pub struct Unlock {
    /// The lock's id, as the message that it is held names it
    id: String,
    /// Also of a run that is alive on this machine; it notices before its next step
    #[arg(long)]
    force: bool,
}

impl Unlock {
    pub async fn run(&self, global: &Global) -> Result<(), UserError> {
        let state = StackState::find(global).await?;
        let former = state.unlock(&self.id, self.force).await?;
        match global.json {
            true => document::tell(&json!({"unlocked": former}))?,
            false => outln!("the lock is free; it was held by {}", former.describe()),
        }
        // State that is damaged has no key to cover secrets with, and is no reason not to unlock.
        if let Ok(Loaded { snapshot, .. }) = state.read().await {
            let recorder = StateRecorder::begin(global, None, RunKind::StateUnlock).after_serial(snapshot.serial);
            recorder.end_without_lock(&state.history()?, &snapshot).await;
        }
        Ok(())
    }
}
