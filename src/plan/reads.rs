use std::collections::BTreeSet;

use crate::schema::ResourceSchema;
use crate::stack::Referenced;

/// What expressions read of one resource: nothing else of it has to be known to others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reads {
    /// The attributes; of one that is read as a whole, all that AWS gives it as well.
    pub names: BTreeSet<String>,
    /// True where an expression reads the resource without naming an attribute.
    pub whole: bool,
}

impl Reads {
    pub fn of(referenced: Option<&Referenced<'_>>, schema: Option<&ResourceSchema>) -> Self {
        let Some(Referenced { attributes, whole }) = referenced else { return Self::default() };
        let outputs = schema.filter(|_| *whole).into_iter().flat_map(ResourceSchema::outputs);
        Self { names: attributes.iter().copied().chain(outputs).map(str::to_owned).collect(), whole: *whole }
    }

    /// Every attribute, for those who cannot tell.
    pub fn all() -> Self {
        Self { names: BTreeSet::new(), whole: true }
    }

    pub fn has(&self, name: &str) -> bool {
        self.whole || self.names.contains(name)
    }
}
