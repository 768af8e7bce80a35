use std::borrow::Borrow;
use std::cell::OnceCell;

use cel::common::value::Val;

use crate::expression::to_cel;
use crate::value::Value;

/// A value that many expressions read: made into what they take when the first one does, and not for each.
pub(super) struct Readable<V> {
    pub value: V,
    converted: OnceCell<Option<Box<dyn Val>>>,
}

impl<V: Borrow<Value>> Readable<V> {
    pub fn new(value: V) -> Self {
        Self { value, converted: OnceCell::new() }
    }

    /// `None` for what has no form there, which no value of ours is.
    pub fn for_expressions(&self) -> Option<&dyn Val> {
        self.converted.get_or_init(|| to_cel(self.value.borrow()).try_into().ok()).as_deref()
    }
}
