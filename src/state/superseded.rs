use serde::{Deserialize, Serialize};

use super::{Life, Origin, Readiness, ResourceState, Status};
use crate::address::Address;
use crate::resources::{OnDelete, Properties, ResourceId};

/// An earlier generation of a resource whose object still has to be deleted: everything its deletion needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Superseded {
    pub id: ResourceId,
    #[serde(rename = "type")]
    pub type_name: String,
    pub region: String,
    pub properties: Properties,
    pub outputs: Properties,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Address>,
    #[serde(default)]
    pub protect: bool,
    #[serde(default)]
    pub on_delete: OnDelete,
    /// The name of the last snapshot that its deletion takes, once that is intended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_snapshot: Option<String>,
    /// True once its deletion is about to begin; only then may it leave state. `ready` or `deleting` in files.
    #[serde(rename = "status", with = "going")]
    pub is_going: bool,
    pub token: String,
    pub generation: u32,
}

impl Superseded {
    /// The resource's current object as an earlier generation; `None` where it has no known object.
    pub fn of(resource: &ResourceState) -> Option<Self> {
        Some(Self {
            id: resource.id()?.clone(),
            type_name: resource.type_name.clone(),
            region: resource.region.clone(),
            properties: resource.properties.clone(),
            outputs: resource.outputs.clone(),
            dependencies: resource.dependencies.clone(),
            protect: resource.protect,
            on_delete: resource.on_delete,
            last_snapshot: resource.last_snapshot.clone(),
            is_going: resource.is_going(),
            token: resource.token.clone(),
            generation: resource.generation,
        })
    }

    /// The object as the current one of its address.
    pub(super) fn into_current(self) -> ResourceState {
        let life = match self.is_going {
            true => Life::Going { id: self.id },
            false => Life::Known { id: self.id, readiness: Readiness::Incomplete },
        };
        ResourceState {
            life,
            intended: None,
            type_name: self.type_name,
            region: self.region,
            properties: self.properties,
            outputs: self.outputs,
            baseline: None,
            dependencies: self.dependencies,
            protect: self.protect,
            on_delete: self.on_delete,
            last_snapshot: self.last_snapshot,
            origin: Origin::Created,
            timeout: None,
            token: self.token,
            generation: self.generation,
            superseded: Vec::new(),
            duration_seconds: None,
        }
    }
}

/// The word that files have for it.
mod going {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Status;

    pub fn serialize<S: Serializer>(is_going: &bool, serializer: S) -> Result<S::Ok, S::Error> {
        let status = if *is_going { Status::Deleting } else { Status::Ready };
        status.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
        Ok(Status::deserialize(deserializer)? == Status::Deleting)
    }
}
