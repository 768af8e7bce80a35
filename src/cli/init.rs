use std::sync::Arc;

use clap::Args;

use super::connection::Connection;
use super::exit::Exit;
use super::global::Global;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::report::printer::{errln, outln};
use crate::stack::Stack;
use crate::state::store::{Location, S3Clients, S3Store, prepare_bucket, probe};

#[derive(Debug, Args)]
pub struct Init {
    /// The bucket's region; absent: the stack's, else that of the AWS configuration
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

impl Init {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        // The first thing that somebody does may be this, before there is a stack file.
        let needs_stack = global.state.is_none() || Stack::is_declared(&workspace.folder, &global.stack);
        let stack = needs_stack.then(|| workspace.stack(None)).transpose()?;
        match workspace.location(stack.as_ref().and_then(|stack| stack.state.as_deref()))? {
            Location::Folder(folder) => {
                std::fs::create_dir_all(&folder)?;
                match global.json {
                    true => outln!("{}", serde_json::json!({"folder": folder})),
                    false => outln!("state is kept in {}", folder.display()),
                }
            }
            location @ Location::S3 { .. } => self.bucket(global, stack.as_ref(), &location).await?,
        }
        Ok(Exit::Done)
    }

    async fn bucket(&self, global: &Global, stack: Option<&Stack>, location: &Location) -> Result<(), UserError> {
        let Location::S3 { bucket, prefix } = location else { return Ok(()) };
        let configured = Connection::clients(global).await.default_region().map(str::to_owned);
        let region = self.region.as_deref().or(stack.map(|stack| stack.region.as_str())).or(configured.as_deref());
        let nowhere = || UserError::failed("no region is known for the bucket").hint("name it with --region");
        let region = region.ok_or_else(nowhere)?;
        let expected = stack.and_then(|stack| stack.account.as_deref());
        let clients = Connection::open(global, region, expected).await?.clients;
        let clients: S3Clients = Arc::new(move |region| clients.s3(region));
        let report = prepare_bucket(&clients, region, bucket).await;
        let report = report.map_err(|error| UserError::failed(error.to_string()))?;
        let store = S3Store::new(clients, &report.region, bucket, prefix);
        let probed = probe(&store, &format!("probe.{}", uuid::Uuid::new_v4())).await;
        probed.map_err(|error| UserError::failed(error.to_string()))?;
        if global.json {
            outln!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        outln!("s3://{} in {}", report.bucket, report.region);
        for (setting, outcome) in &report.settings {
            outln!("  {setting:<34} {outcome}");
        }
        if stack.is_some_and(|stack| stack.state.is_none()) {
            errln!("write `state: {location}` into the stack file to keep its state there");
        }
        Ok(())
    }
}
