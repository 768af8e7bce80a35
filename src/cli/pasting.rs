//! What a stack file lacks, printed so that it can be pasted there.

use serde_json::json;

use super::exit::Exit;
use super::planning::Planning;
use super::user_error::UserError;
use crate::plan::adoption::Found;
use crate::plan::{Pasted, References, name_for};
use crate::report::document;
use crate::report::printer::{errln, out};
use crate::schema::Catalog;
use crate::state::Snapshot;

/// What a resource to paste depends on beside its object.
pub struct Paste<'a> {
    pub planning: &'a Planning<'a>,
    pub snapshot: &'a Snapshot,
    pub region: &'a str,
}

/// Resources are at most so far from the left; beyond that, they stand in a flow map.
const DEEPEST: usize = 8;
const USUAL: usize = 2;

/// Prints the resources that describe the objects, under that name or one of their own.
pub fn paste(paste: &Paste<'_>, found: &[Found], name: Option<&str>) -> Result<Exit, UserError> {
    let pasted = described(paste, found, name)?;
    let stack = paste.planning.stack()?;
    let references = References::of(stack, paste.snapshot, &paste.planning.registry);
    if paste.planning.workspace.global.json {
        let resources: serde_json::Map<_, _> =
            pasted.iter().map(|one| (one.name.clone(), one.json(&references))).collect();
        let notes: serde_json::Map<_, _> = pasted.iter().map(|one| (one.name.clone(), json!(one.notes))).collect();
        document::tell(&json!({"resources": resources, "notes": notes}))?;
        return Ok(Exit::Done);
    }
    errln!("the stack file has no resource for it; paste this under `resources`, and `infra apply` takes it in:");
    let first = stack.resources.values().next().and_then(|resource| stack.location(&resource.address));
    let indentation = first.map(|place| place.column - 1).filter(|column| (1..=DEEPEST).contains(column));
    for one in pasted {
        out!("{}", one.yaml(&references, indentation.unwrap_or(USUAL)));
    }
    Ok(Exit::Done)
}

fn described(paste: &Paste<'_>, found: &[Found], name: Option<&str>) -> Result<Vec<Pasted>, UserError> {
    let (stack, mut names, mut pasted) = (paste.planning.stack()?, Vec::new(), Vec::new());
    let region = Some(paste.region.to_owned()).filter(|region| *region != stack.region);
    for found in found {
        let driver = paste.planning.registry.get(found.type_name);
        let (Some(driver), Some(schema)) = (driver, Catalog::standard().get(found.type_name)) else { continue };
        let name = name.map_or_else(|| name_for(stack, driver, &schema, found, &names), str::to_owned);
        names.push(name.clone());
        pasted.push(Pasted::of(name, driver, &schema, found, region.clone()));
    }
    Ok(pasted)
}
