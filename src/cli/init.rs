use clap::Args;

use super::arguments::Global;
use super::connection::Connection;
use super::exit::Exit;
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::stack::Stack;
use crate::state::{Location, create_bucket};

#[derive(Debug, Args)]
pub struct Init {
    /// Where state is to be kept: `s3://BUCKET/PREFIX`, or a folder; absent: what the stack file says
    #[arg(long, value_name = "LOCATION")]
    state: Option<String>,
    /// The bucket's region; absent: the stack's
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

impl Init {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        let stack = if self.state.is_some() && self.region.is_some() { None } else { Some(workspace.stack(None)?) };
        let written = self.state.as_deref().or(stack.as_ref().and_then(|stack| stack.state.as_deref()));
        match workspace.location(written)? {
            Location::Local(folder) => {
                std::fs::create_dir_all(&folder)?;
                anstream::println!("state is kept in {}", folder.display());
            }
            Location::S3 { bucket, .. } => self.bucket(global, stack.as_ref(), &bucket).await?,
        }
        Ok(Exit::Done)
    }

    async fn bucket(&self, global: &Global, stack: Option<&Stack>, bucket: &str) -> Result<(), UserError> {
        let region = self.region.as_deref().or(stack.map(|stack| stack.region.as_str())).unwrap_or("us-east-1");
        let expected = stack.and_then(|stack| stack.account.as_deref());
        let connection = Connection::open(global, region, expected).await?;
        let report = create_bucket(&connection.clients.s3(region), bucket, region).await?;
        anstream::print!("{report}");
        if stack.is_some_and(|stack| stack.state.is_none()) {
            anstream::eprintln!("write `state: s3://{bucket}` into the stack file to keep its state there");
        }
        Ok(())
    }
}
