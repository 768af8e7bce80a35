use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::loader::Loader;
use super::properties::path_texts;
use crate::address::Address;
use crate::schema::{Asked, Catalog, PropertyPath, Referred, ResourceSchema, Subject, Violation};
use crate::stack::diagnostic::Problems;
use crate::stack::expression::{Engine, Frame};
use crate::stack::resource::Resource;
use crate::stack::scope::NothingKnown;
use crate::stack::template::{Evaluation, Part, Template, TemplateKind};
use crate::value::Value;

/// Properties against those of the resources that they refer to.
impl Loader {
    pub(super) fn check_relations(&mut self, resources: &IndexMap<Address, Resource>) {
        let relations = Relations { engine: &self.engine, resources, written: RefCell::default() };
        let mut schemas: HashMap<&str, Option<Arc<ResourceSchema>>> = HashMap::new();
        let mut found = Vec::new();
        for resource in resources.values().filter(|resource| !resource.is_lookup() && !resource.unchecked) {
            let schema = schemas.entry(&resource.type_name).or_insert_with(|| {
                Catalog::standard().get(&resource.type_name).filter(|schema| schema.has_conditions(Asked::AmongOthers))
            });
            if let Some(schema) = schema {
                let violations = relations.violations(resource, schema, &self.problems);
                found.push((resource, violations));
            }
        }
        for (resource, violations) in found {
            self.tell(&resource.declaration, violations);
        }
    }
}

/// The stack's resources, with the properties of those that others refer to.
struct Relations<'a> {
    engine: &'a Engine,
    resources: &'a IndexMap<Address, Resource>,
    written: RefCell<HashMap<Address, Arc<Value>>>,
}

impl Relations<'_> {
    fn violations(&self, resource: &Resource, schema: &ResourceSchema, problems: &Problems) -> Vec<Violation> {
        let properties = self.evaluate(resource, problems);
        let referred = |path: &PropertyPath| self.referred(resource, path, problems);
        schema.unmet_conditions(Asked::AmongOthers, &Subject::among(&properties, &referred))
    }

    /// What is wrong with the expressions was told when they were first evaluated.
    fn evaluate(&self, resource: &Resource, problems: &Problems) -> Value {
        let declaration = &resource.declaration;
        let frame = Frame { each: resource.each.as_ref(), scope: &NothingKnown, lenient: true };
        let mut told = Problems::new(Arc::clone(&problems.source));
        let evaluated =
            Evaluation { engine: self.engine, frame, problems: &mut told }.properties(&declaration.properties);
        match Catalog::standard().get(&declaration.type_name) {
            Some(schema) => schema.coerced(evaluated),
            None => evaluated,
        }
    }

    /// The resource that the value at a path is a reference to, or the only item of the list there.
    fn referred(&self, resource: &Resource, path: &PropertyPath, problems: &Problems) -> Option<Referred> {
        let template = resource.declaration.properties.at(&path_texts(path))?;
        let address = self.address(template, resource)?;
        // What is found or taken over may have more than is written here: a VPC further networks.
        let is_made_here = |other: &&Resource| !other.is_lookup() && !other.declaration.options.contains_key("import");
        let other = self.resources.get(address).filter(is_made_here)?;
        let known = self.written.borrow().get(address).cloned();
        let properties = known.unwrap_or_else(|| {
            let properties = Arc::new(self.evaluate(other, problems));
            self.written.borrow_mut().insert(address.clone(), Arc::clone(&properties));
            properties
        });
        Some(Referred { type_name: other.type_name.clone(), properties })
    }

    fn address<'t>(&'t self, template: &'t Template, resource: &Resource) -> Option<&'t Address> {
        match &template.kind {
            TemplateKind::List(items) => match items.as_slice() {
                [only] => self.address(only, resource),
                _ => None,
            },
            TemplateKind::Dynamic(dynamic) => {
                let [Part::Expression { expression, .. }] = dynamic.parts.as_slice() else { return None };
                match self.engine.dependencies(expression.path()?, resource.each.as_ref()).as_slice() {
                    [only] => Some(only),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
