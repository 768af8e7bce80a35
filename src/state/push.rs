use super::document::{Trust, decode};
use super::{Recovery, Snapshot, StackIdentity, StateError};

/// Reads a file for `infra state push` and refuses one that would lose what is there.
///
/// # Errors
/// `PushRefused` for another project or stack; unless forced, also for another lineage or an older serial. A file that
/// was edited is `Damaged` unless forced.
pub(super) fn accept(file: &[u8], current: &Snapshot, exists: bool, force: bool) -> Result<Snapshot, StateError> {
    let trust = if force { Trust::Edited } else { Trust::Checked };
    let mut pushed: Snapshot = decode("the file", file, trust).map_err(|error| match error {
        StateError::Damaged { reason, .. } if force => {
            StateError::PushRefused(format!("{reason}; it is no file that `infra state pull` printed"))
        }
        StateError::Damaged { reason, .. } => {
            StateError::PushRefused(format!("{reason}; a file that was edited is taken with --force"))
        }
        other => other,
    })?;
    // A copy of what a move left behind counts where it is put.
    pushed = pushed.unmarked();
    ensure_same_stack((&pushed.project, &pushed.stack), current)?;
    bind(&mut pushed, current)?;
    if force || !exists {
        return Ok(pushed);
    }
    let reason = if pushed.lineage != current.lineage {
        "it has another lineage: it was not made from this state".to_owned()
    } else if pushed.serial < current.serial {
        format!("its serial {} is older than {}", pushed.serial, current.serial)
    } else {
        return Ok(pushed);
    };
    Err(StateError::PushRefused(format!("{reason}; --force puts it there all the same")))
}

/// Refuses a recovery file that was not made from this state.
pub(super) fn ensure_same_line(recovery: &Recovery, current: &Snapshot) -> Result<(), StateError> {
    ensure_same_stack((&recovery.project, &recovery.stack), current)?;
    match recovery.lineage == current.lineage {
        true => Ok(()),
        false => Err(StateError::PushRefused("it has another lineage: it was not made from this state".to_owned())),
    }
}

fn ensure_same_stack((project, stack): (&str, &str), current: &Snapshot) -> Result<(), StateError> {
    if (project, stack) == (&current.project, &current.stack) {
        return Ok(());
    }
    let reason = format!("it is the state of {project}/{stack}, not of {}/{}", current.project, current.stack);
    Err(StateError::PushRefused(reason))
}

/// Not even by force: the next apply would look for the objects of one account in another.
fn bind(pushed: &mut Snapshot, current: &Snapshot) -> Result<(), StateError> {
    let ours = StackIdentity {
        project: current.project.clone(),
        stack: current.stack.clone(),
        account: current.account.clone(),
        region: current.region.clone(),
    };
    ours.bind(pushed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::document::{Layout, encode};
    use crate::state::testing::identity;

    fn refusal(pushed: &Snapshot, current: &Snapshot) -> Option<String> {
        let file = encode(pushed, Layout::Indented).unwrap();
        accept(&file, current, true, false).err().map(|error| error.to_string())
    }

    #[test]
    fn only_a_newer_state_of_the_same_line_is_taken() {
        let current = Snapshot { serial: 7, ..Snapshot::new(&identity("dev")) };
        assert_eq!(refusal(&current, &current), None);
        assert!(refusal(&Snapshot { serial: 6, ..current.clone() }, &current).unwrap().contains("older than 7"));
        let stranger = Snapshot { serial: 9, ..Snapshot::new(&identity("dev")) };
        assert!(refusal(&stranger, &current).unwrap().contains("another lineage"));
        let other = Snapshot { stack: "prod".to_owned(), ..current.clone() };
        assert!(refusal(&other, &current).unwrap().contains("shop/prod, not of shop/dev"));
    }

    #[test]
    fn a_state_of_another_account_is_not_taken_by_force_either() {
        let current = Snapshot::new(&identity("dev"));
        for (account, region) in [("210987654321", "us-west-2"), ("123456789012", "eu-west-1")] {
            let (account, region) = (Some(account.to_owned()), Some(region.to_owned()));
            let file = encode(&Snapshot { account, region, ..current.clone() }, Layout::Indented).unwrap();
            let refused = accept(&file, &current, true, true).unwrap_err();
            assert!(matches!(refused, StateError::AccountMismatch { .. }), "{refused}");
        }
    }

    #[test]
    fn force_goes_back_and_takes_an_edited_file() {
        let current = Snapshot { serial: 7, ..Snapshot::new(&identity("dev")) };
        let old = Snapshot { serial: 1, ..current.clone() };
        let file = String::from_utf8(encode(&old, Layout::Indented).unwrap()).unwrap();
        let edited = file.replace("\"serial\": 1", "\"serial\": 2");
        assert!(accept(edited.as_bytes(), &current, true, false).unwrap_err().to_string().contains("--force"));
        assert_eq!(accept(edited.as_bytes(), &current, true, true).unwrap().serial, 2);
    }
}
