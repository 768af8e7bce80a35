use serde::Deserialize;
use strum::{Display, EnumIter};

/// What can be done with a resource. Each has its own permissions and time limit in the schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumIter, Deserialize)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Operation {
    Create,
    Read,
    Update,
    Delete,
    List,
}
