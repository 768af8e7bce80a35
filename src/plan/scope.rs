use std::borrow::Cow;
use std::collections::HashMap;

use crate::address::Address;
use crate::stack::Scope;
use crate::value::{Unknown, Value};

/// What expressions may know: the attributes of the resources that are decided or done.
#[derive(Debug, Default, Clone)]
pub struct Attributes(HashMap<Address, Value>);

impl Attributes {
    pub fn insert(&mut self, address: Address, attributes: Value) {
        self.0.insert(address, attributes);
    }

    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl Scope for Attributes {
    fn attributes<'a>(&'a self, address: &Address) -> Cow<'a, Value> {
        let unknown = || Unknown { expression: format!("${{{address}}}"), waits_for: vec![address.clone()] };
        self.0.get(address).map_or_else(|| Cow::Owned(Value::Unknown(unknown())), Cow::Borrowed)
    }
}
