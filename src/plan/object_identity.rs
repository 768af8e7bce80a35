use indexmap::IndexMap;

use crate::address::Address;
use crate::resources::Ownership;
use crate::stack::Stack;

/// What names and tags an object: its stack's identity and its own address.
#[derive(Debug, Clone, Copy)]
pub struct ObjectIdentity<'a> {
    pub project: &'a str,
    pub stack: &'a str,
    pub address: &'a Address,
    /// The stack's own tags.
    pub tags: &'a IndexMap<String, String>,
    /// False for an imported object: it gets only the tags that its own properties write.
    pub owned: bool,
}

impl<'a> ObjectIdentity<'a> {
    pub fn of(stack: &'a Stack, address: &'a Address) -> Self {
        Self { project: &stack.project, stack: &stack.name, address, tags: &stack.tags, owned: true }
    }

    pub fn ownership(&self) -> Ownership {
        Ownership { project: self.project.to_owned(), stack: self.stack.to_owned(), address: self.address.clone() }
    }
}

#[cfg(test)]
mod tests {
    use crate::resources::Registry;
    use crate::schema::Catalog;

    /// A stack or a resource that gets another name must not have its objects replaced for it.
    #[test]
    fn tags_of_every_type_change_in_place() {
        for driver in Registry::standard().iter() {
            let Some(schema) = Catalog::standard().get(driver.type_name()) else { continue };
            let Some(tags) = schema.tag_property() else { continue };
            let is_fixed = schema.create_only().iter().any(|path| path.top_level() == Some(tags.name.as_str()));
            assert!(!is_fixed, "{}", driver.type_name());
        }
    }
}
