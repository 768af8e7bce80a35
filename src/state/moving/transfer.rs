use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::held::Held;
use super::{Moved, StateSite};
use crate::state::fence::load_alone;
use crate::state::lock::current;
use crate::state::store::{Condition, ObjectVersion, PutOutcome};
use crate::state::{LockOptions, Snapshot, StateError};

/// What a move brought along.
#[derive(Debug, Clone, PartialEq)]
pub struct Transferred {
    /// As it counts in the new place.
    pub snapshot: Snapshot,
    /// Records of the history that were copied.
    pub records: usize,
}

/// Records copied at a time.
const AT_ONCE: usize = 16;

/// Moves a stack's state with its history: under the locks of both places, the copy is made and read back, the former place
/// is marked, and only then the copy counts. Cut off at any point, the same move can be made again and goes on; never do two
/// places count.
///
/// # Errors
/// `NothingToMove`, `Occupied` where the new place has another state, `SamePlace`, `Locked` by whoever works in either
/// place, `Moved` and `Arriving` where the former place is none any more or not yet.
pub async fn transfer(from: &StateSite, to: &StateSite, options: &LockOptions) -> Result<Transferred, StateError> {
    if from.peek().await?.is_none() {
        return Err(StateError::NothingToMove(from.place.to_string()));
    }
    let source = Held::take(from, options).await?;
    let outcome = into(&source, to, options).await;
    source.release(outcome).await
}

async fn into(source: &Held<'_>, to: &StateSite, options: &LockOptions) -> Result<Transferred, StateError> {
    // A folder or a prefix can be written in more than one way; one lock tells.
    let there = current(to.store.as_ref(), &to.keys()?).await?;
    if there.is_some_and(|record| record.id == source.lease.id()) {
        return Err(StateError::SamePlace(to.place.to_string()));
    }
    let target = Held::take(to, options).await?;
    let outcome = Transfer { source, target: &target, id: Uuid::new_v4() }.run().await;
    target.release(outcome).await
}

struct Transfer<'a> {
    source: &'a Held<'a>,
    target: &'a Held<'a>,
    /// Names this move in both places.
    id: Uuid,
}

impl Transfer<'_> {
    async fn run(self) -> Result<Transferred, StateError> {
        let left = self.source.site.peek_with_version().await?;
        let (left, _) = left.ok_or_else(|| StateError::NothingToMove(self.source.site.place.to_string()))?;
        let found = self.target.site.peek_with_version().await?;
        match (&left.moved, found) {
            (Some(Moved::To { id, .. }), Some((arrived, version))) if arrived.arrived_by(*id) => {
                self.finish(&arrived, version).await
            }
            (_, found) => {
                left.ensure_here(&self.source.site.place.to_string())?;
                self.copy(found).await
            }
        }
    }

    async fn copy(&self, found: Option<(Snapshot, ObjectVersion)>) -> Result<Transferred, StateError> {
        let Held { site, keys, lease } = self.source;
        let stand = load_alone(&site.store, keys, &site.identity(), lease).await?;
        let condition = self.condition(&stand.snapshot, found.as_ref()).await?;
        self.raise_epoch(found.as_ref().map(|(snapshot, _)| snapshot)).await?;
        let records = self.copy_history().await?;
        let arriving = self.arriving(&stand.snapshot);
        let version = self.target.write(&arriving, condition).await?;
        self.mark(&stand.snapshot, stand.version).await?;
        Ok(Transferred { records, ..self.finish(&arriving, version).await? })
    }

    /// When the copy may be written: over nothing, over a state in which nothing was recorded, or over what this state itself
    /// left there earlier.
    async fn condition(
        &self,
        moving: &Snapshot,
        found: Option<&(Snapshot, ObjectVersion)>,
    ) -> Result<Condition, StateError> {
        let is_known = self.target.lease.state().is_some_and(|mark| mark.serial > 0);
        let has_journal = !self.target.segments().await?.is_empty();
        let occupied = |reason| StateError::Occupied { place: self.target.site.place.to_string(), reason };
        match found {
            None if is_known || has_journal => Err(occupied("it had a state of its own, whose state.json is missing")),
            None => Ok(Condition::Absent),
            Some((there, version)) if there.serial == 0 && there.moved.is_none() && !has_journal => {
                Ok(Condition::Matches(version.clone()))
            }
            Some((there, _)) if there.moved.is_none() => Err(occupied("it has a state of its own")),
            Some((there, version)) if there.lineage == moving.lineage => Ok(Condition::Matches(version.clone())),
            Some(_) => Err(occupied("another state was there, which was moved on")),
        }
    }

    /// Whatever was written in the new place comes before what this move writes.
    async fn raise_epoch(&self, found: Option<&Snapshot>) -> Result<(), StateError> {
        let written = self.target.segments().await?.into_iter().chain(found.map(|snapshot| snapshot.journal));
        let last = written.map(|position| position.epoch).max().unwrap_or_default();
        self.target.lease.raise_epoch(last + 1).await
    }

    async fn copy_history(&self) -> Result<usize, StateError> {
        let listed = self.source.site.store.list(&self.source.keys.history()).await?;
        let numbers = listed.iter().filter_map(|key| self.source.keys.record_number(key));
        let copies = stream::iter(numbers).map(|number| self.copy_record(number)).buffer_unordered(AT_ONCE);
        Ok(copies.try_collect::<Vec<()>>().await?.len())
    }

    async fn copy_record(&self, number: u64) -> Result<(), StateError> {
        let (from, to) = (self.source.keys.record(number), self.target.keys.record(number));
        let Some(record) = self.source.site.store.get(&from).await? else { return Ok(()) };
        self.target.lease.ensure_held()?;
        match self.target.site.store.put(&to, &record.bytes, &Condition::Absent).await? {
            PutOutcome::Written(_) => Ok(()),
            PutOutcome::Conflict => Err(StateError::Occupied {
                place: format!("{}/{to}", self.target.site.store.place()),
                reason: "it is another record of history",
            }),
        }
    }

    fn arriving(&self, snapshot: &Snapshot) -> Snapshot {
        let (from, to) = (&self.source.site.place, &self.target.site.place);
        let (project, stack) = (to.project.clone(), to.stack.clone());
        let here = Snapshot { project, stack, journal: self.target.position(), ..snapshot.clone() };
        here.marked(Moved::From { place: from.clone(), id: self.id })
    }

    /// From here on the former place does not count. Its journal is part of the mark's snapshot, and stays: the fences in it
    /// keep out whoever lost the lock and does not know.
    async fn mark(&self, snapshot: &Snapshot, version: Option<ObjectVersion>) -> Result<(), StateError> {
        self.target.lease.ensure_held()?;
        let left = Snapshot { journal: self.source.position(), ..snapshot.clone() };
        let mark = left.marked(Moved::To { place: self.target.site.place.clone(), id: self.id });
        self.source.write(&mark, version.map_or(Condition::Absent, Condition::Matches)).await?;
        Ok(())
    }

    async fn finish(&self, arrived: &Snapshot, version: ObjectVersion) -> Result<Transferred, StateError> {
        let snapshot = arrived.unmarked();
        self.target.write(&snapshot, Condition::Matches(version)).await?;
        Ok(Transferred { snapshot, records: 0 })
    }
}
