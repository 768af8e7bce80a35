//! A stack whose file gives it another name, and whose state has the former one yet.

use std::sync::Arc;

use super::locking::Locking;
use super::stack_state::StackState;
use super::state_move::bring;
use super::user_error::UserError;
use crate::stack::StackName;
use crate::state::{Session, Snapshot, StackIdentity, StateError, StateSite};

impl StackState {
    /// The same place, under the name that the stack had before.
    pub fn under_former_name(&self) -> Option<Self> {
        let StackName { project, stack } = self.renamed_from.clone()?;
        Some(Self {
            store: Arc::clone(&self.store),
            identity: StackIdentity { project, stack, ..self.identity.clone() },
            broken: None,
            recovery: self.recovery.clone(),
            renamed_from: None,
            places: self.places.clone(),
        })
    }

    /// The state that is still to get this name, if so; a change of names that was cut off is finished here.
    ///
    /// # Errors
    /// What cannot be read, and what a cut-off move meets.
    pub async fn to_be_renamed(&self, command: &'static str, locking: &Locking) -> Result<Option<Self>, UserError> {
        let Some(former) = self.under_former_name() else { return Ok(None) };
        let here = StateSite { store: Arc::clone(&self.store), place: self.place()? };
        let is_arriving = match Session::read(&self.store, &self.identity).await {
            Ok(loaded) if loaded.snapshot.serial > 0 => return Ok(None),
            Ok(_) => false,
            Err(StateError::Arriving { .. }) => true,
            Err(error) => return Err(error.into()),
        };
        match Session::read(&former.store, &former.identity).await {
            Ok(found) if found.snapshot.serial > 0 => Ok(Some(former)),
            Ok(_) => Ok(None),
            Err(StateError::Moved { .. }) if is_arriving => {
                Box::pin(bring(&former, &here, (command, locking))).await?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A state of the former name, under this one.
    pub fn renamed(&self, snapshot: &Snapshot) -> Snapshot {
        let StackIdentity { project, stack, .. } = self.identity.clone();
        Snapshot { project, stack, ..snapshot.clone() }
    }
}
