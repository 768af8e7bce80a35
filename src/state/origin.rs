use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

/// How an object came into state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Origin {
    /// Made by us.
    #[default]
    Created,
    /// Made by someone else and taken in: it keeps the tags that it has.
    Imported,
    /// Made by another stack and moved here on purpose, with its ownership tags: as if made by us from then on.
    TakenOver,
    /// Only looked at: never changed and never deleted.
    Lookup,
}
