use serde_json::Value as Json;
use similar::{ChangeTag, TextDiff};

use super::Paint;
use super::value_text::sides;
use crate::plan::{Cause, Difference, Shown};

/// One difference: its path and both values on a line, or line by line where a document or long text differs. `full`
/// leaves nothing out.
pub fn difference_text(difference: &Difference, indent: usize, width: usize, full: bool) -> String {
    let margin = " ".repeat(indent);
    let path = difference.path.to_string();
    if let Some(lines) = line_by_line(difference, full) {
        let lines: String = lines.iter().map(|line| format!("{margin}  {line}\n")).collect();
        let open = if difference.after.is_open() { " (known after apply)" } else { "" };
        return format!("{margin}{path}{open}{}\n{lines}", remark(difference));
    }
    let (before, after) = sides(&difference.before, &difference.after, full);
    let live = if difference.cause == Cause::Drift { " live" } else { "" };
    format!("{margin}{path:<width$}   {before}{live} → {after}{}\n", remark(difference))
}

fn remark(difference: &Difference) -> String {
    if difference.replaces { Paint::dim("   (cannot be updated)") } else { String::new() }
}

fn line_by_line(difference: &Difference, full: bool) -> Option<Vec<String>> {
    let (before, after) = match (&difference.before, &difference.after) {
        (Shown::Known(before), Shown::Known(after) | Shown::Partly(after)) => (text(before), text(after)),
        // What is new in part is worth a look at its structure.
        (Shown::Absent, Shown::Partly(after)) if full => (String::new(), text(after)),
        _ => return None,
    };
    if !before.contains('\n') && !after.contains('\n') {
        return None;
    }
    let diff = TextDiff::from_lines(&before, &after);
    let context = if full { usize::MAX / 4 } else { 2 };
    let groups = diff.grouped_ops(context);
    let changes = groups.iter().flatten().flat_map(|operation| diff.iter_changes(operation));
    Some(changes.map(|change| line(change.tag(), change.value().trim_end_matches('\n'))).collect())
}

fn line(tag: ChangeTag, text: &str) -> String {
    // Two lines that differ in their ends alone have to look different.
    let text = &text.replace('\r', "\\r");
    match tag {
        ChangeTag::Delete => Paint::removed(&format!("- {text}")),
        ChangeTag::Insert => Paint::added(&format!("+ {text}")),
        ChangeTag::Equal => format!("  {text}"),
    }
}

/// JSON pretty-printed, also where it hides in a text; other texts as they are.
fn text(json: &Json) -> String {
    let document = match json {
        Json::String(text) if text.trim_start().starts_with(['{', '[']) => serde_json::from_str(text).ok(),
        Json::Object(_) | Json::Array(_) => Some(json.clone()),
        _ => None,
    };
    match (document, json) {
        (Some(document), _) => serde_json::to_string_pretty(&document).unwrap_or_default(),
        (None, Json::String(text)) => text.clone(),
        (None, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::schema::PropertyPath;

    fn text(before: Json, after: Json, full: bool) -> String {
        let path = PropertyPath::root().key("Document");
        let (before, after) = (Shown::Known(before), Shown::Known(after));
        let difference = Difference { path, before, after, cause: Cause::Changed, replaces: false };
        anstream::adapter::strip_str(&difference_text(&difference, 0, 8, full)).to_string()
    }

    #[test]
    fn a_document_shows_what_is_around_a_change_and_in_full_all_of_it() {
        let document = |last: u32| json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": last});
        assert_snapshot!(text(document(5), document(6), false), @r#"
        Document
              "c": 3,
              "d": 4,
          -   "e": 5
          +   "e": 6
            }
        "#);
        assert_snapshot!(text(document(5), document(6), true), @r#"
        Document
            {
              "a": 1,
              "b": 2,
              "c": 3,
              "d": 4,
          -   "e": 5
          +   "e": 6
            }
        "#);
    }

    #[test]
    fn lines_that_differ_in_their_ends_alone_look_different() {
        assert_snapshot!(text(json!("a\nb\n"), json!("a\r\nb\n"), false), @r"
        Document
          - a
          + a\r
            b
        ");
    }

    #[test]
    fn a_long_item_shows_where_it_changed() {
        let arn = |name: &str| json!(format!("arn:aws:ecs:us-west-2:123456789012:{name}/{}", "x".repeat(60)));
        let padded = |name: &str| json!(format!("{}{}", "prefix-".repeat(6), arn(name)));
        assert_snapshot!(text(padded("blue"), padded("green"), false), @"Document   …23456789012:blue/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → …23456789012:green/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…");
    }
}
