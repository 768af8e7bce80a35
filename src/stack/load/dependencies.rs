use std::collections::BTreeSet;

use super::declaration::Dependency;
use super::loader::{Declarations, Loader};
use crate::address::Address;
use crate::stack::diagnostic::did_you_mean;
use crate::stack::expression::Group;
use crate::stack::resource::Resource;

/// What a resource waits for.
impl Loader {
    pub(super) fn dependencies(&mut self, resource: &Resource, declarations: &Declarations) -> BTreeSet<Address> {
        let mut needed = BTreeSet::new();
        for template in resource.declaration.templates() {
            let mut expressions = Vec::new();
            template.expressions(&mut expressions);
            for reference in expressions.iter().flat_map(|(.., expression)| &expression.references) {
                needed.extend(self.engine.dependencies(reference, resource.each.as_ref()).into_iter().cloned());
            }
        }
        for dependency in &resource.declaration.depends_on {
            self.check_dependency(dependency, declarations);
            match (self.engine.groups.get(&dependency.name), &dependency.key) {
                (Some(Group::Single(address)), _) => needed.extend([address.clone()]),
                (Some(Group::Members(members)), Some(key)) => needed.extend(members.get(key).cloned()),
                (Some(Group::Members(members)), None) => needed.extend(members.values().cloned()),
                _ => {}
            }
        }
        needed
    }

    pub(super) fn check_dependency(&mut self, dependency: &Dependency, declarations: &Declarations) {
        let name = &dependency.name;
        let (message, suggestion) = match (self.engine.groups.get(name), &dependency.key) {
            (None, _) => {
                let suggestion = did_you_mean(name, declarations.keys().map(String::as_str));
                (format!("`{name}` is no resource of this stack"), suggestion)
            }
            (Some(Group::Single(_)), Some(_)) => (format!("`{name}` has no `for_each`, so it has no members"), None),
            // A member that `when` leaves out is not there to wait for.
            (Some(Group::Members(_)), Some(_))
                if declarations.get(name).is_some_and(|other| other.decides_members()) =>
            {
                return;
            }
            (Some(Group::Members(members)), Some(key)) if !members.contains_key(key) => {
                (format!("`{name}` has no member \"{key}\""), did_you_mean(key, members.keys().map(String::as_str)))
            }
            _ => return,
        };
        self.problems.error_with(dependency.span, message, suggestion);
    }
}
