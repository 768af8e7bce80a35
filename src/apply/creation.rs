use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::step_error::StepError;
use super::writes::{Write, ready};
use crate::aws::{AwsError, ErrorKind};
use crate::plan::{Action, UniqueKey, invisible_for};
use crate::resources::{CreateError, Desired, Live, OnDelete, Properties, ReadRequest, ResourceId, Wanted, find};
use crate::state::{Change, Life, Origin, ResourceState, Superseded};
use crate::value::Value;

/// How long to look for what this very call may have made: AWS's clients repeat a call whose answer was lost.
const JUST_MADE: Duration = Duration::from_secs(3);

impl Write<'_> {
    pub async fn create(&self) -> Result<(), StepError> {
        let (start, before) = (Instant::now(), self.before());
        let desired = self.desired(before.as_ref())?;
        self.driver.ensure_free(&self.context, &desired).await?;
        let intent = self.intent(&desired, before.clone());
        let former = self.taken_place(&intent, &desired);
        let intent = former.iter().fold(intent, |intent, former| intent.deleting_superseded(former, None));
        self.announce(before.as_ref(), &intent).await?;
        let made = match &former {
            Some(former) => self.driver.replace(&self.context, former, &desired).await,
            None => self.driver.create(&self.context, &desired).await,
        };
        let intent = match (&made, &former) {
            (Ok(_), Some(former)) => intent.without_superseded(former),
            _ => intent,
        };
        match made {
            Ok(created) => {
                let id = created.id.clone();
                let outputs = match self.outputs(created, &desired, false).await {
                    Ok(outputs) => outputs,
                    Err(error) if self.driver.is_local() => {
                        self.restore(before).await?;
                        return Err(error);
                    }
                    Err(error) => return self.unfinished(intent, id, error).await,
                };
                let took = start.elapsed().as_secs_f64();
                self.put(ResourceState { duration_seconds: Some(took), ..ready(intent, outputs) }).await
            }
            Err(CreateError { error, partial: Some(id) }) => self.unfinished(intent, id, error.into()).await,
            Err(CreateError { error, partial: None }) => self.not_created(before, intent, &desired, error).await,
        }
    }

    /// The former object of this address whose place the new one takes in one call: of this plan, or of a run that was cut off.
    fn taken_place(&self, intent: &ResourceState, desired: &Desired) -> Option<ResourceId> {
        if intent.superseded.is_empty() {
            return None;
        }
        let desired = Value::from(Json::Object(desired.properties.clone()));
        let region = &self.step.region;
        let is_taken = |former: &&Superseded| {
            let properties = Live::new(former.id.clone(), former.properties.clone());
            let shared = UniqueKey::shared(self.driver, region, &desired, &properties).is_some();
            let same = former.type_name == self.step.type_name && former.region == *region;
            same && shared && self.driver.replaces_in_one_call(&former.properties, &desired)
        };
        intent.superseded.iter().find(is_taken).map(|former| former.id.clone())
    }

    /// The object is there, and what comes after its creation failed: the next run goes on from it.
    async fn unfinished(&self, intent: ResourceState, id: ResourceId, error: StepError) -> Result<(), StepError> {
        self.put(intent.with(Life::incomplete(id))).await?;
        Err(error)
    }

    /// What an error without an object means. Where an answer was lost and the call was repeated, AWS says that the object
    /// exists: then it is ours. Where AWS did not decide, the intent stays, and the next run looks for the object.
    async fn not_created(
        &self,
        before: Option<ResourceState>,
        intent: ResourceState,
        desired: &Desired,
        error: AwsError,
    ) -> Result<(), StepError> {
        match error.kind() {
            ErrorKind::Network | ErrorKind::Other | ErrorKind::Throttled | ErrorKind::Forbidden => {}
            // Only tags prove whose an object is that the call did not certainly make.
            ErrorKind::AlreadyExists if self.schema.tag_property().is_some() => {
                let patience = before.as_ref().map_or(JUST_MADE, |before| invisible_for(before).max(JUST_MADE));
                match self.shown(desired, patience).await? {
                    Some(id) => return self.finish(intent, id, desired).await,
                    None => {
                        self.restore(before).await?;
                        return Err(self.taken(desired, error).await);
                    }
                }
            }
            _ => self.restore(before).await?,
        }
        Err(error.into())
    }

    /// Our own object of that name, which AWS may not show for a while although it refuses a second one.
    async fn shown(&self, desired: &Desired, patience: Duration) -> Result<Option<ResourceId>, AwsError> {
        let look = self.context.wait("the object that has this name to show", patience).at_most(patience);
        match look.until(|| find(self.driver, &self.context, desired)).await {
            Ok(id) => Ok(Some(id)),
            Err(AwsError::Timeout { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// An object that is there, perhaps half made, is brought to what is desired.
    async fn finish(&self, intent: ResourceState, id: ResourceId, desired: &Desired) -> Result<(), StepError> {
        let found = intent.with(Life::incomplete(id.clone()));
        self.put(found.clone()).await?;
        let wanted = Wanted::Only(desired.properties.keys().cloned().collect());
        let live = self.driver.read(&self.context, &[ReadRequest { id, wanted }]).await?.into_iter().flatten().next();
        let gone = || StepError::Plan(format!("{} was found and is gone again", self.resource.address));
        let live = live.ok_or_else(gone)?;
        let differences = self.found(&found, &live, desired);
        self.bring(found, &live, desired, &differences).await
    }

    /// The intent, durable. An object that is gone is given up first, or state would keep it as one still to delete.
    async fn announce(&self, before: Option<&ResourceState>, intent: &ResourceState) -> Result<(), StepError> {
        let address = &self.resource.address;
        let gone = before.filter(|_| self.step.id.is_none());
        let gone = gone.and_then(|before| Some(before.with(Life::Going { id: before.id()?.clone() })));
        let gone = gone.map(|gone| Change::put(address, gone));
        let changes = gone.into_iter().chain([Change::put(address, intent.clone())]).collect();
        Ok(self.apply.session.record(changes).await?)
    }

    pub(super) fn intent(&self, desired: &Desired, before: Option<ResourceState>) -> ResourceState {
        let mut intent = ResourceState {
            type_name: self.step.type_name.clone(),
            region: self.step.region.clone(),
            properties: self.written(desired),
            token: desired.token.clone(),
            generation: self.step.work.generation,
            life: Life::Intended { tagged: None },
            intended: Some(jiff::Timestamp::now()),
            superseded: before.map(|before| self.superseded(&before)).unwrap_or_default(),
            outputs: Properties::new(),
            baseline: None,
            dependencies: Vec::new(),
            protect: false,
            on_delete: OnDelete::Delete,
            last_snapshot: None,
            origin: Origin::Created,
            timeout: None,
            duration_seconds: None,
        };
        self.metadata().write(&mut intent);
        intent
    }

    /// The objects that a new one leaves behind: those of earlier runs, and the one that it replaces.
    pub(super) fn superseded(&self, before: &ResourceState) -> Vec<Superseded> {
        let replaced = Superseded::of(before).filter(|_| matches!(self.step.action, Action::Replace(_)));
        before.superseded.iter().cloned().chain(replaced).collect()
    }

    /// Nothing was made: state goes back to what it was before the intent.
    async fn restore(&self, before: Option<ResourceState>) -> Result<(), StepError> {
        let address = &self.resource.address;
        let change = before.map_or_else(|| Change::remove(address), |before| Change::put(address, before));
        Ok(self.apply.session.record(vec![change]).await?)
    }
}
