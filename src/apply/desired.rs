//! What a resource's object is to be, now that everything is known.

use super::scope::ApplyScope;
use super::step_error::StepError;
use super::writes::Write;
use crate::plan::{ObjectIdentity, Shown, Unforeseen, canonical, complete, known, secret_name};
use crate::resources::{Desired, ResourceId};
use crate::stack::Diagnostics;
use crate::state::{ResourceState, held};
use crate::value::Value;

impl Write<'_> {
    /// The properties with everything known: what the plan left open, the apply has found out by now.
    pub(super) fn desired(&self, before: Option<&ResourceState>) -> Result<Desired, StepError> {
        let (stack, address) = (self.stack, &self.resource.address);
        let evaluated = stack.evaluate(address, &ApplyScope { apply: self.apply })?;
        if let Some(error) = secret_name(stack, self.resource, self.driver, &evaluated) {
            return Err(Diagnostics::from(error).into());
        }
        let identity = ObjectIdentity { owned: !self.step.work.imported, ..ObjectIdentity::of(stack, address) };
        let written = complete(&identity, self.driver, &self.schema, self.step.work.name.as_deref(), evaluated);
        let canonical = canonical(self.driver, written.clone());
        self.ensure_planned(&written, &canonical)?;
        let unknown = || StepError::Plan(format!("{address} needs a value that no resource gave"));
        let Some(serde_json::Value::Object(properties)) = canonical.to_json() else { return Err(unknown()) };
        let mut desired = known(&identity, properties, self.held(before));
        // The same token only ever asks for the same object: AWS remembers those of objects long gone.
        if let Some(before) =
            before.filter(|before| before.id().is_none() && before.properties == self.written(&desired))
        {
            desired.token.clone_from(&before.token);
        }
        Ok(desired)
    }

    /// Nothing is sent that the plan did not show.
    fn ensure_planned(&self, written: &Value, canonical: &Value) -> Result<(), StepError> {
        let planned = self.step.work.desired.as_ref();
        let unforeseen = planned.and_then(|planned| Unforeseen::find(planned, written, canonical));
        let Some(Unforeseen { path, planned, now }) = unforeseen else { return Ok(()) };
        let shown = |value: Option<&Value>| match value {
            Some(value) => self.disclosure().shown(&path, value),
            None => Shown::Absent,
        };
        Err(StepError::Plan(format!(
            "{path} was planned to be {}, and would be {} by now, so nothing was sent\n  plan once more: what it is made of \
             has changed during this run",
            shown(planned),
            shown(now)
        )))
    }

    /// The objects that this one cannot be, as state has them now.
    fn held(&self, before: Option<&ResourceState>) -> Vec<ResourceId> {
        let former = before.map(|before| self.superseded(before)).unwrap_or_default();
        let mut ids = held(&self.apply.session.snapshot().resources, &self.step.type_name, &self.resource.address);
        ids.extend(former.into_iter().map(|old| old.id));
        ids
    }
}
