use super::{Snapshot, StateError};

/// Whose state is meant. An account or region that is `None` is not checked, as when nothing is asked of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackIdentity {
    pub project: String,
    pub stack: String,
    /// Twelve digits.
    pub account: Option<String>,
    /// The stack's own region; single resources may lie in others.
    pub region: Option<String>,
}

impl StackIdentity {
    /// Makes an empty state this one's, whoever made it.
    pub(super) fn claim(&self, snapshot: &mut Snapshot) {
        snapshot.account = self.account.clone().or(snapshot.account.take());
        snapshot.region = self.region.clone().or(snapshot.region.take());
    }

    /// Refuses state of another account or region, and binds state that has none yet to this one.
    pub(super) fn bind(&self, snapshot: &mut Snapshot) -> Result<(), StateError> {
        let mismatch = |what, state: String, asked: String| StateError::AccountMismatch {
            stack: format!("{}/{}", self.project, self.stack),
            what,
            state,
            asked,
        };
        bind(&mut snapshot.account, self.account.as_ref()).map_err(|(old, new)| mismatch("account", old, new))?;
        bind(&mut snapshot.region, self.region.as_ref()).map_err(|(old, new)| mismatch("region", old, new))
    }
}

fn bind(bound: &mut Option<String>, asked: Option<&String>) -> Result<(), (String, String)> {
    match (&*bound, asked) {
        (Some(bound), Some(asked)) if bound != asked => Err((bound.clone(), asked.clone())),
        (None, Some(asked)) => {
            *bound = Some(asked.clone());
            Ok(())
        }
        _ => Ok(()),
    }
}
