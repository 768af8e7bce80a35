use std::collections::BTreeMap;

use super::difference_text::difference_text;
use super::{Header, Paint};
use crate::plan::{Action, Plan, Reason, Step, Summary};

/// How a plan is shown on a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanText {
    /// Also every property of what is created, and the resources that stay as they are.
    pub verbose: bool,
}

/// The plan as people read it: where it goes, the steps by wave with their reasons and differences, and a summary.
pub fn plan_text(header: &Header, plan: &Plan, options: PlanText) -> String {
    let mut text = header.text();
    let shown = |step: &&Step| step.action.is_change() || step.action == Action::Refused || options.verbose;
    let steps: Vec<&Step> = plan.steps.iter().filter(shown).collect();
    let columns = Columns::of(&steps);
    let mut waves: BTreeMap<usize, Vec<&Step>> = BTreeMap::new();
    for step in steps {
        // Steps without an operation come last.
        let wave = if step.wave == 0 { usize::MAX } else { step.wave };
        waves.entry(wave).or_default().push(step);
    }
    for (wave, steps) in waves {
        let refused = steps.iter().any(|step| step.action == Action::Refused);
        let title = match wave {
            usize::MAX if refused => "refused".to_owned(),
            usize::MAX => "unchanged".to_owned(),
            wave => format!("wave {wave}"),
        };
        text += &format!("\n{}\n", Paint::bold(&title));
        text.extend(steps.into_iter().map(|step| step_text(step, &columns, options)));
    }
    text += &format!("\n{}\n", summary_text(&plan.summary()));
    text
}

struct Columns {
    address: usize,
    type_name: usize,
}

impl Columns {
    fn of(steps: &[&Step]) -> Self {
        let longest = |length: fn(&Step) -> usize| steps.iter().map(|step| length(step)).max().unwrap_or(0);
        Self {
            address: longest(|step| step.address.as_str().chars().count()),
            type_name: longest(|step| step.type_name.len()),
        }
    }
}

fn step_text(step: &Step, columns: &Columns, options: PlanText) -> String {
    let drift = step.has_drift();
    let symbol = Paint::action(step.action, drift, Paint::symbol(step.action, drift));
    let (address, type_name) = (step.address.as_str(), &step.type_name);
    let (address_width, type_width) = (columns.address, columns.type_name);
    let remark = remark(step);
    let line = format!("  {symbol} {address:<address_width$}  {type_name:<type_width$}  {remark}");
    let mut text = format!("{}\n", line.trim_end());
    if step.action != Action::Create || options.verbose {
        let width = step.differences.iter().map(|one| one.path.to_string().chars().count()).max().unwrap_or(0);
        text.extend(step.differences.iter().map(|difference| difference_text(difference, 6, width.min(48))));
    }
    text
}

/// The action in words with its reasons: `replace, create first: ContainerDefinitions cannot be updated`.
fn remark(step: &Step) -> String {
    let reasons: Vec<String> = step.reasons.iter().map(Reason::to_string).collect();
    let reasons = reasons.join(", ");
    match (step.action, step.reasons.as_slice()) {
        (Action::Create | Action::Update | Action::Import, [_, ..]) => reasons,
        (Action::Create, []) | (Action::NoChange, _) => String::new(),
        (Action::Forget, _) => format!("forget: {reasons}"),
        (action, []) => Paint::words(action).to_owned(),
        (action, _) => format!("{}: {reasons}", Paint::words(action)),
    }
}

fn summary_text(summary: &Summary) -> String {
    let counts = [
        (summary.create, "to create"),
        (summary.import, "to import"),
        (summary.update, "to update"),
        (summary.replace, "to replace"),
        (summary.r#move, "to move"),
        (summary.delete, "to delete"),
        (summary.forget, "to forget"),
        (summary.refused, "refused"),
        (summary.unchanged, "unchanged"),
    ];
    let counts: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    match (counts.len(), summary.unchanged) {
        (0, _) => "no resources".to_owned(),
        (1, 1..) => format!("no changes, {}", counts[0]),
        _ => counts.join(", "),
    }
}
