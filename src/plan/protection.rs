use super::{Action, PlanOptions, Reason, Step};
use crate::resources::{OnDelete, ReplaceOrder};
use crate::schema::ReplacementStrategy;
use crate::state::ResourceState;

/// Refuses the loss of what is protected, unless the command names it.
pub fn guard(step: &mut Step, protected: bool, options: &PlanOptions) {
    let from = match step.action {
        Action::Delete => "delete",
        Action::Replace(_) => "replace",
        _ => return,
    };
    if options.allows_destroy(&step.address) {
        step.work.force = true;
    } else if protected {
        step.action = Action::Refused;
        step.reasons.push(Reason::Protected { from: from.to_owned() });
    }
}

/// Refuses to delete an object that is to be kept where its successor cannot be made beside it.
pub fn keep(step: &mut Step, on_delete: Option<OnDelete>) {
    let deletes_first = step.action == Action::Replace(ReplaceOrder::DeleteFirst);
    if deletes_first && on_delete == Some(OnDelete::Retain) && step.id.is_some() {
        step.action = Action::Refused;
        step.reasons.push(Reason::RetainedInPlace);
    }
}

/// What becomes of a resource that is in state and no longer in the file.
pub fn removal(state: &ResourceState) -> (Action, Vec<Reason>) {
    match state.on_delete {
        OnDelete::Retain => (Action::Forget, vec![Reason::NotInFile, Reason::Retained]),
        OnDelete::Delete | OnDelete::Snapshot => (Action::Delete, vec![Reason::NotInFile]),
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
