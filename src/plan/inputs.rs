use std::collections::BTreeMap;

use super::{LiveReader, PlanOptions};
use crate::address::Address;
use crate::resources::{Registry, ResourceId};
use crate::schema::Catalog;
use crate::secrets::Vault;
use crate::stack::Stack;
use crate::state::Snapshot;

/// What a plan is made from.
pub struct Inputs<'a> {
    /// The stack as its file describes it; `None` where the file is gone and only an end can be planned.
    pub stack: Option<&'a Stack>,
    pub snapshot: &'a Snapshot,
    pub registry: &'a Registry,
    pub catalog: &'a Catalog,
    /// The way to live objects; `None` plans from state alone.
    pub reader: Option<&'a LiveReader<'a>>,
    pub options: &'a PlanOptions,
    /// What opens the secrets that state keeps.
    pub vault: &'a Vault,
    /// Objects to take in, beside those that the file imports.
    pub imports: BTreeMap<Address, ResourceId>,
    /// Objects are read whole, not only what the file or an expression needs of them.
    pub whole: bool,
}
