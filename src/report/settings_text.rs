use super::step_text::setting_text;
use super::{Paint, PlanText};
use crate::plan::Setting;

/// What changes about the stack itself, under its title; empty where nothing does.
pub fn settings_text(settings: &[Setting], options: PlanText) -> String {
    if settings.is_empty() {
        return String::new();
    }
    let width = settings.iter().map(|setting| setting.name.len()).max().unwrap_or(0);
    let lines: String = settings.iter().map(|setting| setting_text(setting, width, options)).collect();
    format!("\n{}\n{lines}", Paint::bold("the stack, in state only"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_of_the_stack_stands_under_its_title() {
        let setting = Setting { name: "ephemeral".to_owned(), before: false.into(), after: true.into() };
        insta::assert_snapshot!(anstream::adapter::strip_str(&settings_text(&[setting], PlanText::default())), @"

        the stack, in state only
              ephemeral   false → true
        ");
        assert_eq!(settings_text(&[], PlanText::default()), "");
    }
}
