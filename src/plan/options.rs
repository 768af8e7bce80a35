use crate::address::Address;

/// What the command line decides about a plan.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct PlanOptions {
    /// Only these resources and what they depend on: addresses, or names for all members of a `for_each`.
    pub target: Vec<String>,
    /// Not these resources, nor what depends on them.
    pub exclude: Vec<String>,
    /// Protected resources that may be deleted or replaced.
    pub allow_destroy: Vec<String>,
    /// Resources whose objects are taken over from the stack that their tags name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub take_over: Vec<String>,
    /// Plan the end of the whole stack.
    pub destroy: bool,
}

impl PlanOptions {
    pub fn allows_destroy(&self, address: &Address) -> bool {
        names(&self.allow_destroy, address)
    }

    pub fn takes_over(&self, address: &Address) -> bool {
        names(&self.take_over, address)
    }
}

fn names(list: &[String], address: &Address) -> bool {
    list.iter().any(|name| name == address.as_str() || name == address.name())
}
