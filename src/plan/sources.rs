//! What new objects are made from: looked for before anything is done, and above all before anything is deleted.

use std::collections::HashSet;

use futures::future::try_join_all;

use super::live::read_error;
use super::{Action, LiveReader, PlanError, Reason, Step};
use crate::resources::{Driver, Properties, Registry, Source};
use crate::value::Value;

/// Refuses to make or replace what is made from something that AWS does not have. What this plan makes itself, and what is
/// not known yet, is not looked for.
///
/// # Errors
/// `PlanError::Read` where AWS does not answer.
pub async fn looked_for(
    steps: Vec<Step>,
    registry: &Registry,
    reader: Option<&LiveReader<'_>>,
) -> Result<Vec<Step>, PlanError> {
    let Some(reader) = reader else { return Ok(steps) };
    let made = made_here(registry, &steps);
    let steps = steps.into_iter().map(|step| with_sources(step, registry, &made));
    try_join_all(steps.map(|step| found(reader, step))).await
}

/// The step with what its object is made from, where that can be looked for.
fn with_sources(mut step: Step, registry: &Registry, made: &HashSet<String>) -> Step {
    if let Some(driver) = registry.get(&step.type_name).filter(|_| is_made(&step)) {
        step.work.sources = named(driver, &step, made);
    }
    step
}

async fn found(reader: &LiveReader<'_>, step: Step) -> Result<Step, PlanError> {
    Ok(match missing(reader, &step).await? {
        Some(Source { property, what, region }) => {
            step.refused(Reason::SourceMissing { property: property.to_owned(), source: what, region })
        }
        None => step,
    })
}

fn is_made(step: &Step) -> bool {
    !step.work.left_out && matches!(step.action, Action::Create | Action::Replace(_))
}

/// The names, in lower case, of what this plan makes of the types that others are made from.
fn made_here(registry: &Registry, steps: &[Step]) -> HashSet<String> {
    let is_source = |step: &&Step| registry.get(&step.type_name).is_some_and(|driver| !driver.sources().is_empty());
    let made = steps.iter().filter(is_source).filter(|step| is_made(step));
    made.filter_map(|step| Some(step.work.name.as_ref()?.to_lowercase())).collect()
}

/// The step's sources that can be looked for.
fn named(driver: &dyn Driver, step: &Step, made: &HashSet<String>) -> Properties {
    let Some(desired) = &step.work.desired else { return Properties::new() };
    let known = driver.sources().iter().filter_map(|name| match desired.get(name)? {
        Value::String(text) if !made.contains(&text.to_lowercase()) => Some(((*name).to_owned(), text.as_str().into())),
        _ => None,
    });
    known.collect()
}

async fn missing(reader: &LiveReader<'_>, step: &Step) -> Result<Option<Source>, PlanError> {
    if step.work.sources.is_empty() {
        return Ok(None);
    }
    let driver = reader.driver(&step.address, &step.type_name)?;
    let missing = driver.missing_source(&reader.context(&step.region), &step.work.sources).await;
    missing.map_err(|error| read_error(format!("what {} is made from", step.address), error))
}
