/// What the command line decides about a plan.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct PlanOptions {
    /// Only these resources and what they depend on: addresses, or names for all members of a `for_each`.
    pub target: Vec<String>,
    /// Not these resources, nor what depends on them.
    pub exclude: Vec<String>,
    /// Protected resources that may be deleted or replaced.
    pub allow_destroy: Vec<String>,
    /// Plan the end of the whole stack.
    pub destroy: bool,
}

impl PlanOptions {
    pub fn allows_destroy(&self, address: &crate::address::Address) -> bool {
        self.allow_destroy.iter().any(|name| name == address.as_str() || name == address.name())
    }
}
