use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::connection::Connection;
use super::exit::Exit;
use super::global::Global;
use super::lock_options::lease;
use super::places::{Places, whole};
use super::user_error::UserError;
use crate::state::store::{LocalStore, Location, S3Store, Store};
use crate::state::{StatePlace, StateSite};

/// What this machine knows of where state may lie.
#[derive(Clone)]
pub struct StatePlaces {
    pub global: Global,
    /// The folder that holds the stack folder.
    pub root: PathBuf,
}

impl StatePlaces {
    /// One stack's state at a place that is written whole. `region` is where a bucket is asked first.
    ///
    /// # Errors
    /// A place that names none.
    pub async fn site(&self, place: StatePlace, region: &str) -> Result<StateSite, UserError> {
        let location = Location::parse(Some(&place.location), &self.root);
        let location = location.map_err(|error| UserError::new(Exit::InvalidStack, error.to_string()))?;
        Ok(StateSite { store: store_at(&self.global, location, region, None).await?, place })
    }

    /// What earlier commands noted.
    pub fn remembered(&self) -> Places {
        Places::new(&self.root)
    }

    /// The place where state is if nothing says otherwise.
    pub fn default_place(&self) -> String {
        whole(&Location::Folder(self.root.join(Location::DEFAULT_FOLDER)))
    }

    /// The places in the folder beside the stack files where any project has state of a stack of this name.
    pub async fn projects_here(&self, stack: &str) -> Vec<StatePlace> {
        let location = self.default_place();
        let keys = LocalStore::new(&location).list("").await.unwrap_or_default();
        let projects = keys.iter().filter_map(|key| key.strip_suffix(&format!("/{stack}/state.json")));
        let place = |project: &str| StatePlace {
            location: location.clone(),
            project: project.to_owned(),
            stack: stack.to_owned(),
        };
        projects.map(place).collect()
    }

    /// The project that has state of a stack whose file is gone.
    ///
    /// # Errors
    /// Where no project or more than one has it.
    pub async fn project_of(&self, store: &Arc<dyn Store>, stack: &str) -> Result<String, UserError> {
        let keys = store.list("").await.map_err(|error| UserError::failed(error.to_string()))?;
        let suffix = format!("/{stack}/state.json");
        let projects: Vec<&str> = keys.iter().filter_map(|key| key.strip_suffix(&suffix)).collect();
        let projects = if projects.len() > 1 { self.still_there(store, stack, projects).await? } else { projects };
        match projects.as_slice() {
            [project] => Ok((*project).to_owned()),
            [] => Err(self.nowhere(stack).await),
            [one, other, ..] => {
                Err(UserError::failed(format!("both {one} and {other} have a stack `{stack}`, and its file is gone"))
                    .hint("write a stack file with that `project` and no resources"))
            }
        }
    }

    /// The projects whose state of the stack was not moved on.
    async fn still_there<'b>(
        &self,
        store: &Arc<dyn Store>,
        stack: &str,
        projects: Vec<&'b str>,
    ) -> Result<Vec<&'b str>, UserError> {
        let mut there = Vec::new();
        for project in projects {
            let place = StatePlace { location: store.place(), project: project.to_owned(), stack: stack.to_owned() };
            let site = StateSite { store: Arc::clone(store), place };
            if site.peek().await?.is_some_and(|snapshot| snapshot.moved.is_none()) {
                there.push(project);
            }
        }
        Ok(there)
    }

    async fn nowhere(&self, stack: &str) -> UserError {
        let message = format!("there is no file and no state of stack `{stack}`");
        let remembered = self.remembered().of_stack(stack).await;
        let hint = match remembered.first() {
            Some(place) => format!("its state was last seen in {0}: name that with --state {0}", place.location),
            None => "if its state is in a bucket, name it with --state s3://BUCKET".to_owned(),
        };
        UserError::new(Exit::InvalidStack, message).hint(hint)
    }
}

/// Where a store is, as it reads from every folder of this machine.
///
/// # Errors
/// None for a store that was made from a location.
pub fn whole_place(store: &dyn Store) -> Result<String, UserError> {
    // What a store says of itself is relative to the working folder already.
    let location = Location::parse(Some(&store.place()), Path::new(""));
    location.map(|location| whole(&location)).map_err(|error| UserError::failed(error.to_string()))
}

pub async fn store_at(
    global: &Global,
    location: Location,
    region: &str,
    connection: Option<&Connection>,
) -> Result<Arc<dyn Store>, UserError> {
    match location {
        Location::Folder(folder) => Ok(Arc::new(LocalStore::new(folder))),
        Location::S3 { bucket, prefix } => {
            let clients = match connection {
                Some(connection) => connection.clients.clone(),
                None => Connection::clients(global).await?,
            };
            let clients = Arc::new(clients.for_state(lease()?));
            let uploads = Arc::clone(&clients);
            let store = S3Store::new(Arc::new(move |region| clients.in_region(region)), region, &bucket, &prefix);
            Ok(Arc::new(store.with_upload_timeouts(Arc::new(move |bytes| uploads.for_upload(bytes)))))
        }
    }
}
