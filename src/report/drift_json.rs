use serde::Serialize;

use super::{DriftReport, PlanJson, plan_json};
use crate::address::Address;
use crate::plan::{ResourceDrift, Unseen};

/// What `infra drift --json` prints: a plan, and beside it what no plan shows.
#[derive(Debug, Serialize)]
pub struct DriftJson<'a> {
    #[serde(flatten)]
    plan: PlanJson<'a>,
    /// True if anything has changed.
    drifted: bool,
    /// What no file writes and has changed; `null` where that was not compared.
    unwritten: Option<&'a [ResourceDrift]>,
    /// What cannot be compared yet, for nobody has kept what it was.
    without_baseline: &'a [Address],
    /// Why values of secrets are not known.
    without_secrets: &'a [String],
    not_looked_at: &'a Unseen,
}

pub fn drift_json<'a>(report: &DriftReport<'a>) -> DriftJson<'a> {
    let whole = report.whole;
    DriftJson {
        plan: plan_json(report.header, report.plan),
        drifted: report.has_drift(),
        unwritten: whole.map(|whole| whole.resources.as_slice()),
        without_baseline: whole.map(|whole| whole.without_baseline.as_slice()).unwrap_or_default(),
        without_secrets: report.missing,
        not_looked_at: report.unseen,
    }
}
