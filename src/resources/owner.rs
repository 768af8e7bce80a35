use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Ownership;

/// The stack that an object's tags name as its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub project: String,
    pub stack: String,
    /// As the tag spells it; `None` where there is no such tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Owner {
    /// `None` where the tags do not name a stack: a part of a name is nobody's.
    pub fn of(tags: &BTreeMap<String, String>) -> Option<Self> {
        let [project, stack, address] = Ownership::KEYS.map(|key| tags.get(key).filter(|value| !value.is_empty()));
        Some(Self { project: project?.clone(), stack: stack?.clone(), address: address.cloned() })
    }
}

/// ``shop/prod, as `jobs` ``.
impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.project, self.stack)?;
        self.address.as_ref().map_or(Ok(()), |address| write!(formatter, ", as `{address}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(tags: &[(&str, &str)]) -> Option<String> {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Owner::of(&tags).map(|owner| owner.to_string())
    }

    #[test]
    fn only_tags_that_name_a_stack_name_an_owner() {
        let (project, stack, address) = (("infra:project", "shop"), ("infra:stack", "prod"), ("infra:address", "jobs"));
        assert_eq!(owner(&[project, stack, address]).as_deref(), Some("shop/prod, as `jobs`"));
        assert_eq!(owner(&[project, stack]).as_deref(), Some("shop/prod"));
        assert_eq!(owner(&[project, address]), None);
        assert_eq!(owner(&[("infra:project", ""), stack]), None);
        assert_eq!(owner(&[("team", "shop")]), None);
    }
}
