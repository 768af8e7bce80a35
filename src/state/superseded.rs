use serde::{Deserialize, Serialize};

use super::{ResourceState, Status};
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
    /// `Deleting` once its deletion is about to begin; only then may it leave state.
    pub status: Status,
    pub token: String,
    pub generation: u32,
}

impl Superseded {
    /// The resource's current object as an earlier generation; `None` where it has no known object.
    pub fn of(resource: &ResourceState) -> Option<Self> {
        Some(Self {
            id: resource.id.clone()?,
            type_name: resource.type_name.clone(),
            region: resource.region.clone(),
            properties: resource.properties.clone(),
            outputs: resource.outputs.clone(),
            dependencies: resource.dependencies.clone(),
            protect: resource.protect,
            on_delete: resource.on_delete,
            status: if resource.status == Status::Deleting { Status::Deleting } else { Status::Ready },
            token: resource.token.clone(),
            generation: resource.generation,
        })
    }
}
