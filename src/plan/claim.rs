use super::{Action, Reason, Step};
use crate::resources::Owner;

/// Whose an object is, by the ownership tags that it has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    Ours,
    /// No tags name a stack, or its type has none.
    Nobodys,
    Anothers(Owner),
    /// Another stack's until the command's `--take-over` is carried out.
    TakenOver(Owner),
}

impl Claim {
    /// True if the object gets this stack's tags in place of another's.
    pub fn takes_over(&self) -> bool {
        matches!(self, Self::TakenOver(_))
    }

    /// Why the object stays as it is, if so. `known` is one that state has already.
    pub fn refusal(&self, known: bool, ephemeral: bool) -> Option<Reason> {
        let Self::Anothers(owner) = self else { return None };
        let owner = owner.clone();
        Some(match (known, ephemeral) {
            (true, _) => Reason::TakenAway { owner },
            (false, true) => Reason::NotForEphemeral { owner },
            (false, false) => Reason::OfAnother { owner },
        })
    }

    /// What is decided for an object of the file, as far as it is this stack's to decide.
    pub fn settle(&self, mut step: Step, known: bool, ephemeral: bool) -> Step {
        if let Some(refusal) = self.refusal(known, ephemeral) {
            return Step { action: Action::Refused, reasons: vec![refusal], ..step };
        }
        match self {
            Self::TakenOver(_) if matches!(step.action, Action::Replace(_)) => {
                Step { action: Action::Refused, reasons: vec![Reason::TakenOverFirst], ..step }
            }
            Self::TakenOver(owner) => {
                step.reasons.push(Reason::TakesOver { owner: owner.clone() });
                step
            }
            _ => step,
        }
    }
}
