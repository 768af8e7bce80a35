use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Action, Attributes, PlanOptions, Shown, Step, attributes};
use crate::address::Address;
use crate::schema::Catalog;
use crate::stack::Stack;
use crate::state::{ResourceState, Snapshot};
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
    pub snapshot: &'a Snapshot,
    pub catalog: &'a Catalog,
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
        let former = &self.snapshot.outputs;
        let goes = |step: &Step| matches!(step.action, Action::Delete | Action::Forget);
        if self.options.destroy && self.steps.iter().all(goes) {
            return former.iter().map(|(name, value)| removed(name, value)).collect();
        }
        if self.options.destroy && self.steps.iter().any(|step| step.action == Action::Refused) {
            return Vec::new();
        }
        let evaluated = self.stack.and_then(|stack| stack.evaluate_outputs(&self.scope()).ok());
        let Some(evaluated) = evaluated else { return Vec::new() };
        let mut changes: Vec<OutputChange> =
            evaluated.iter().filter_map(|(name, value)| self.change(former, name, value)).collect();
        let gone = former.iter().filter(|(name, _)| !evaluated.contains_key(*name));
        changes.extend(gone.map(|(name, value)| removed(name, value)));
        changes
    }

    /// What stays as it is has the attributes that apply reads off state, not those of a plan for all of the file.
    fn scope(&self) -> Attributes {
        let mut scope = self.attributes.clone();
        let stays = |step: &&Step| matches!(step.action, Action::NoChange | Action::Move);
        for step in self.steps.iter().filter(stays) {
            let (address, state) = (&step.address, self.state.get(&step.address));
            let unknown = || Unknown { expression: format!("${{{address}}}"), waits_for: vec![address.clone()] };
            let known = state.filter(|state| state.id.is_some()).map(|state| {
                let live = step.work.live.as_ref().filter(|live| Some(&live.id) == state.id.as_ref());
                let mut given = live.map(|live| live.properties.clone()).unwrap_or_default();
                given.extend(state.outputs.clone());
                match self.catalog.get(&state.type_name) {
                    Some(schema) => attributes::written_over(given, &schema, state.properties.clone()),
                    None => Value::from(Json::Object(given)),
                }
            });
            scope.insert(address.clone(), known.unwrap_or_else(|| Value::Unknown(unknown())));
        }
        scope
    }

    fn change(&self, former: &Map<String, Json>, name: &str, value: &Value) -> Option<OutputChange> {
        let before = Shown::live(former.get(name));
        let after = match value.to_json() {
            Some(json) if former.get(name) == Some(&json) => return None,
            Some(json) => Shown::Known(json),
            None if self.waits(value) => Shown::desired(value),
            // Apply keeps no output of a resource that is not there.
            None if former.contains_key(name) && !self.offline => Shown::Absent,
            None => return None,
        };
        Some(OutputChange { name: name.to_owned(), before, after })
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

    fn writes(&self, address: &Address) -> bool {
        let stays = |action: Action| matches!(action, Action::NoChange | Action::Delete | Action::Forget);
        self.steps.iter().any(|step| step.address == *address && !stays(step.action))
    }
}

fn removed(name: &str, value: &Json) -> OutputChange {
    OutputChange { name: name.to_owned(), before: Shown::Known(value.clone()), after: Shown::Absent }
}
