use serde::Serialize;

use super::Header;
use crate::plan::{Plan, Summary};

/// What `infra plan --json` prints.
#[derive(Debug, Serialize)]
pub struct PlanJson<'a> {
    /// Of this format; grows when a field changes its meaning.
    pub format: u32,
    pub header: &'a Header,
    pub summary: Summary,
    pub plan: &'a Plan,
}

pub fn plan_json<'a>(header: &'a Header, plan: &'a Plan) -> PlanJson<'a> {
    PlanJson { format: 1, header, summary: plan.summary(), plan }
}
