use super::difference_text::difference_text;
use super::header::plural;
use super::{Header, Paint, PlanText, plan_text};
use crate::plan::{Action, Cause, Difference, Plan, ResourceDrift, Unseen, WholeDrift};

/// How many names of one kind a line has.
const NAMED: usize = 3;

/// What a look for drift has found.
pub struct DriftReport<'a> {
    pub header: &'a Header,
    /// Drift alone: what the file has changed is not in it.
    pub plan: &'a Plan,
    /// What no file writes; `None` where that was not compared.
    pub whole: Option<&'a WholeDrift>,
    /// Why values of secrets are not known.
    pub missing: &'a [String],
    pub unseen: &'a Unseen,
}

impl DriftReport<'_> {
    /// True if something is not as the last apply left it.
    pub fn has_drift(&self) -> bool {
        self.has_planned() || self.has_unwritten()
    }

    /// True if an apply would put something right.
    pub fn has_planned(&self) -> bool {
        self.plan.steps.iter().any(|step| step.action != Action::NoChange)
    }

    /// True if something has changed that no apply puts right.
    pub fn has_unwritten(&self) -> bool {
        self.whole.is_some_and(|whole| !whole.resources.is_empty())
    }
}

/// The drift as people read it, and at its end what was not looked at.
pub fn drift_text(report: &DriftReport<'_>, options: PlanText) -> String {
    let mut text = match report.has_planned() {
        true => plan_text(report.header, report.plan, options),
        false => report.header.text(),
    };
    if let Some(whole) = report.whole.filter(|whole| !whole.resources.is_empty()) {
        text += &format!("\n{}\n", Paint::bold("beside the stack file: at the last apply → now"));
        text.extend(whole.resources.iter().map(|resource| resource_text(resource, report.plan, options)));
        text += &format!("\n{} changed beside the stack file\n", plural(whole.resources.len(), "resource"));
    }
    if !report.has_drift() {
        text += "no drift\n";
    }
    if let Some(whole) = report.whole.filter(|whole| !whole.without_baseline.is_empty()) {
        let names = named(whole.without_baseline.iter().map(ToString::to_string).collect(), options.verbose);
        text += &format!("no baseline yet of {names}: the next apply or `infra refresh` keeps one\n");
    }
    for reason in report.missing {
        text += &format!("compared without the value of a secret: {}\n", reason.trim_end());
    }
    text + &format!("not looked at: {}\n", unseen_text(report.unseen, options.verbose))
}

fn resource_text(resource: &ResourceDrift, plan: &Plan, options: PlanText) -> String {
    let place = if resource.region == plan.region { String::new() } else { format!(" in {}", resource.region) };
    let symbol = Paint::action(Action::Update, true, Paint::symbol(Action::Update, true));
    let head = format!("  {symbol} {}  {}{place}\n", resource.address, resource.type_name);
    let paths = resource.deviations.iter().map(|one| one.path.to_string().chars().count());
    let width = paths.max().unwrap_or(0).min(48);
    let lines = resource.deviations.iter().map(|deviation| {
        let difference = Difference {
            path: deviation.path.clone(),
            before: deviation.baseline.clone(),
            after: deviation.live.clone(),
            cause: Cause::Changed,
            replaces: false,
        };
        difference_text(&difference, 6, width, options.verbose)
    });
    head + &lines.collect::<String>()
}

fn unseen_text(unseen: &Unseen, full: bool) -> String {
    let mut parts = Vec::new();
    if unseen.unwritten {
        parts.push("what the stack file leaves out (`infra drift --all` compares it)".to_owned());
    }
    let kinds = [
        (&unseen.write_only, "which AWS never gives back"),
        (&unseen.moving, "which AWS sets by itself"),
        (&unseen.secrets, "of which nobody can tell without the key"),
    ];
    let told = kinds.into_iter().filter(|(names, _)| !names.is_empty());
    parts.extend(told.map(|(names, why)| format!("{}, {why}", named(names.clone(), full))));
    let unread = unseen.unread.iter().map(|(type_name, what)| format!("{type_name}: {}", what.join(", ")));
    parts.extend(unread);
    parts.push("objects that are not in state".to_owned());
    parts.join("; ")
}

/// The first of the names, and how many more there are.
fn named(names: Vec<String>, full: bool) -> String {
    match names.len().checked_sub(NAMED) {
        Some(more) if more > 0 && !full => format!("{} and {more} more", names[..NAMED].join(", ")),
        _ => names.join(", "),
    }
}
