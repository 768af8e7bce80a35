use super::Paint;
use super::value_text::{shown, sides};
use crate::plan::{OutputChange, Shown};

/// The changes of a stack's outputs, under their title; empty where none changes.
pub fn output_text(changes: &[OutputChange], full: bool) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let width = changes.iter().map(|change| change.name.chars().count()).max().unwrap_or(0);
    let lines: String = changes.iter().map(|change| line(change, width, full)).collect();
    format!("\n{}\n{lines}", Paint::bold("outputs"))
}

fn line(change: &OutputChange, width: usize, full: bool) -> String {
    let name = &change.name;
    match (&change.before, &change.after) {
        (_, Shown::Absent) => format!("  {} {name}\n", Paint::removed("-")),
        (Shown::Absent, after) => format!("  {} {name:<width$} = {}\n", Paint::added("+"), shown(after, full)),
        (before, after) => {
            let (before, after) = sides(before, after, full);
            format!("  {} {name:<width$}   {before} → {after}\n", Paint::changed("~"))
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    #[test]
    fn new_changed_and_removed_outputs_are_told_apart() {
        let change = |name: &str, before, after| OutputChange { name: name.to_owned(), before, after };
        let unknown = || Shown::Unknown("${jobs.Arn}".to_owned());
        let changes = [
            change("x", Shown::Absent, Shown::Known("text".into())),
            change("arn", Shown::Absent, unknown()),
            change("count", Shown::Known(1.into()), Shown::Known(2.into())),
            change("url", Shown::Known("https://a".into()), unknown()),
            change("z", Shown::Known(json!({"a": 1})), Shown::Absent),
        ];
        assert_snapshot!(anstream::adapter::strip_str(&output_text(&changes, false)), @"

        outputs
          + x     = text
          + arn   = ${jobs.Arn} (known after apply)
          ~ count   1 → 2
          ~ url     https://a → ${jobs.Arn} (known after apply)
          - z
        ");
        assert_eq!(output_text(&[], false), "");
    }
}
