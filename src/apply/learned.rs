use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::address::Address;
use crate::value::Value;

/// What the operations of this run have found out of their objects: newer than the plan, and with the secrets that state keeps
/// only fingerprints of.
#[derive(Default)]
pub struct Learned(Mutex<HashMap<Address, Finding>>);

/// What is known of one object.
#[derive(Clone)]
pub struct Finding {
    pub attributes: Value,
    /// What our changes decide about it, where an expression reads the resource as a whole.
    pub decided: Option<Value>,
}

impl Learned {
    pub fn insert(&self, address: &Address, finding: Finding) {
        self.findings().insert(address.clone(), finding);
    }

    pub fn attributes(&self, address: &Address) -> Option<Value> {
        self.findings().get(address).map(|finding| finding.attributes.clone())
    }

    pub fn decided(&self, address: &Address) -> Option<Value> {
        self.findings().get(address).and_then(|finding| finding.decided.clone())
    }

    fn findings(&self) -> MutexGuard<'_, HashMap<Address, Finding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
