use super::difference_text::difference_text;
use super::value_text::sides;
use super::{Paint, PlanText};
use crate::plan::{Action, Plan, Reason, Setting, Shown, Step};
use crate::resources::ResourceId;

/// How wide the columns of a plan are.
pub struct Columns {
    address: usize,
    type_name: usize,
}

impl Columns {
    pub fn of(steps: &[&Step], plan: &Plan) -> Self {
        let longest = |length: &dyn Fn(&Step) -> usize| steps.iter().map(|step| length(step)).max().unwrap_or(0);
        Self {
            address: longest(&|step| step.address.as_str().chars().count()),
            type_name: longest(&|step| type_text(step, plan).len()),
        }
    }
}

/// A step on a line, and under it what differs.
pub fn step_text(step: &Step, plan: &Plan, columns: &Columns, options: PlanText) -> String {
    let (drift, action) = (step.has_drift(), shown_action(step));
    let symbol = Paint::action(action, drift, Paint::symbol(action, drift));
    let (address, type_name) = (step.address.as_str(), type_text(step, plan));
    let (address_width, type_width) = (columns.address, columns.type_name);
    let remark = remark(step, plan);
    let line = format!("  {symbol} {address:<address_width$}  {type_name:<type_width$}  {remark}");
    let mut text = format!("{}\n", line.trim_end());
    let differences = if step.action != Action::Create || options.verbose { &step.differences[..] } else { &[] };
    let paths = differences.iter().map(|one| one.path.to_string().chars().count());
    let width = paths.chain(step.settings.iter().map(|one| one.name.len())).max().unwrap_or(0).min(48);
    text.extend(step.settings.iter().map(|setting| setting_text(setting, width, options)));
    text.extend(differences.iter().map(|one| difference_text(one, 6, width, options.verbose)));
    text
}

/// The type, and the region where it is not the stack's.
fn type_text(step: &Step, plan: &Plan) -> String {
    match step.region == plan.region {
        true => step.type_name.clone(),
        false => format!("{} in {}", step.type_name, step.region),
    }
}

/// What a step looks like, which is not always what it is for apply.
fn shown_action(step: &Step) -> Action {
    match step.action {
        _ if step.is_move() => Action::Move,
        Action::NoChange if step.wave > 0 || step.is_change() => Action::Update,
        action => action,
    }
}

pub fn setting_text(setting: &Setting, width: usize, options: PlanText) -> String {
    let (before, after) = (Shown::Known(setting.before.clone()), Shown::Known(setting.after.clone()));
    let (before, after) = sides(&before, &after, options.verbose);
    format!("      {:<width$}   {before} → {after}\n", setting.name)
}

/// The action in words with its reasons: `replace, create first: ContainerDefinitions cannot be updated`.
fn remark(step: &Step, plan: &Plan) -> String {
    let reasons: Vec<String> = step.reasons.iter().map(|reason| reason_text(reason, step)).collect();
    let reasons = reasons.join(", ");
    match (step.action, step.reasons.as_slice()) {
        (Action::NoChange, [_, ..]) if step.work.left_out => format!("stays: {reasons}"),
        (Action::NoChange, _) => former_text(step, plan),
        (Action::Create | Action::Update | Action::Import | Action::Move, [_, ..]) => reasons,
        (Action::Create, []) => String::new(),
        (Action::Forget, _) => format!("forget: {reasons}"),
        (action, []) => Paint::words(action).to_owned(),
        (action, _) => format!("{}: {reasons}", Paint::words(action)),
    }
}

fn reason_text(reason: &Reason, step: &Step) -> String {
    match reason {
        Reason::RegionChanged { from } => format!("was in {from}, now {}", step.region),
        reason => reason.to_string(),
    }
}

/// An object that stays may still have earlier ones to get rid of.
fn former_text(step: &Step, plan: &Plan) -> String {
    let told = |id: &ResourceId| {
        let id = id.to_string();
        let is_of = |reason: &&Reason| matches!(reason, Reason::FormerStaysWith { id: of, .. } if *of == id);
        let kept = step.reasons.iter().find(is_of).cloned();
        kept.unwrap_or(Reason::Superseded { id }).to_string()
    };
    plan.former(&step.address).iter().map(told).collect::<Vec<_>>().join(", ")
}
