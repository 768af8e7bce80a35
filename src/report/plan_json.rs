use serde::Serialize;

use super::Header;
use crate::plan::{Plan, Summary};

/// What `infra plan --json` tells.
#[derive(Debug, Serialize)]
pub struct PlanJson<'a> {
    pub header: &'a Header,
    pub summary: Summary,
    pub plan: &'a Plan,
}

pub fn plan_json<'a>(header: &'a Header, plan: &'a Plan) -> PlanJson<'a> {
    PlanJson { header, summary: plan.summary(), plan }
}
