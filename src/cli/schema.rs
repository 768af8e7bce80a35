use clap::Args;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use crate::report::printer::{out, outln};
use crate::report::{document, schema_text};
use crate::resources::Registry;
use crate::schema::Catalog;

#[derive(Debug, Args)]
pub struct Schema {
    /// The resource type, `AWS::SQS::Queue`; none lists all of them
    type_name: Option<String>,
}

impl Schema {
    pub fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let catalog = Catalog::standard();
        match &self.type_name {
            None => list(catalog, global.json)?,
            Some(name) => show(catalog, name, global.json)?,
        }
        Ok(Exit::Done)
    }
}

fn list(catalog: &Catalog, json: bool) -> Result<(), UserError> {
    let registry = Registry::standard();
    if json {
        let of_type = |name| json!({"type": name, "driver": registry.get(name).is_some()});
        let types: Vec<Json> = catalog.type_names().map(of_type).collect();
        return Ok(document::tell(&json!({"types": types}))?);
    }
    for name in catalog.type_names() {
        let driver = if registry.get(name).is_some() { "native driver" } else { "" };
        outln!("{}", format!("{name:<60} {driver}").trim_end());
    }
    Ok(())
}

fn show(catalog: &Catalog, name: &str, json: bool) -> Result<(), UserError> {
    let Some(schema) = catalog.get(name) else {
        let error = UserError::new(Exit::InvalidStack, format!("AWS publishes no type `{name}`"));
        return Err(match catalog.nearest(name) {
            Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
            None => error,
        });
    };
    if json {
        let facts: Json = serde_json::from_str(&catalog.text(name).unwrap_or_default())?;
        document::tell(&json!({"schema": facts}))?;
    } else {
        let registry = Registry::standard();
        let forms = registry.get(name).map(|driver| driver.forms()).unwrap_or_default();
        out!("{}", schema_text(&schema, forms));
    }
    Ok(())
}
