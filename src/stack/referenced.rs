use std::collections::{BTreeSet, HashMap};

use super::Stack;
use crate::address::Address;
use crate::expression::{Access, Reference, ReferenceSegment};

/// What expressions read of a resource.
#[derive(Debug, Default, PartialEq)]
pub struct Referenced<'a> {
    pub attributes: BTreeSet<&'a str>,
    /// True where one reads the resource without saying which of its attributes.
    pub whole: bool,
}

impl Stack {
    /// What expressions of the stack read, by the resource's name: what has to be known of each.
    pub fn referenced(&self) -> HashMap<&str, Referenced<'_>> {
        let declared = self.resources.values().flat_map(|resource| resource.declaration.templates());
        let mut expressions = Vec::new();
        declared.chain(self.outputs.values()).for_each(|template| template.expressions(&mut expressions));
        let mut found: HashMap<&str, Referenced<'_>> = HashMap::new();
        for reference in expressions.iter().flat_map(|(_, _, expression)| &expression.references) {
            let referenced = found.entry(reference.root.as_str()).or_default();
            match attribute(self, reference) {
                Some(name) => _ = referenced.attributes.insert(name),
                None => referenced.whole |= reference.access == Access::Value,
            }
        }
        found
    }
}

/// The first field of a resource, the second of a `for_each` member.
fn attribute<'a>(stack: &Stack, reference: &'a Reference) -> Option<&'a str> {
    let is_single = stack.resources.contains_key(&Address::new(&reference.root));
    match reference.segments.get(usize::from(!is_single))? {
        ReferenceSegment::Key(name) => Some(name),
        _ => None,
    }
}
