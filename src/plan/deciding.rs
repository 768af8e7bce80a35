//! Each resource by itself: what it is to be, next to what there is.

use std::sync::Arc;

use super::attributes::decided;
use super::decision::{Case, Decision};
use super::object_identity::ObjectIdentity;
use super::{Attributes, PlanError, Situation, Step, offline, secret_name};
use crate::address::Address;
use crate::stack::{Diagnostics, Resource, Stack};
use crate::value::Value;

impl Situation<'_> {
    /// One decision a resource, dependencies first, so that each sees what those before it will be; and what expressions may
    /// know once all is done.
    ///
    /// # Errors
    /// What is wrong with expressions and names, all of it; `PlanError::NoDriver`.
    pub fn decide(&self, order: &[Address]) -> Result<(Vec<Step>, Attributes), PlanError> {
        let (mut steps, mut scope) = (Vec::with_capacity(order.len()), self.lookups.clone());
        let Some(stack) = self.stack else { return Ok((steps, scope)) };
        let mut errors = Diagnostics(Vec::new());
        for address in order {
            let Some(resource) = stack.resources.get(address).filter(|resource| !resource.is_lookup()) else {
                continue;
            };
            let case = match stack.evaluate(address, &scope) {
                Ok(evaluated) => self.case(stack, resource, evaluated)?,
                Err(found) => {
                    errors.0.extend(found.0);
                    continue;
                }
            };
            errors.0.extend(secret_name(stack, resource, case.driver, &case.evaluated));
            let schema = Arc::clone(&case.schema);
            let Decision { step, attributes } = case.decide();
            if step.work.reads.whole {
                let written = step.work.desired.as_ref().unwrap_or(&Value::Null);
                scope.insert_whole(address.clone(), decided(&schema, &attributes, written));
            }
            scope.insert(address.clone(), attributes);
            steps.push(step);
        }
        if errors.0.is_empty() { Ok((steps, scope)) } else { Err(errors.into()) }
    }

    fn case<'b>(&'b self, stack: &'b Stack, resource: &'b Resource, evaluated: Value) -> Result<Case<'b>, PlanError> {
        let address = &resource.address;
        let no_driver = || PlanError::NoDriver { address: address.to_string(), type_name: resource.type_name.clone() };
        let schema = self.inputs.catalog.get(&resource.type_name).ok_or_else(no_driver)?;
        let state = self.state.get(address);
        let evaluated = match (self.inputs.reader, state) {
            (None, Some(state)) => offline::assumed(evaluated, &state.properties, &|address| stack.is_lookup(address)),
            _ => evaluated,
        };
        Ok(Case {
            identity: ObjectIdentity::of(stack, address),
            resource,
            region: stack.region_of(resource),
            driver: self.inputs.registry.get(&resource.type_name).ok_or_else(no_driver)?,
            reads: self.reads(address, Some(&schema)),
            schema,
            key: &self.key,
            secrets: stack.secrets(),
            state,
            live: self.live.get(address),
            moved_from: self.origins.get(address),
            claim: self.claim(address, &resource.type_name),
            ephemeral: self.claims().is_ephemeral,
            evaluated,
        })
    }
}
