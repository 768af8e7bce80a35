use std::borrow::Cow;

use crate::address::Address;
use crate::plan::{Plan, written_over};
use crate::resources::Properties;
use crate::schema::Catalog;
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
        let mut attributes = Properties::new();
        let live = self.plan.step(address).and_then(|step| step.work.live.as_ref());
        if let Some(live) = live.filter(|live| Some(&live.id) == resource.id.as_ref()) {
            attributes.extend(live.properties.clone());
        }
        attributes.extend(resource.outputs);
        match Catalog::standard().get(&resource.type_name) {
            Some(schema) => Cow::Owned(written_over(attributes, &schema, resource.properties)),
            None => Cow::Owned(Value::from(serde_json::Value::Object(attributes))),
        }
    }
}
