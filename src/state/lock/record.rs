use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::Display;
use uuid::Uuid;

use super::{Holder, StateMark};

/// What `lock.json` holds. It is rewritten and never deleted, so its epoch only grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRecord {
    /// The format of this file.
    pub version: u32,
    /// Names one run's hold on the lock.
    pub id: Uuid,
    /// Counts the holds; a run's journal segments carry it.
    pub epoch: u64,
    /// The first epoch that may still have a writer: every run since has ended without releasing the lock.
    pub unsure_since: u64,
    pub holder: Holder,
    pub acquired: Timestamp,
    /// By the holder's own clock; for people to read.
    pub expires: Timestamp,
    pub lease_milliseconds: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Release>,
    /// What was durable of the stack's state; `None` where there is none yet, and in a lock of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateMark>,
}

/// The end of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub at: Timestamp,
    pub by: ReleasedBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReleasedBy {
    Holder,
    /// `infra state unlock`: the holder may not know.
    Unlock,
}

impl LockRecord {
    pub(super) const VERSION: u32 = 1;
    /// The store tells an age to a second.
    const GRANULARITY: Duration = Duration::from_secs(1);

    /// A new hold after `previous`.
    pub(super) fn taking(previous: Option<&Self>, holder: Holder, lease: Duration) -> Self {
        let epoch = previous.map_or(1, |previous| previous.epoch + 1);
        let unsure_since = previous.filter(|previous| !previous.ended_well()).map_or(epoch, |it| it.unsure_since);
        let now = Timestamp::now();
        Self {
            version: Self::VERSION,
            id: Uuid::new_v4(),
            epoch,
            unsure_since,
            holder,
            acquired: now,
            expires: after(now, lease),
            lease_milliseconds: u64::try_from(lease.as_millis()).unwrap_or(u64::MAX),
            released: None,
            state: previous.and_then(|previous| previous.state),
        }
    }

    pub(super) fn renewed(&self) -> Self {
        Self { expires: after(Timestamp::now(), self.lease()), ..self.clone() }
    }

    pub(super) fn released(&self, by: ReleasedBy) -> Self {
        Self { released: Some(Release { at: Timestamp::now(), by }), ..self.clone() }
    }

    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_milliseconds)
    }

    /// True if someone else may take it now: it is released, its process is gone, or nobody renewed it for longer than
    /// its lease. `age` is the time since it was last written, by the store's clock where the store has one.
    pub(super) fn is_free(&self, age: Option<Duration>) -> bool {
        let margin = self.lease() / 10 + Self::GRANULARITY;
        let expired = match age {
            Some(age) => age > self.lease() + margin,
            None => Timestamp::now() > after(self.expires, margin),
        };
        self.released.is_some() || expired || self.holder.is_gone()
    }

    /// Who it is, since when and from where.
    pub fn describe(&self) -> String {
        let Holder { user, host, pid, command, place, .. } = &self.holder;
        let place = if place.is_empty() { String::new() } else { format!(", {place}") };
        format!("{user} on {host} (process {pid}{place}) since {:.0}: {command}", self.acquired)
    }

    /// When its holder last renewed it, by the holder's own clock.
    pub fn renewed_at(&self) -> Timestamp {
        let lease = SignedDuration::try_from(self.lease()).unwrap_or_default();
        self.expires.checked_sub(lease).unwrap_or(self.acquired)
    }

    pub(super) fn ended_well(&self) -> bool {
        self.released.as_ref().is_some_and(|release| release.by == ReleasedBy::Holder)
    }
}

fn after(time: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}
