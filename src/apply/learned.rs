use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::address::Address;
use crate::value::Value;

/// What the operations of this run have found out of their objects: newer than the plan, and with the secrets that state keeps
/// only fingerprints of.
#[derive(Default)]
pub struct Learned(Mutex<HashMap<Address, Value>>);

impl Learned {
    pub fn insert(&self, address: &Address, attributes: Value) {
        self.attributes().insert(address.clone(), attributes);
    }

    pub fn get(&self, address: &Address) -> Option<Value> {
        self.attributes().get(address).cloned()
    }

    fn attributes(&self) -> MutexGuard<'_, HashMap<Address, Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
