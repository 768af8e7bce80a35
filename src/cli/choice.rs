use clap::Args;

use crate::plan::PlanOptions;

/// Which resources a plan is about.
#[derive(Debug, Clone, Default, Args)]
pub struct Choice {
    /// Only this resource and what it depends on; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// Not this resource, nor what depends on it; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,
    /// Allow that this protected resource is deleted or replaced; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_destroy: Vec<String>,
}

impl Choice {
    pub fn options(&self) -> PlanOptions {
        PlanOptions {
            target: self.target.clone(),
            exclude: self.exclude.clone(),
            allow_destroy: self.allow_destroy.clone(),
            ..PlanOptions::default()
        }
    }
}
