//! One object has one address: resources of the file that AWS would take for one.

use std::collections::HashMap;

use super::desired::{canonical, complete};
use super::name::generated_name;
use super::object_identity::ObjectIdentity;
use super::unique_key::UniqueKey;
use super::{Attributes, PlanError, Reads, Step, attributes};
use crate::address::Address;
use crate::graph::Graph;
use crate::resources::Registry;
use crate::schema::Catalog;
use crate::stack::{Diagnostic, Diagnostics, Referenced, Stack};
use crate::value::Value;

/// Refuses resources that are one object, as far as literals, config and generated names tell: nothing is asked.
///
/// # Errors
/// All of them at once, at their lines; a cycle.
pub fn check(stack: &Stack, registry: &Registry) -> Result<(), PlanError> {
    let (graph, mut scope, mut keys) = (Graph::of_stack(stack)?, Attributes::default(), Vec::new());
    let referenced = stack.referenced();
    for address in graph.order() {
        let reads = referenced.get(address.name());
        let Some((key, attributes)) = foreseen(stack, registry, (address, reads), &scope) else { continue };
        scope.insert(address.clone(), attributes);
        keys.extend(key.map(|key| (address, key)));
    }
    Ok(refuse_shared(stack, keys)?)
}

/// Refuses steps whose resources would be one object.
///
/// # Errors
/// All of them at once, at their lines.
pub fn check_steps(stack: &Stack, registry: &Registry, steps: &[Step]) -> Result<(), Diagnostics> {
    let keys = steps.iter().filter_map(|step| Some((&step.address, wanted(registry, step)?)));
    refuse_shared(stack, keys.collect())?;
    let ids = steps.iter().filter_map(|step| {
        let driver = registry.get(&step.type_name)?;
        Some((&step.address, UniqueKey::of_id(driver, &step.region, step.id.as_ref()?)))
    });
    refuse_shared(stack, ids.collect())
}

/// The key of the object that a step leaves; `None` where the type has none or the step leaves no object.
pub fn wanted(registry: &Registry, step: &Step) -> Option<UniqueKey> {
    let desired = step.work.desired.as_ref()?;
    UniqueKey::of(registry.get(&step.type_name)?, &step.region, step.address.as_str(), desired)
}

/// What is known of a resource's object before anything is asked: its key, and what others may read of it. `None` where
/// the file is wrong in a way that shows elsewhere.
fn foreseen(
    stack: &Stack,
    registry: &Registry,
    (address, referenced): (&Address, Option<&Referenced<'_>>),
    scope: &Attributes,
) -> Option<(Option<UniqueKey>, Value)> {
    let resource = stack.resources.get(address).filter(|resource| !resource.is_lookup())?;
    let (driver, schema) = (registry.get(&resource.type_name)?, Catalog::standard().get(&resource.type_name)?);
    let evaluated = stack.evaluate(address, scope).ok()?;
    let identity = ObjectIdentity::of(stack, address);
    // What is imported keeps the name that it has.
    let generated = || (!resource.is_imported()).then(|| generated_name(&identity, driver, &evaluated, 0)).flatten();
    let name = generated();
    let desired = canonical(driver, complete(&identity, driver, &schema, name.as_deref(), evaluated));
    let region = stack.region_of(resource);
    let key = UniqueKey::of(driver, region, address.as_str(), &desired);
    let reads = Reads::of(referenced, Some(&schema));
    Some((key, attributes::of_new(&schema, address, &desired, &reads)))
}

fn refuse_shared(stack: &Stack, keys: Vec<(&Address, UniqueKey)>) -> Result<(), Diagnostics> {
    let (mut seen, mut errors) = (HashMap::<&UniqueKey, Vec<usize>>::new(), Diagnostics(Vec::new()));
    for (index, (address, key)) in keys.iter().enumerate() {
        let others = seen.entry(key).or_default();
        let clashing = others.iter().filter_map(|&other| keys.get(other)).find(|(_, other)| other.clashes(key));
        match clashing {
            Some((other, held)) => errors.0.push(shared(stack, (other, held), (address, key))),
            None => others.push(index),
        }
    }
    if errors.0.is_empty() { Ok(()) } else { Err(errors) }
}

fn shared(stack: &Stack, (first, held): (&Address, &UniqueKey), (second, key): (&Address, &UniqueKey)) -> Diagnostic {
    let path: Vec<&str> = key.property().into_iter().collect();
    let (message, help) = match held.is_same(key) {
        true => (
            format!("`{first}` and `{second}` are one {}: {key}", key.type_name),
            "one object has one address: write one of them differently, or take it out of the file; if state has both, \
             `infra state rm` forgets one and leaves the object",
        ),
        false => (
            format!("`{first}` and `{second}` are in each other's way, AWS takes one of them: {held}, and {key}"),
            "write one of them differently, or take it out of the file",
        ),
    };
    let place = stack.diagnose(first, &path, "", None).location;
    stack.diagnose(second, &path, message, Some(help.to_owned())).relate(place, format!("`{first}` is here"))
}
