use serde::{Deserialize, Serialize};

use crate::address::Address;

/// A resource that got another address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    pub from: Address,
    pub to: Address,
}
