use std::collections::{BTreeSet, HashMap};

use super::Stack;
use super::expression::{Reference, ReferenceSegment};
use crate::address::Address;

impl Stack {
    /// The attributes that expressions of the stack read, by the resource's name: what has to be known of each.
    pub fn referenced_attributes(&self) -> HashMap<&str, BTreeSet<&str>> {
        let declared = self.resources.values().flat_map(|resource| resource.declaration.templates());
        let mut expressions = Vec::new();
        declared.chain(self.outputs.values()).for_each(|template| template.expressions(&mut expressions));
        let mut referenced: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for reference in expressions.iter().flat_map(|(_, _, expression)| &expression.references) {
            let attributes = referenced.entry(reference.root.as_str()).or_default();
            attributes.extend(attribute(self, reference));
        }
        referenced
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
