use super::{Action, Metadata, PlanOptions, Reason, Step};
use crate::resources::{OnDelete, ReplaceOrder};
use crate::schema::ReplacementStrategy;
use crate::stack::Absence;
use crate::state::{Origin, ResourceState};

/// Why an object may not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// By what was written, or by its type.
    Standing,
    /// By state alone: the file takes it back, and has not been applied yet.
    Yet,
    /// An ephemeral stack took it in.
    Imported,
}

impl Protection {
    /// The stricter of file and state decides. `file` is what it says of the resource, its defaults included.
    pub fn of(file: Option<&Metadata>, state: Option<&ResourceState>, ephemeral: bool) -> Option<Self> {
        let (in_file, in_state) = (file.map(Metadata::protects), state.is_some_and(|state| state.protect));
        match (in_file, in_state) {
            (Some(false) | None, false) => None,
            _ if ephemeral && state.is_some_and(|state| state.origin == Origin::Imported) => Some(Self::Imported),
            (Some(false), true) => Some(Self::Yet),
            _ => Some(Self::Standing),
        }
    }

    fn reason(self, from: &str) -> Reason {
        let from = from.to_owned();
        match self {
            Self::Standing => Reason::Protected { from },
            Self::Yet => Reason::ProtectedYet { from },
            Self::Imported => Reason::ImportProtected { from },
        }
    }
}

/// Refuses the loss of what is protected, unless the command names it.
pub fn guard(step: Step, protection: Option<Protection>, options: &PlanOptions) -> Step {
    let from = match step.action {
        Action::Delete => "delete",
        Action::Replace(_) => "replace",
        _ => return step,
    };
    match protection {
        _ if options.allows_destroy(&step.address) => step.forced(),
        Some(protection) => step.refused(protection.reason(from)),
        None => step,
    }
}

/// Refuses to delete an object that is to be kept where its successor cannot be made beside it.
pub fn keep(step: Step, on_delete: Option<OnDelete>) -> Step {
    let leaves_nothing = matches!(step.action, Action::Replace(ReplaceOrder::DeleteFirst | ReplaceOrder::InOneCall));
    let is_lost = leaves_nothing && on_delete == Some(OnDelete::Retain) && step.id.is_some();
    if is_lost { step.refused(Reason::RetainedInPlace) } else { step }
}

/// Says what is left of an object that goes.
pub fn tell_end(step: Step, on_delete: Option<OnDelete>, leaves_snapshot: bool) -> Step {
    let reason = match (step.action, on_delete) {
        (Action::Replace(ReplaceOrder::CreateFirst), Some(OnDelete::Retain)) => Reason::FormerKept,
        (Action::Replace(_) | Action::Delete, Some(OnDelete::Snapshot)) if leaves_snapshot => Reason::LastSnapshot,
        _ => return step,
    };
    if step.id.is_some() { step.because(reason) } else { step }
}

/// What becomes of a resource that is in state and no longer in the file.
pub fn removal(state: &ResourceState, absence: Option<Absence>) -> (Action, Vec<Reason>) {
    let reason = match absence {
        None => Reason::NotInFile,
        Some(Absence::WhenFalse) => Reason::WhenFalse,
        Some(Absence::NotAMember) => Reason::NotAMember,
    };
    match state.on_delete {
        OnDelete::Retain => (Action::Forget, vec![reason, Reason::Retained]),
        OnDelete::Delete | OnDelete::Snapshot => (Action::Delete, vec![reason]),
    }
}

/// The order of a replacement that nobody ordered otherwise.
pub fn order_of(
    written: Option<ReplaceOrder>,
    strategy: Option<ReplacementStrategy>,
    name_is_fixed: bool,
) -> ReplaceOrder {
    match (written, strategy) {
        _ if name_is_fixed => ReplaceOrder::DeleteFirst,
        (_, Some(ReplacementStrategy::DeleteThenCreate)) => ReplaceOrder::DeleteFirst,
        (Some(order), _) => order,
        (None, _) => ReplaceOrder::CreateFirst,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Status;
    use crate::state::testing::resource;

    fn told(action: Action, on_delete: OnDelete) -> Vec<String> {
        told_of(action, on_delete, true)
    }

    fn told_of(action: Action, on_delete: OnDelete, leaves_snapshot: bool) -> Vec<String> {
        let step = serde_json::json!({
            "address": "db", "type": "AWS::RDS::DBCluster", "region": "us-west-2", "action": action, "wave": 1, "id": "db",
        });
        let step: Step = serde_json::from_value(step).unwrap();
        tell_end(step, Some(on_delete), leaves_snapshot).reasons.iter().map(Reason::to_string).collect()
    }

    #[test]
    fn the_stricter_of_file_and_state_protects() {
        use Protection::{Imported, Standing, Yet};
        let state =
            |protect: bool, origin: Origin| ResourceState { protect, origin, ..resource(Some("q"), Status::Ready) };
        let file = |protect| Metadata::protecting(protect);
        for (written, known, ephemeral, expected) in [
            (Some(true), state(false, Origin::Created), false, Some(Standing)),
            (Some(false), state(true, Origin::Created), false, Some(Yet)),
            (Some(false), state(false, Origin::Created), false, None),
            (None, state(true, Origin::Created), false, Some(Standing)),
            (None, state(true, Origin::Imported), true, Some(Imported)),
            (None, state(true, Origin::Imported), false, Some(Standing)),
        ] {
            let file = written.map(file);
            assert_eq!(Protection::of(file.as_ref(), Some(&known), ephemeral), expected, "{written:?} {known:?}");
        }
        assert_eq!(Protection::of(None, None, false), None);
    }

    #[test]
    fn what_is_to_be_kept_is_not_replaced_where_nothing_of_it_would_be_left() {
        use ReplaceOrder::{CreateFirst, DeleteFirst, InOneCall};
        for (order, refused) in [(CreateFirst, false), (DeleteFirst, true), (InOneCall, true)] {
            let step = serde_json::json!({
                "address": "www", "type": "AWS::Route53::RecordSet", "region": "us-west-2",
                "action": Action::Replace(order), "wave": 1, "id": "www",
            });
            let step: Step = serde_json::from_value(step).unwrap();
            assert_eq!(keep(step, Some(OnDelete::Retain)).is_refused(), refused, "{order:?}");
        }
    }

    #[test]
    fn the_end_of_an_object_is_told_where_something_is_left_of_it() {
        use ReplaceOrder::{CreateFirst, DeleteFirst};
        assert_eq!(told(Action::Delete, OnDelete::Snapshot), ["takes a last snapshot"]);
        assert_eq!(told(Action::Replace(DeleteFirst), OnDelete::Snapshot), ["takes a last snapshot"]);
        assert_eq!(told(Action::Replace(CreateFirst), OnDelete::Retain), ["the former one is kept"]);
        assert!(told(Action::Replace(CreateFirst), OnDelete::Delete).is_empty());
        assert!(told(Action::Update, OnDelete::Snapshot).is_empty());
        assert!(told_of(Action::Delete, OnDelete::Snapshot, false).is_empty());
    }
}
