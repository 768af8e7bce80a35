use super::header::plural;
use crate::plan::Summary;

/// How many steps of each kind, on a line.
pub fn summary_text(summary: &Summary) -> String {
    let mut changes = counts(&[
        (summary.create, "to create"),
        (summary.import, "to import"),
        (summary.update, "to update"),
        (summary.replace, "to replace"),
        (summary.r#move, "to move"),
        (summary.delete, "to delete"),
        (summary.forget, "to forget"),
        (summary.refused, "refused"),
    ]);
    if summary.outputs > 0 {
        changes.push(format!("{} to change", plural(summary.outputs, "output")));
    }
    if summary.settings > 0 {
        changes.push(format!("{} to change", plural(summary.settings, "setting")));
    }
    let rest = counts(&[(summary.unchanged, "unchanged"), (summary.left_out, "left out")]);
    match (changes.is_empty(), rest.is_empty()) {
        (true, true) => "no resources".to_owned(),
        (true, false) => format!("no changes, {}", rest.join(", ")),
        (false, _) => changes.into_iter().chain(rest).collect::<Vec<_>>().join(", "),
    }
}

fn counts(counts: &[(usize, &str)]) -> Vec<String> {
    counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_no_change() {
        let none = Summary::default();
        for (summary, text) in [
            (none, "no resources"),
            (Summary { unchanged: 2, left_out: 1, ..none }, "no changes, 2 unchanged, 1 left out"),
            (Summary { outputs: 1, unchanged: 2, ..none }, "1 output to change, 2 unchanged"),
            (Summary { r#move: 1, update: 2, ..none }, "2 to update, 1 to move"),
        ] {
            assert_eq!(summary_text(&summary), text);
        }
    }
}
