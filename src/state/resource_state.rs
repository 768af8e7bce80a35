use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stored_resource::StoredResource;
use super::{Life, Origin, Superseded};
use crate::address::Address;
use crate::resources::{OnDelete, Properties, ResourceId};

/// What state knows of one resource: enough to compare it, to refer to it and to delete it without its stack file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredResource", into = "StoredResource")]
pub struct ResourceState {
    /// AWS's own name, `AWS::SQS::Queue`.
    pub type_name: String,
    pub region: String,
    pub life: Life,
    /// When the create of its current object was intended, by the clock of the machine that ran; `None` for one that was taken
    /// in, and for one of version 0.1.
    pub intended: Option<Timestamp>,
    /// As written in the stack file, evaluated. Secret values are fingerprints.
    pub properties: Properties,
    /// Every attribute known of the object, as expressions refer to it.
    pub outputs: Properties,
    /// What nobody had written and the object had all the same when it was last made or changed here, without what is empty or
    /// AWS's default: what `infra drift --all` compares with. Secrets are fingerprints. `None` where nobody has looked yet.
    pub baseline: Option<Properties>,
    pub dependencies: Vec<Address>,
    pub protect: bool,
    pub on_delete: OnDelete,
    /// The name of the last snapshot that the object's deletion takes, decided before that is sent.
    pub last_snapshot: Option<String>,
    pub origin: Origin,
    /// How long one operation on it may take, where the file says so.
    pub timeout: Option<Duration>,
    /// The idempotency token of this generation: the same for every try to make its object.
    pub token: String,
    /// Counts the objects that this address has had, from 0.
    pub generation: u32,
    /// Earlier generations whose objects may still exist, oldest first.
    pub superseded: Vec<Superseded>,
    /// How long its last create or update took: what the order of the next apply goes by.
    pub duration_seconds: Option<f64>,
}

impl ResourceState {
    /// A token for a new generation: 32 characters of `[0-9a-f]`.
    pub fn new_token() -> String {
        uuid::Uuid::new_v4().simple().to_string()
    }

    /// The identifier of its current object, where it is known.
    pub fn id(&self) -> Option<&ResourceId> {
        self.life.id()
    }

    pub fn with(&self, life: Life) -> Self {
        Self { life, ..self.clone() }
    }

    /// The same at another address. An object whose create was interrupted has the tags of the one that it comes from.
    pub fn moved_from(self, address: &Address) -> Self {
        Self { life: self.life.moved_from(address), ..self }
    }

    /// How long ago the create of its object was intended. Another machine's clock may be ahead: then not at all.
    pub fn age(&self) -> Option<Duration> {
        let age = Timestamp::now().duration_since(self.intended?);
        Some(Duration::try_from(age).unwrap_or_default())
    }

    /// True for an object whose deletion was intended and that may still be there.
    pub fn is_going(&self) -> bool {
        matches!(self.life, Life::Going { .. })
    }

    /// What is left once the object is deleted that the next generation takes the place of: nothing of what was written or
    /// asked for counts for that one.
    pub fn awaiting_successor(&self, generation: u32) -> Self {
        let token = Self::new_token();
        Self { life: Life::AwaitingSuccessor, generation, token, last_snapshot: None, baseline: None, ..self.clone() }
    }

    /// True while something about it was intended and its outcome is not recorded.
    pub fn is_unsettled(&self) -> bool {
        !self.life.is_ready() || self.superseded.iter().any(|old| old.is_going)
    }

    /// Every object of the address, the current one last.
    pub fn ids(&self) -> impl Iterator<Item = &ResourceId> {
        self.superseded.iter().map(|old| &old.id).chain(self.id())
    }

    /// The next generation, with this one's object kept as superseded.
    pub fn replaced_by(&self, mut next: Self) -> Self {
        next.generation = self.generation + 1;
        next.superseded = self.superseded.iter().cloned().chain(Superseded::of(self)).collect();
        next
    }

    /// The same with the deletion of its object intended, which takes this last snapshot.
    pub fn deleting(&self, id: ResourceId, last_snapshot: Option<String>) -> Self {
        Self { life: Life::Going { id }, last_snapshot, ..self.clone() }
    }

    /// The same with one earlier generation's deletion intended.
    pub fn deleting_superseded(&self, id: &ResourceId, last_snapshot: Option<&str>) -> Self {
        let mut next = self.clone();
        for old in next.superseded.iter_mut().filter(|old| old.id == *id) {
            old.is_going = true;
            old.last_snapshot = last_snapshot.map(str::to_owned);
        }
        next
    }

    /// The earlier generation whose object this is.
    pub fn superseded_by_id(&self, id: &ResourceId) -> Option<&Superseded> {
        self.superseded.iter().find(|old| old.id == *id)
    }

    /// The same with one earlier generation gone.
    pub fn without_superseded(&self, id: &ResourceId) -> Self {
        let mut next = self.clone();
        next.superseded.retain(|old| old.id != *id);
        next
    }

    /// Puts back every object of `earlier` that this would forget although no deletion of it was ever intended.
    pub(super) fn keep_objects_of(&mut self, earlier: &Self) {
        let current = Superseded::of(earlier);
        let known = earlier.superseded.iter().cloned().chain(current).filter(|old| !old.is_going);
        for old in known {
            if !self.ids().any(|id| *id == old.id) {
                self.superseded.push(old);
            }
        }
        self.superseded.sort_by_key(|old| old.generation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Status;
    use crate::state::testing::resource;

    #[test]
    fn an_object_of_a_clock_that_is_ahead_is_young() {
        let intended = Timestamp::now().checked_add(jiff::SignedDuration::from_hours(1)).ok();
        let state = ResourceState { intended, ..resource(None, Status::Creating) };
        assert_eq!(state.age(), Some(Duration::ZERO));
        assert_eq!(resource(None, Status::Creating).age(), None);
    }

    #[test]
    fn what_waits_for_its_successor_has_no_object_to_look_for_and_no_token_that_aws_knows() {
        let going = resource(Some("q-1"), Status::Deleting);
        assert!(going.is_going());
        let gone = going.awaiting_successor(going.generation + 1);
        assert_eq!(gone.life, Life::AwaitingSuccessor);
        assert_eq!((gone.ids().count(), gone.generation), (0, going.generation + 1));
        assert_ne!(gone.token, going.token);
    }
}
