//! Whether a stack is made to be thrown away. The stricter of its file and its state decides: what was made in a lasting
//! stack is not lost because a file says otherwise now.

use serde_json::json;

use super::Setting;
use crate::stack::Stack;
use crate::state::Snapshot;

/// True if the stack's objects may be lost: all of file and state say so that say anything.
pub fn is_ephemeral(file: Option<&Stack>, snapshot: &Snapshot) -> bool {
    match (file.map(|file| file.ephemeral), snapshot.ephemeral) {
        (Some(file), Some(known)) => file && known,
        (file, known) => file.or(known).unwrap_or(false),
    }
}

/// What an apply of the file changes about the stack itself. A state that does not know yet is only told.
pub fn settings(file: Option<&Stack>, snapshot: &Snapshot) -> Vec<Setting> {
    let changed = file.map(|file| file.ephemeral).zip(snapshot.ephemeral).filter(|(after, before)| after != before);
    let setting =
        |(after, before)| Setting { name: "ephemeral".to_owned(), before: json!(before), after: json!(after) };
    changed.map(setting).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::identity;

    #[test]
    fn without_a_file_state_tells_what_the_stack_is() {
        for (known, expected) in [(None, false), (Some(false), false), (Some(true), true)] {
            let snapshot = Snapshot { ephemeral: known, ..Snapshot::new(&identity("dev")) };
            assert_eq!(is_ephemeral(None, &snapshot), expected, "{known:?}");
            assert!(settings(None, &snapshot).is_empty());
        }
    }
}
