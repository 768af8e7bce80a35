use std::borrow::Cow;
use std::collections::HashMap;

use crate::address::Address;
use crate::stack::Scope;
use crate::value::{Unknown, Value};

/// What expressions may know: the attributes of the resources that are decided or done.
#[derive(Debug, Default, Clone)]
pub struct Attributes {
    by_address: HashMap<Address, Value>,
    /// Of those that an expression reads without naming an attribute.
    whole: HashMap<Address, Value>,
}

impl Attributes {
    pub fn insert(&mut self, address: Address, attributes: Value) {
        self.by_address.insert(address, attributes);
    }

    pub fn insert_whole(&mut self, address: Address, decided: Value) {
        self.whole.insert(address, decided);
    }
}

impl Scope for Attributes {
    fn attributes<'a>(&'a self, address: &Address) -> Cow<'a, Value> {
        let unknown = || Unknown { expression: format!("${{{address}}}"), waits_for: vec![address.clone()] };
        self.by_address.get(address).map_or_else(|| Cow::Owned(Value::Unknown(unknown())), Cow::Borrowed)
    }

    fn whole<'a>(&'a self, address: &Address) -> Cow<'a, Value> {
        self.whole.get(address).map_or_else(|| self.attributes(address), Cow::Borrowed)
    }
}
