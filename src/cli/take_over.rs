use clap::Args;

use crate::plan::PlanOptions;

/// Which objects change from another stack to this one.
#[derive(Debug, Clone, Default, Args)]
pub struct TakeOver {
    /// Move this resource's object here from the stack that its tags name; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub take_over: Vec<String>,
}

impl TakeOver {
    pub fn with(&self, options: PlanOptions) -> PlanOptions {
        PlanOptions { take_over: self.take_over.clone(), ..options }
    }
}
