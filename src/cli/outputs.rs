use clap::Args;
use serde_json::{Map, Value, json};

use super::cipher::{keys, not_opened};
use super::exit::Exit;
use super::global::Global;
use super::stack_state::StackState;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::plan::visible;
use crate::report::document;
use crate::report::printer::outln;
use crate::secrets::{Sealed, Secrets, Vault};
use crate::state::Snapshot;

#[derive(Debug, Args)]
pub struct Outputs {
    /// Only this one, without its name
    name: Option<String>,
    /// Also those that are secret, in the clear
    #[arg(long)]
    show_secrets: bool,
}

impl Outputs {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let snapshot = StackState::find(global).await?.look().await?.snapshot;
        let kept = if self.show_secrets { opened(global, &snapshot).await? } else { snapshot.outputs };
        let outputs: Map<String, Value> = kept.iter().map(|(name, value)| (name.clone(), visible(value))).collect();
        match &self.name {
            Some(name) => print_one(name, outputs.get(name), global.json)?,
            None if global.json => document::tell(&json!({"outputs": outputs}))?,
            None => outputs.iter().for_each(|(name, value)| outln!("{name} = {}", text(value))),
        }
        Ok(Exit::Done)
    }
}

/// The outputs with what state keeps encrypted in the clear.
async fn opened(global: &Global, snapshot: &Snapshot) -> Result<Map<String, Value>, UserError> {
    let stack = Workspace::find(global)?.stack(None)?;
    let vault = Vault::new(keys(global, &stack, None).await?, Secrets::default());
    let opened = vault.open(snapshot.outputs.values().flat_map(Sealed::all_in).map(|sealed| sealed.0)).await;
    opened.map_err(|error| {
        not_opened(error, "a secret that state keeps", &snapshot.fingerprint_key, stack.encryption.as_ref())
    })?;
    Ok(vault.opened(&snapshot.outputs))
}

fn print_one(name: &str, value: Option<&Value>, json: bool) -> Result<(), UserError> {
    let missing = || {
        UserError::failed(format!("state has no output `{name}`"))
            .hint("outputs are known after `infra apply`; `infra outputs` lists them")
    };
    let value = value.ok_or_else(missing)?;
    match json {
        true => document::tell(&json!({"output": name, "value": value}))?,
        false => outln!("{}", text(value)),
    }
    Ok(())
}

/// A text as it is, anything else as JSON.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
