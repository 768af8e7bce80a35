use std::borrow::Cow;

use super::Apply;
use crate::address::Address;
use crate::plan::{has_fingerprint, known_attributes};
use crate::stack::Scope;
use crate::state::ResourceState;
use crate::value::Value;

/// What expressions may know during an apply: what state has by now, and what the plan read.
#[derive(Clone, Copy)]
pub struct ApplyScope<'a> {
    pub apply: &'a Apply<'a>,
}

impl Scope for ApplyScope<'_> {
    fn attributes<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        let plan = self.apply.plan;
        let Some(mut resource) = self.apply.session.resource(address).filter(|resource| resource.id().is_some()) else {
            return plan.lookups.attributes(address);
        };
        resource.outputs = self.apply.vault.opened(&resource.outputs);
        let live = plan.step(address).and_then(|step| step.work.live.as_ref());
        let mut attributes = known_attributes(address, &resource, live);
        self.add_secrets(address, &resource, &mut attributes);
        Cow::Owned(attributes)
    }
}

impl ApplyScope<'_> {
    /// State has only the fingerprints of what was written with secrets; the file says it once more.
    fn add_secrets(&self, address: &Address, resource: &ResourceState, attributes: &mut Value) {
        let Value::Map(attributes) = attributes else { return };
        let hidden =
            resource.properties.iter().filter(|(name, json)| attributes.contains_key(*name) && has_fingerprint(json));
        let hidden: Vec<String> = hidden.map(|(name, _)| name.clone()).collect();
        if hidden.is_empty() {
            return;
        }
        let Some(Ok(evaluated)) = self.apply.stack.map(|stack| stack.evaluate(address, self)) else { return };
        for name in hidden {
            if let Some(value) = evaluated.get(&name) {
                attributes.insert(name, value.clone());
            }
        }
    }
}
