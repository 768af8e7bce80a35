use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use super::connection::Connection;
use super::exit::Exit;
use super::former_place::FormerPlace;
use super::global::Global;
use super::locking::Locking;
use super::places::{Places, whole};
use super::stack_state::StackState;
use super::state_move::{bring, moved_json, moved_text};
use super::user_error::UserError;
use super::workspace::Workspace;
use crate::report::document;
use crate::report::printer::{errln, outln};
use crate::stack::{Stack, StackName};
use crate::state::store::{LocalStore, Location, S3Clients, S3Store, prepare_bucket, probe};
use crate::state::{Moved, StatePlace, StateSite, Transferred};

#[derive(Debug, Args)]
pub struct Init {
    /// The bucket's region; absent: the stack's, else that of the AWS configuration
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Move the stack's state from there; absent: from where it was last seen
    #[arg(long, value_name = "LOCATION", conflicts_with = "new")]
    from: Option<String>,
    /// The stack is meant to be new: leave state that lies elsewhere where it is
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    locking: Locking,
}

impl Init {
    pub async fn run(&self, global: &Global) -> Result<Exit, UserError> {
        let workspace = Workspace::find(global)?;
        // The first thing that somebody does may be this, before there is a stack file.
        let needs_stack = global.state.is_none() || Stack::is_declared(&workspace.folder, &global.stack);
        let stack = needs_stack.then(|| workspace.stack(None)).transpose()?;
        let location = workspace.location(stack.as_ref().and_then(|stack| stack.state.as_deref()))?;
        let mut told = match &location {
            Location::Folder(folder) => {
                let prepared = LocalStore::new(folder).prepare().await;
                prepared.map_err(|error| UserError::failed(error.to_string()))?;
                if !global.json {
                    outln!("state is kept in {}", folder.display());
                }
                json!({"folder": folder})
            }
            Location::S3 { .. } => self.bucket(global, stack.as_ref(), &location).await?,
        };
        if let Some((from, to, moved)) = self.moved(&workspace, stack.as_ref(), &location).await? {
            told["moved"] = moved_json(&from, &to, &moved);
            if !global.json {
                outln!("{}", moved_text(&from, &to, &moved));
            }
        }
        if global.json {
            document::tell(&told)?;
        }
        Ok(Exit::Done)
    }

    async fn bucket(&self, global: &Global, stack: Option<&Stack>, location: &Location) -> Result<Json, UserError> {
        let Location::S3 { bucket, prefix } = location else { return Ok(json!({})) };
        let configured = Connection::clients(global).await?.default_region().map(str::to_owned);
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
            return Ok(serde_json::to_value(&report)?);
        }
        outln!("s3://{} in {}", report.bucket, report.region);
        for (setting, outcome) in &report.settings {
            outln!("  {setting:<34} {outcome}");
        }
        if stack.is_some_and(|stack| stack.state.is_none()) {
            errln!("write `state: {location}` into the stack file to keep its state there");
        }
        Ok(Json::Null)
    }

    /// Brings the stack's state here, if it lies elsewhere.
    async fn moved(
        &self,
        workspace: &Workspace<'_>,
        stack: Option<&Stack>,
        location: &Location,
    ) -> Result<Option<(StatePlace, StatePlace, Transferred)>, UserError> {
        let Some(stack) = stack else { return Ok(None) };
        let (project, name) = (stack.project.clone(), stack.name.clone());
        let here = StatePlace { location: whole(location), project, stack: name };
        let region = self.region.as_deref().unwrap_or(&stack.region);
        let to = workspace.places().site(here.clone(), region).await?;
        if self.new {
            return note_new(&workspace.places().remembered(), &here).await.map(|()| None);
        }
        let Some(from) = self.source(workspace, &to, (stack.renamed_from.as_ref(), region)).await? else {
            return Ok(None);
        };
        let state = StackState::in_workspace(workspace, from.store.clone(), from.identity());
        let moved = bring(&state, &to, ("init", &self.locking)).await?;
        Ok(Some((from.place, here, moved)))
    }

    /// Where the state is to be moved from; `None` where it is here, or nowhere.
    async fn source(
        &self,
        workspace: &Workspace<'_>,
        to: &StateSite,
        (renamed_from, region): (Option<&StackName>, &str),
    ) -> Result<Option<StateSite>, UserError> {
        if let Some(from) = &self.from {
            let location = whole(&workspace.parse_location(Some(from))?);
            return Ok(Some(workspace.places().site(StatePlace { location, ..to.place.clone() }, region).await?));
        }
        match to.peek().await?.map(|snapshot| snapshot.moved) {
            Some(Some(Moved::From { place, .. })) => Ok(Some(workspace.places().site(place, region).await?)),
            Some(_) => Ok(None),
            None => {
                let places = workspace.places();
                let search = FormerPlace { places: &places, here: &to.place, renamed_from, region };
                Ok(search.find().await?.map(|former| former.site))
            }
        }
    }
}

/// What was said here has to be found again by the next command.
async fn note_new(places: &Places, here: &StatePlace) -> Result<(), UserError> {
    places.remember(here, None).await;
    match places.is_new(here).await {
        true => Ok(()),
        false => Err(UserError::failed("that the stack is new cannot be noted in `.infra/places.json`")
            .hint("look whether the folder `.infra` beside `stacks` is yours and has room")),
    }
}
