use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::global::Global;
use super::locking::Locking;
use super::missing::missing;
use super::push::Push;
use super::stack_state::StackState;
use super::state_change::StateChange;
use super::state_move::Move;
use super::unlock::Unlock;
use super::user_error::UserError;
use crate::address::Address;
use crate::history::{Rename, RunKind};
use crate::report::document;
use crate::report::printer::{out, outln};
use crate::state::{Change, ResourceState, Snapshot};

/// Look at state and mend it.
#[derive(Debug, Subcommand)]
pub enum State {
    /// One line a resource: address, type, id
    List,
    /// All that state knows of a resource
    Show(Show),
    /// Keep the state, with its history, at another place
    Move(Move),
    /// Give a resource another address
    Mv(Mv),
    /// Forget a resource; its object stays in AWS
    Rm(Rm),
    /// Print the whole state
    Pull,
    /// Replace the whole state, or add what a run could not write
    Push(Push),
    /// Take the lock from a run that is gone for good
    Unlock(Unlock),
}

#[derive(Debug, Args)]
pub struct Show {
    address: String,
}

#[derive(Debug, Args)]
pub struct Mv {
    from: String,
    to: String,
    #[command(flatten)]
    locking: Locking,
}

#[derive(Debug, Args)]
pub struct Rm {
    #[arg(required = true)]
    addresses: Vec<String>,
    #[command(flatten)]
    locking: Locking,
}

impl State {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        match self {
            Self::List => list(&snapshot(global).await?, global.json)?,
            Self::Show(show) => show.run(&snapshot(global).await?, global.json)?,
            Self::Move(move_) => move_.run(global).await?,
            Self::Mv(mv) => mv.run(global).await?,
            Self::Rm(rm) => rm.run(global).await?,
            Self::Pull => pull(global).await?,
            Self::Push(push) => push.run(global).await?,
            Self::Unlock(unlock) => unlock.run(global).await?,
        }
        Ok(Exit::Done)
    }
}

/// State as it is now.
async fn snapshot(global: &Global) -> Result<Snapshot, UserError> {
    Ok(StackState::find(global).await?.look().await?.snapshot)
}

async fn pull(global: &Global) -> Result<(), UserError> {
    let file = StackState::find(global).await?.look().await?.to_file()?;
    if global.json {
        let state: Json = serde_json::from_slice(&file)?;
        return Ok(document::tell(&json!({"state": state}))?);
    }
    out!("{}", String::from_utf8_lossy(&file));
    Ok(())
}

fn list(snapshot: &Snapshot, json: bool) -> Result<(), UserError> {
    if json {
        return Ok(document::tell(&json!({"resources": snapshot.resources}))?);
    }
    let addresses = snapshot.resources.keys().map(|address| address.as_str().chars().count());
    let address_width = addresses.max().unwrap_or(0);
    let type_width = snapshot.resources.values().map(|state| type_text(state, snapshot).len()).max().unwrap_or(0);
    for (address, state) in &snapshot.resources {
        let id = state.id().map_or("(unknown yet)", |id| id.as_str());
        outln!("{address:<address_width$}  {:<type_width$}  {id}", type_text(state, snapshot));
    }
    Ok(())
}

/// The type, and the region where it is not the stack's.
fn type_text(state: &ResourceState, snapshot: &Snapshot) -> String {
    match snapshot.region.as_deref().is_none_or(|region| region == state.region) {
        true => state.type_name.clone(),
        false => format!("{} in {}", state.type_name, state.region),
    }
}

impl Show {
    fn run(&self, snapshot: &Snapshot, json: bool) -> Result<(), UserError> {
        let address = Address::new(&self.address);
        let state = snapshot.resources.get(&address).ok_or_else(|| missing(snapshot, &address))?;
        match json {
            true => document::tell(&json!({"address": address, "resource": state}))?,
            false => outln!("{}", serde_json::to_string_pretty(state)?),
        }
        Ok(())
    }
}

impl Mv {
    async fn run(&self, global: &Global) -> Result<(), UserError> {
        let (from, to) = (Address::new(&self.from), Address::new(&self.to));
        let renames = vec![Rename { from: from.clone(), to: to.clone() }];
        let (told, facts) = (format!("{from} is {to} now"), json!({"moved": [{"from": from, "to": to}]}));
        let command = StateChange { name: "state mv", kind: RunKind::StateMv, renames, told, facts };
        command
            .make(global, &self.locking, |snapshot| {
                if !snapshot.resources.contains_key(&from) {
                    return Err(missing(snapshot, &from));
                }
                if !is_possible(&to) {
                    return Err(UserError::failed(format!("no stack file can have a resource `{to}`"))
                        .hint("write NAME, or NAME[\"KEY\"] for the member of a `for_each`"));
                }
                if snapshot.resources.contains_key(&to) {
                    return Err(UserError::failed(format!("state already has a resource `{to}`")));
                }
                Ok(vec![Change::rename(&from, &to)])
            })
            .await
    }
}

/// True for a name of the expression language, alone or with the key of a `for_each`.
fn is_possible(address: &Address) -> bool {
    let (name, rest) = address.as_str().split_at(address.name().len());
    let first = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_');
    let is_name = first && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    let key = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let key: Option<String> = key.and_then(|key| serde_json::from_str(key).ok());
    is_name && (rest.is_empty() || key.is_some_and(|key| Address::member(name, &key) == *address))
}

impl Rm {
    async fn run(&self, global: &Global) -> Result<(), UserError> {
        let addresses: Vec<Address> = self.addresses.iter().map(Address::new).collect();
        let told = addresses.iter().map(|address| format!("forgot {address}; its object stays in AWS"));
        let told = told.collect::<Vec<_>>().join("\n");
        let facts = json!({"forgotten": addresses});
        let command = StateChange { name: "state rm", kind: RunKind::StateRm, renames: Vec::new(), told, facts };
        command
            .make(global, &self.locking, |snapshot| {
                if let Some(unknown) = addresses.iter().find(|address| !snapshot.resources.contains_key(*address)) {
                    return Err(missing(snapshot, unknown));
                }
                Ok(addresses.iter().map(Change::forget).collect())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_or_a_member_of_one() {
        for possible in ["q", "_jobs2", r#"q["a"]"#, r#"q["a b/\"c"]"#] {
            assert!(is_possible(&possible.into()), "{possible}");
        }
        for impossible in ["", "2q", "my-queue", "q[a]", r#"q["a"]x"#, r#"q["a"#, "q[]", "q[1]", r#"["a"]"#, "a.b"] {
            assert!(!is_possible(&impossible.into()), "{impossible}");
        }
    }
}
