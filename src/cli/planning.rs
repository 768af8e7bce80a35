use std::time::Instant;

use super::arguments::Global;
use super::connection::Connection;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::plan::{Inputs, LiveReader, Plan, PlanOptions, plan};
use crate::report::Header;
use crate::resources::Registry;
use crate::schema::Catalog;
use crate::stack::Stack;
use crate::state::{FingerprintKey, Snapshot};

/// What every command that plans has at hand.
pub struct Planning<'a> {
    pub workspace: Workspace<'a>,
    pub stack: Stack,
    /// `None` plans from state alone.
    pub connection: Option<Connection>,
    pub registry: Registry,
}

impl<'a> Planning<'a> {
    /// Loads the stack and, unless offline, makes sure of the account.
    pub async fn start(global: &'a Global, offline: bool) -> Result<Self, UserError> {
        let workspace = Workspace::find(global)?;
        let mut stack = workspace.stack(None)?;
        let connection = match offline {
            true => None,
            false => Some(Connection::open(global, &stack.region, stack.account.as_deref()).await?),
        };
        if let Some(connection) = connection.as_ref().filter(|_| stack.account.is_none()) {
            stack = workspace.stack(Some(&connection.caller.account))?;
        }
        Ok(Self { workspace, stack, connection, registry: Registry::standard() })
    }

    pub fn connection(&self) -> Result<&Connection, UserError> {
        self.connection.as_ref().ok_or_else(|| UserError::failed("this needs AWS, and the command is offline"))
    }

    /// One plan, with what it cost.
    pub async fn plan(
        &self,
        snapshot: &Snapshot,
        key: &FingerprintKey,
        options: &PlanOptions,
    ) -> Result<(Header, Plan), UserError> {
        let start = Instant::now();
        let calls_before = self.calls();
        let reader = self.connection.as_ref().map(|connection| LiveReader {
            registry: &self.registry,
            clients: connection.clients.clone(),
            account: &connection.caller.account,
        });
        let inputs = Inputs {
            stack: Some(&self.stack),
            snapshot,
            key,
            registry: &self.registry,
            catalog: Catalog::standard(),
            reader: reader.as_ref(),
            options,
        };
        let plan = plan(inputs).await?;
        let header = Header {
            project: plan.project.clone(),
            stack: plan.stack.clone(),
            account: self.connection.as_ref().map(|connection| connection.caller.account.clone()),
            role: self.connection.as_ref().map(|connection| connection.caller.name().to_owned()),
            region: plan.region.clone(),
            read: plan.read,
            calls: self.calls() - calls_before,
            took: start.elapsed(),
        };
        Ok((header, plan))
    }

    fn calls(&self) -> usize {
        self.connection.as_ref().map_or(0, |connection| connection.clients.calls())
    }
}
