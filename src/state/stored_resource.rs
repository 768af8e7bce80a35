use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Life, Origin, Readiness, ResourceState, Status, Superseded};
use crate::address::Address;
use crate::resources::{OnDelete, Properties, ResourceId};

/// A resource as files of state have it. `id` and `status` together are its `Life`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredResource {
    /// AWS's own name, `AWS::SQS::Queue`.
    #[serde(rename = "type")]
    type_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<ResourceId>,
    region: String,
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intended: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intended_as: Option<Address>,
    properties: Properties,
    #[serde(default)]
    outputs: Properties,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baseline: Option<Properties>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<Address>,
    #[serde(default)]
    protect: bool,
    #[serde(default)]
    on_delete: OnDelete,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_snapshot: Option<String>,
    #[serde(default)]
    origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "timeout_seconds")]
    timeout: Option<u64>,
    token: String,
    generation: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    superseded: Vec<Superseded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<f64>,
}

impl StoredResource {
    /// An identifier is always of an object that is there: version 0.1 wrote `creating` with one for what it had found.
    fn life(&self) -> Life {
        let Some(id) = self.id.clone() else {
            return match self.status {
                Status::Deleting => Life::AwaitingSuccessor,
                _ => Life::Intended { tagged: self.intended_as.clone() },
            };
        };
        let readiness = match self.status {
            Status::Deleting => return Life::Going { id },
            Status::Creating | Status::Incomplete => Readiness::Incomplete,
            Status::Ready => Readiness::Ready,
            Status::Updating => Readiness::Updating,
        };
        Life::Known { id, readiness }
    }
}

impl From<StoredResource> for ResourceState {
    fn from(stored: StoredResource) -> Self {
        Self {
            life: stored.life(),
            intended: stored.intended,
            type_name: stored.type_name,
            region: stored.region,
            properties: stored.properties,
            outputs: stored.outputs,
            baseline: stored.baseline,
            dependencies: stored.dependencies,
            protect: stored.protect,
            on_delete: stored.on_delete,
            last_snapshot: stored.last_snapshot,
            origin: stored.origin,
            timeout: stored.timeout.map(Duration::from_secs),
            token: stored.token,
            generation: stored.generation,
            superseded: stored.superseded,
            duration_seconds: stored.duration_seconds,
        }
    }
}

impl From<ResourceState> for StoredResource {
    fn from(state: ResourceState) -> Self {
        let intended_as = match &state.life {
            Life::Intended { tagged } => tagged.clone(),
            _ => None,
        };
        Self {
            id: state.life.id().cloned(),
            status: Status::of(&state.life),
            intended: state.intended,
            intended_as,
            type_name: state.type_name,
            region: state.region,
            properties: state.properties,
            outputs: state.outputs,
            baseline: state.baseline,
            dependencies: state.dependencies,
            protect: state.protect,
            on_delete: state.on_delete,
            last_snapshot: state.last_snapshot,
            origin: state.origin,
            // The file's unit: what is less than a second is one.
            timeout: state.timeout.map(|timeout| timeout.as_secs().max(1)),
            token: state.token,
            generation: state.generation,
            superseded: state.superseded,
            duration_seconds: state.duration_seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::resource;

    #[test]
    fn every_stand_of_a_life_reads_back_as_it_was_written() {
        let id = || ResourceId::new("q-1");
        let intended = "2026-11-26T10:00:00Z".parse().ok();
        let known = |readiness| Life::Known { id: id(), readiness };
        for life in [
            Life::Intended { tagged: Some("old".into()) },
            Life::Intended { tagged: None },
            known(Readiness::Incomplete),
            known(Readiness::Ready),
            known(Readiness::Updating),
            Life::Going { id: id() },
            Life::AwaitingSuccessor,
        ] {
            let timeout = Some(Duration::from_secs(90));
            let baseline = Some(Properties::from_iter([("DelaySeconds".to_owned(), 5.into())]));
            let state = ResourceState { intended, timeout, baseline, ..resource(None, Status::Creating).with(life) };
            let json = serde_json::to_value(&state).unwrap();
            assert_eq!(serde_json::from_value::<ResourceState>(json).unwrap(), state);
        }
    }

    #[test]
    fn an_object_that_an_earlier_version_found_is_to_be_finished() {
        let mut json = serde_json::to_value(resource(Some("q-1"), Status::Ready)).unwrap();
        json["status"] = "creating".into();
        let state: ResourceState = serde_json::from_value(json).unwrap();
        assert!(state.life.is_incomplete());
    }
}
