//! State of a stack that has none where it is looked for: it may lie where it was before `state:` or the names changed.

use std::io::ErrorKind;
use std::path::Path;

use super::exit::Exit;
use super::places::whole;
use super::state_places::StatePlaces;
use super::user_error::UserError;
use crate::report::plural;
use crate::stack::StackName;
use crate::state::store::{Location, StoreError};
use crate::state::{Session, StateError, StatePlace, StateSite};

/// Looks for state of a stack, at the places that this machine knows.
pub struct FormerPlace<'a> {
    pub places: &'a StatePlaces,
    /// Where the state should be and is not.
    pub here: &'a StatePlace,
    /// What the stack was called before.
    pub renamed_from: Option<&'a StackName>,
    /// Where buckets are asked first.
    pub region: &'a str,
}

/// A state that was found elsewhere.
pub struct Former {
    pub site: StateSite,
    resources: usize,
}

impl FormerPlace<'_> {
    /// Refuses to take a stack for new whose state lies elsewhere. To be asked only where there is none here.
    ///
    /// # Errors
    /// `Refused`, with where the state is and what to do.
    pub async fn ensure_none(&self) -> Result<(), UserError> {
        if self.places.remembered().is_new(self.here).await {
            return Ok(());
        }
        match self.find().await? {
            Some(former) => Err(self.refusal(&former)),
            None => self.ensure_no_other_name().await,
        }
    }

    /// The state of this stack at a former place.
    ///
    /// # Errors
    /// A former place that cannot be read, or whose state was moved on.
    pub async fn find(&self) -> Result<Option<Former>, UserError> {
        for place in self.former_places().await {
            if let Some(former) = self.look(place).await? {
                return Ok(Some(former));
            }
        }
        Ok(None)
    }

    /// The state at one place, if there is any that knows a resource.
    ///
    /// # Errors
    /// As `find`.
    pub async fn look(&self, place: StatePlace) -> Result<Option<Former>, UserError> {
        let site = self.places.site(place, self.region).await?;
        let known = match Session::read(&site.store, &site.identity()).await {
            Ok(loaded) => loaded.snapshot.resources.len(),
            Err(error) if is_nowhere(&error) => 0,
            Err(error) => return Err(self.unreadable(&site.place, error)),
        };
        Ok((known > 0).then_some(Former { site, resources: known }))
    }

    async fn former_places(&self) -> Vec<StatePlace> {
        let named = |name: &StackName| StatePlace {
            project: name.project.clone(),
            stack: name.stack.clone(),
            ..self.here.clone()
        };
        let former = self.renamed_from.map(named);
        let mut places: Vec<StatePlace> = former.iter().cloned().collect();
        for name in [self.here].into_iter().chain(&former) {
            let remembered = self.places.remembered().of(&name.project, &name.stack).await;
            let remembered = remembered.filter(|place| place.lineage.is_some()).map(|place| place.location);
            let locations = remembered.into_iter().chain([self.places.default_place()]);
            places.extend(locations.map(|location| StatePlace { location, ..name.clone() }));
        }
        places.retain(|place| place != self.here);
        places
    }

    /// A stack of this name under another project is this one before it was renamed, or none of its business.
    async fn ensure_no_other_name(&self) -> Result<(), UserError> {
        let stack = &self.here.stack;
        let mut others = self.places.remembered().of_stack(stack).await;
        others.extend(self.places.projects_here(stack).await);
        for place in others.into_iter().filter(|place| place.project != self.here.project) {
            if let Ok(Some(former)) = self.look(place).await {
                return Err(self.other_name(&former));
            }
        }
        Ok(())
    }

    fn refusal(&self, former: &Former) -> UserError {
        let (here, there) = (self.here, &former.site.place);
        let resources = plural(former.resources, "resource");
        let message = format!("the state of {here} is not there yet: it is that of {there}, with {resources}");
        self.new_hint(
            UserError::new(Exit::Refused, message)
                .hint(format!("`{}` moves it, with its history", self.command("infra init"))),
        )
    }

    fn other_name(&self, former: &Former) -> UserError {
        let there = &former.site.place;
        let resources = plural(former.resources, "resource");
        let message = format!("there is no state of {}, and there is state of {there}, with {resources}", self.here);
        let error = UserError::new(Exit::Refused, message).hint(format!(
            "if this stack is that one under another name, write `renamed_from: {}/{}` into its file",
            there.project, there.stack
        ));
        self.new_hint(error)
    }

    fn unreadable(&self, place: &StatePlace, error: StateError) -> UserError {
        let here = self.here;
        let told = match &error {
            StateError::Moved { to, .. } if to.as_ref() == here => {
                UserError::new(Exit::Refused, format!("the state of {here} was moved there, and is not there any more"))
                    .hint("put back its `state.json`; a state bucket keeps earlier versions")
            }
            StateError::Moved { to, .. } => {
                UserError::new(Exit::Refused, format!("the state of {here} is not there: it is that of {to}")).hint(
                    format!(
                        "write `state: {0}` into the stack file, or move it: `{1} --from {0}`",
                        to.location,
                        self.command("infra init")
                    ),
                )
            }
            _ => UserError::from(error)
                .about(&format!("there is no state of {here}, and it may lie in {}", place.location)),
        };
        self.new_hint(told)
    }

    fn new_hint(&self, error: UserError) -> UserError {
        error.hint(format!("if the stack is meant to be new: `{} --new`", self.command("infra init")))
    }

    fn command(&self, command: &str) -> String {
        let state = self.places.global.state.as_ref().map(|state| format!(" --state {state}")).unwrap_or_default();
        format!("{command} --stack {}{state}", self.here.stack)
    }
}

/// A bucket that was deleted has no state, nor has a file of a folder's name.
fn is_nowhere(error: &StateError) -> bool {
    let StateError::Store(error) = error else { return false };
    match error.as_ref() {
        StoreError::NoBucket { .. } => true,
        StoreError::File { source, .. } => source.kind() == ErrorKind::NotADirectory,
        _ => false,
    }
}

/// The line of the stack file that says where state is; `None` where it says so without one.
pub fn line(location: &Location, root: &Path) -> Option<String> {
    let (whole, root) = (whole(location), whole(&Location::Folder(root.to_path_buf())));
    let below = whole.strip_prefix(&format!("{root}/")).unwrap_or(&whole);
    (below != Location::DEFAULT_FOLDER).then(|| format!("state: {below}"))
}
