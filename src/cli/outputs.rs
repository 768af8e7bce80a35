use clap::Args;
use serde_json::Value;

use super::exit::Exit;
use super::global::Global;
use super::stack_state::StackState;
use super::user_error::UserError;

#[derive(Debug, Args)]
pub struct Outputs {
    /// Only this one, without its name
    name: Option<String>,
}

impl Outputs {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let outputs = StackState::find(global).await?.read().await?.snapshot.outputs;
        match &self.name {
            Some(name) => print_one(name, outputs.get(name), global.json)?,
            None if global.json => anstream::println!("{}", serde_json::to_string_pretty(&outputs)?),
            None => outputs.iter().for_each(|(name, value)| anstream::println!("{name} = {}", text(value))),
        }
        Ok(Exit::Done)
    }
}

fn print_one(name: &str, value: Option<&Value>, json: bool) -> Result<(), UserError> {
    let missing = || {
        UserError::failed(format!("state has no output `{name}`"))
            .hint("outputs are known after `infra apply`; `infra outputs` lists them")
    };
    let value = value.ok_or_else(missing)?;
    anstream::println!("{}", if json { value.to_string() } else { text(value) });
    Ok(())
}

/// A text as it is, anything else as JSON.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
