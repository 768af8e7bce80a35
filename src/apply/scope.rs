use std::borrow::Cow;

use crate::address::Address;
use crate::plan::{Plan, known_attributes};
use crate::stack::Scope;
use crate::state::Session;
use crate::value::Value;

/// What expressions may know during an apply: what state has by now, and what the plan read.
pub struct ApplyScope<'a> {
    pub plan: &'a Plan,
    pub session: &'a Session,
}

impl Scope for ApplyScope<'_> {
    fn attributes<'b>(&'b self, address: &Address) -> Cow<'b, Value> {
        let Some(resource) = self.session.resource(address).filter(|resource| resource.id.is_some()) else {
            return self.plan.lookups.attributes(address);
        };
        let live = self.plan.step(address).and_then(|step| step.work.live.as_ref());
        Cow::Owned(known_attributes(&resource, live))
    }
}
