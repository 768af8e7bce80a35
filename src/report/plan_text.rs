use std::collections::BTreeMap;

use super::output_text::output_text;
use super::settings_text::settings_text;
use super::step_text::{Columns, step_text};
use super::summary_text::summary_text;
use super::{Header, Paint};
use crate::plan::{Action, Plan, Step, Summary};

/// How a plan is shown on a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanText {
    /// Also every property of what is created, the resources that stay as they are, and long values in full.
    pub verbose: bool,
}

/// Where a step stands in the text, in this order. Steps without an operation come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Wave(usize),
    InState,
    Refused,
    LeftOut,
    Unchanged,
}

/// The plan as people read it: where it goes, the steps by wave with their reasons and differences, the outputs, and a
/// summary.
pub fn plan_text(header: &Header, plan: &Plan, options: PlanText) -> String {
    header.text() + &plan_body(plan, &plan.summary(), options)
}

/// The plan without the lines of where it goes, as a record of it has no more.
pub fn plan_body(plan: &Plan, summary: &Summary, options: PlanText) -> String {
    let mut text = String::new();
    let shown = |step: &&Step| match Section::of(step) {
        Section::LeftOut => options.verbose || !step.reasons.is_empty(),
        section => options.verbose || section < Section::LeftOut,
    };
    let steps: Vec<&Step> = plan.steps.iter().filter(shown).collect();
    let columns = Columns::of(&steps, plan);
    let mut sections: BTreeMap<Section, Vec<&Step>> = BTreeMap::new();
    for step in steps {
        sections.entry(Section::of(step)).or_default().push(step);
    }
    for (section, steps) in sections {
        text += &format!("\n{}\n", Paint::bold(&section.title()));
        text.extend(steps.into_iter().map(|step| step_text(step, plan, &columns, options)));
    }
    text += &settings_text(&plan.settings, options);
    text += &output_text(&plan.output_changes, options.verbose);
    text += &format!("\n{}\n", summary_text(summary));
    text
}

impl Section {
    fn of(step: &Step) -> Self {
        match step.action {
            Action::Refused => Self::Refused,
            _ if step.wave > 0 => Self::Wave(step.wave),
            _ if step.is_change() => Self::InState,
            _ if step.work.left_out => Self::LeftOut,
            _ => Self::Unchanged,
        }
    }

    fn title(self) -> String {
        match self {
            Self::Wave(wave) => format!("wave {wave}"),
            Self::InState => "in state only".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::LeftOut => "left out".to_owned(),
            Self::Unchanged => "unchanged".to_owned(),
        }
    }
}
