use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Action, Attributes, PlanOptions, Shown, Step, attributes, fingerprint};
use crate::address::Address;
use crate::secrets::{Sealed, Secrets};
use crate::stack::{Diagnostics, Scope, Stack};
use crate::state::{FingerprintKey, ResourceState};
use crate::value::{Unknown, Value};

/// How one output of the stack changes. `Absent` before is a new one, `Absent` after one that goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputChange {
    pub name: String,
    pub before: Shown,
    pub after: Shown,
}

/// What tells how outputs change: what state has of them, and what expressions will know once the plan is applied.
pub struct Outputs<'a> {
    pub stack: Option<&'a Stack>,
    /// The outputs that state has.
    pub former: &'a Map<String, Json>,
    pub key: &'a FingerprintKey,
    /// State under the addresses of the file.
    pub state: &'a BTreeMap<Address, ResourceState>,
    pub steps: &'a [Step],
    pub attributes: &'a Attributes,
    pub options: &'a PlanOptions,
    pub offline: bool,
}

impl Outputs<'_> {
    /// Exactly what an apply of the plan records: it leaves outputs alone where one of them cannot be evaluated.
    pub fn changes(&self) -> Vec<OutputChange> {
        let former = self.former;
        let goes = |step: &Step| matches!(step.action, Action::Delete | Action::Forget);
        if self.options.destroy && self.steps.iter().all(goes) {
            return former.iter().map(|(name, value)| self.removed(name, value)).collect();
        }
        if self.options.destroy && self.steps.iter().any(|step| step.action == Action::Refused) {
            return Vec::new();
        }
        let left_out = self.steps.iter().filter(|step| step.work.left_out).map(|step| (&step.address, step)).collect();
        let scope = AfterApply { outputs: self, left_out };
        let evaluated = self.stack.and_then(|stack| stack.evaluate_outputs(&scope).ok());
        let Some(evaluated) = evaluated else { return Vec::new() };
        let mut changes: Vec<OutputChange> =
            evaluated.iter().filter_map(|(name, value)| self.change(former, name, value)).collect();
        let gone = former.iter().filter(|(name, _)| !evaluated.contains_key(*name));
        changes.extend(gone.map(|(name, value)| self.removed(name, value)));
        changes
    }

    fn change(&self, former: &Map<String, Json>, name: &str, value: &Value) -> Option<OutputChange> {
        let before = former.get(name).map_or(Shown::Absent, |value| self.shown(value));
        let after = match value.to_json() {
            Some(json) if former.get(name).is_some_and(|former| fingerprint::equal(self.key, &json, former)) => {
                return None;
            }
            Some(json) => self.shown(&json),
            None if self.waits(value) => self.open(value),
            // What a secret is made of and this run was not given is there all the same.
            None if self.stays(value) => return None,
            // Apply keeps no output of a resource that is not there.
            None if former.contains_key(name) && !self.offline => Shown::Absent,
            None => return None,
        };
        Some(OutputChange { name: name.to_owned(), before, after })
    }

    /// A value without the secrets in it.
    fn shown(&self, value: &Json) -> Shown {
        match self.stack.map_or_else(|| value.clone(), |stack| stack.secrets().hidden(value)) {
            Json::Null => Shown::Absent,
            Json::String(text) if text == Secrets::MASK => Shown::Secret,
            hidden if fingerprint::is_in(&hidden) || !Sealed::all_in(&hidden).is_empty() => Shown::Secret,
            plain => Shown::Known(plain),
        }
    }

    /// What is known of a value that is not wholly, without the secrets in it.
    fn open(&self, value: &Value) -> Shown {
        match Shown::desired(value) {
            Shown::Partly(json) => match self.shown(&json) {
                Shown::Known(json) => Shown::Partly(json),
                hidden => hidden,
            },
            other => other,
        }
    }

    fn removed(&self, name: &str, value: &Json) -> OutputChange {
        OutputChange { name: name.to_owned(), before: self.shown(value), after: Shown::Absent }
    }

    /// True if the value is known only after a step of this plan.
    fn waits(&self, value: &Value) -> bool {
        match value {
            Value::Unknown(unknown) => unknown.waits_for.iter().any(|address| self.writes(address)),
            Value::List(items) => items.iter().any(|item| self.waits(item)),
            Value::Map(entries) => entries.values().any(|value| self.waits(value)),
            _ => false,
        }
    }

    /// True if all that a value waits for is there and stays.
    fn stays(&self, value: &Value) -> bool {
        let goes = |address: &Address| {
            let step = self.steps.iter().find(|step| step.address == *address);
            step.is_some_and(|step| matches!(step.action, Action::Delete | Action::Forget))
        };
        let is_there = |address: &Address| self.state.get(address).is_some_and(|state| state.id().is_some());
        match value {
            Value::Unknown(unknown) => unknown.waits_for.iter().all(|address| is_there(address) && !goes(address)),
            Value::List(items) => items.iter().all(|item| self.stays(item)),
            Value::Map(entries) => entries.values().all(|value| self.stays(value)),
            _ => true,
        }
    }

    fn writes(&self, address: &Address) -> bool {
        let stays = |action: Action| matches!(action, Action::NoChange | Action::Delete | Action::Forget);
        self.steps.iter().any(|step| step.address == *address && !stays(step.action))
    }
}

/// The stack's outputs as people may see them, as far as they are known.
///
/// # Errors
/// Expressions that fail, each where it stands.
pub fn known_outputs(stack: &Stack, attributes: &Attributes) -> Result<Map<String, Json>, Diagnostics> {
    let outputs = stack.known_outputs(attributes)?;
    Ok(outputs.into_iter().map(|(name, value)| (name, stack.secrets().hidden(&value))).collect())
}

/// What expressions know after the apply. What it is not about stays as state and AWS have it, not as the file would.
struct AfterApply<'a> {
    outputs: &'a Outputs<'a>,
    left_out: HashMap<&'a Address, &'a Step>,
}

impl Scope for AfterApply<'_> {
    fn attributes<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        match self.left_out.get(address) {
            None => self.outputs.attributes.attributes(address),
            Some(step) => Cow::Owned(self.unchanged(step).unwrap_or_else(|| unknown(address))),
        }
    }

    fn whole<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        match self.left_out.get(address) {
            None => self.outputs.attributes.whole(address),
            Some(step) => Cow::Owned(self.decided(step).unwrap_or_else(|| unknown(address))),
        }
    }
}

impl AfterApply<'_> {
    fn state(&self, address: &Address) -> Option<&ResourceState> {
        self.outputs.state.get(address).filter(|state| state.id().is_some())
    }

    fn unchanged(&self, step: &Step) -> Option<Value> {
        Some(attributes::known(&step.address, self.state(&step.address)?, step.work.live.as_deref()))
    }

    fn decided(&self, step: &Step) -> Option<Value> {
        Some(attributes::known_whole(&step.address, self.state(&step.address)?, step.work.live.as_deref()))
    }
}

fn unknown(address: &Address) -> Value {
    Value::Unknown(Unknown { expression: format!("${{{address}}}"), waits_for: vec![address.clone()] })
}
