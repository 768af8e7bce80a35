use std::borrow::Cow;

use crate::address::Address;
use crate::value::{Unknown, Value};

/// What the resources of a stack are, as far as it is known: what `${jobs.Arn}` is looked up in.
pub trait Scope {
    /// A resource's properties and outputs: a map, with `Value::Unknown` where a value is not known yet, or wholly
    /// unknown. A property that neither the file nor AWS gives a value to is absent from the map.
    fn attributes<'a>(&'a self, address: &Address) -> Cow<'a, Value>;

    /// What `${jobs}` is, without a property: what changes of ours decide about it, so that nothing follows from what AWS
    /// changes by itself.
    fn whole<'a>(&'a self, address: &Address) -> Cow<'a, Value> {
        self.attributes(address)
    }
}

/// A scope in which nothing exists yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingKnown;

impl Scope for NothingKnown {
    fn attributes<'a>(&'a self, address: &Address) -> Cow<'a, Value> {
        Cow::Owned(Value::Unknown(Unknown { expression: address.to_string(), waits_for: vec![address.clone()] }))
    }
}
