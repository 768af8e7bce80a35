use std::collections::BTreeSet;

use super::exit::Exit;
use super::user_error::UserError;
use crate::address::Address;
use crate::plan::{Plan, Reason};

/// Why a plan is not carried out, and what to do about each of its refused steps. `end` says what was done until then.
pub fn refusal(plan: &Plan, end: &str) -> UserError {
    let reasons = || plan.refused().flat_map(|step| step.reasons.iter().map(move |reason| (step, reason)));
    let is_protected = reasons().any(|(_, reason)| reason.is_protection());
    let what = if is_protected { "would delete or replace what is protected" } else { "has steps that are refused" };
    let ways: BTreeSet<String> = reasons().filter_map(|(step, reason)| way_out(&step.address, reason)).collect();
    ways.into_iter().fold(UserError::new(Exit::Refused, format!("the plan {what}, {end}")), UserError::hint)
}

/// What to do about a step that is refused for this reason, where more can be said than the reason does.
fn way_out(address: &Address, reason: &Reason) -> Option<String> {
    Some(match reason {
        reason if reason.is_protection() => "name each with --allow-destroy ADDRESS".to_owned(),
        Reason::Held { by, moves: true } => {
            format!("write `moved_from: {by}` at `{address}`; to lose what is in {by}, use --allow-destroy '{by}'")
        }
        Reason::Held { by, moves: false } => {
            let lose = format!("if what is in it may be lost, use --allow-destroy '{by}'");
            format!("give `{address}` another name, or let {by} go first; {lose}")
        }
        Reason::StillUsed { by } => format!("name {by} too: --target '{by}'"),
        Reason::SourceMissing { property, .. } => {
            format!("write at `{address}` a {property} that exists, or leave it out to make an empty one")
        }
        _ => return None,
    })
}
