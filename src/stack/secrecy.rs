use std::collections::HashSet;

use super::Stack;
use super::expression::{Each, Frame};
use super::resource::Resource;
use super::scope::NothingKnown;
use super::template::Template;
use crate::address::Address;
use crate::expression::{Access, Reference};
use crate::schema::Catalog;

/// Follows what the file writes back to the secrets that it is made of, whether their values are known already or not.
pub(super) struct Secrecy<'a> {
    stack: &'a Stack,
    /// Attributes that were looked at, so that a circle ends.
    seen: HashSet<(&'a Address, String)>,
}

impl<'a> Secrecy<'a> {
    pub fn new(stack: &'a Stack) -> Self {
        Self { stack, seen: HashSet::new() }
    }

    /// True if what a resource's file writes at a path is made of a secret.
    pub fn property(&mut self, resource: &'a Resource, path: &[&str]) -> bool {
        let template = resource.declaration.properties.at(path);
        template.is_some_and(|template| self.template(template, resource.each.as_ref()))
    }

    fn template(&mut self, template: &'a Template, each: Option<&'a Each>) -> bool {
        let mut expressions = Vec::new();
        template.expressions(&mut expressions);
        expressions.into_iter().any(|(.., expression)| {
            expression.gives_secrets() || expression.references.iter().any(|reference| self.reference(reference, each))
        })
    }

    fn reference(&mut self, reference: &'a Reference, each: Option<&'a Each>) -> bool {
        let engine = &self.stack.engine;
        match reference.root.as_str() {
            "stack" => false,
            "config" => engine.reads_secret_config(reference, each),
            "each" => engine.reads_secret_text(reference, Frame { each, scope: &NothingKnown, lenient: true }),
            _ if reference.access == Access::Keys && reference.segments.is_empty() => false,
            _ => {
                let attribute = engine.attribute(reference);
                engine.dependencies(reference, each).into_iter().any(|address| self.attribute(address, attribute))
            }
        }
    }

    /// `None` for all that a resource has.
    fn attribute(&mut self, address: &'a Address, name: Option<&str>) -> bool {
        let Some(resource) = self.stack.resources.get(address) else { return false };
        if !self.seen.insert((address, name.unwrap_or_default().to_owned())) {
            return false;
        }
        let schema = Catalog::standard().get(&resource.type_name);
        let is_secret_output = schema.is_some_and(|schema| match name {
            Some(name) => schema.is_secret_output(name),
            None => schema.attributes().any(|name| schema.is_secret_output(name)),
        });
        is_secret_output || self.property(resource, name.as_slice())
    }
}
