//! Texts as YAML scalars: plain where that is safe in every YAML, in quotes or in a literal block where it is not.

use std::sync::LazyLock;

use regex::Regex;

use crate::stack::document::{NodeKind, resolve_plain};

/// What looks like something else than text to YAML 1.1, which other tools read: flags, dates, numbers in base 60, numbers
/// with `_`.
static ODD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let odd = r"(?i)^(y|n|yes|no|on|off|true|false|null|nan|inf|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?|[-+]?(0[xob][0-9a-f_]+|[0-9][0-9_,]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|\.[0-9_]+(e[-+]?[0-9]+)?)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*)$";
    Regex::new(odd).ok()
});

/// The text on one line.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// True for a text that means itself without quotes.
fn is_plain(text: &str) -> bool {
    let starts_well = |first: char| first.is_ascii_alphanumeric() || "_./$".contains(first);
    let goes_on_well =
        |letter: char| letter.is_ascii_alphanumeric() || " _./:@+=-*$(){}[]\"'|~,;%^&!?<>#\\".contains(letter);
    text.starts_with(starts_well)
        && text.chars().all(goes_on_well)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("...")
        && !ODD.as_ref().is_none_or(|odd| odd.is_match(text))
        && matches!(resolve_plain(text), Ok(NodeKind::Text(read)) if read == text)
}

/// In double quotes, with JSON's escapes, which YAML has too, and those for what YAML does not show as it is.
/// Source: YAML 1.2.2, chapters 5.1 and 5.7.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for letter in text.chars() {
        match letter {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            '\r' => quoted += "\\r",
            shown if is_printable(shown) => quoted.push(shown),
            hidden => quoted += &format!("\\U{:08x}", u32::from(hidden)),
        }
    }
    quoted + "\""
}

/// Without what looks like a space or like nothing.
fn is_printable(letter: char) -> bool {
    let is_hidden = letter.is_control()
        || matches!(
            letter,
            '\u{2028}'
                | '\u{2029}'
                | '\u{feff}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{200b}'
                | '\u{a0}'
                | '\u{202f}'
                | '\u{2007}'
        );
    !is_hidden
}

/// A text of several lines as a literal block below its key; `None` where it cannot be one.
pub(super) fn literal_block(text: &str, indentation: usize) -> Option<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<&str> = body.split('\n').collect();
    let is_odd = |line: &&str| {
        line.starts_with('\t')
            || line.ends_with([' ', '\t'])
            || !line.chars().all(|letter| letter == '\t' || is_printable(letter))
    };
    // A first line that is empty or begins with a space would leave the block's own indentation unsaid.
    let starts_well = lines.first().is_some_and(|line| !line.is_empty() && !line.starts_with(' '));
    let ends_well = lines.last().is_some_and(|line| !line.is_empty());
    if !text.contains('\n') || !starts_well || !ends_well || lines.iter().any(is_odd) {
        return None;
    }
    let head = if text.ends_with('\n') { "|" } else { "|-" };
    let indented =
        lines.iter().map(|line| if line.is_empty() { String::new() } else { format!("{:indentation$}{line}", "") });
    Some(format!("{head}\n{}", indented.collect::<Vec<_>>().join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_plain_where_every_yaml_takes_it_for_itself() {
        for text in [
            "arn:aws:sqs:us-west-2:1:jobs",
            "http://x/y",
            "10.0.0.0/16",
            "10.0.0.9",
            "5.6.21",
            "a b",
            "AWS::SQS::Queue",
            "${vpc.VpcId}",
            "sts:AssumeRole",
            "shop-dev-jobs.fifo",
        ] {
            assert_eq!(scalar(text), text);
        }
        for text in [
            "no",
            "Off",
            "y",
            "17.9",
            "00420",
            "2012-10-17",
            "12:30",
            "1_000",
            "1e5",
            "null",
            "-1",
            "0x1f",
            "",
            "*",
            "a: b",
            "a #b",
            "x:",
            "- a",
            "123456789012",
            "v\u{a0}",
            "~",
        ] {
            assert_eq!(scalar(text), format!("{text:?}").replace("\\u{a0}", "\\U000000a0"), "{text}");
        }
    }

    #[test]
    fn lines_are_a_block_where_nothing_of_them_is_lost() {
        assert_eq!(literal_block("a\n\n  b\n", 2).as_deref(), Some("|\n  a\n\n    b"));
        assert_eq!(literal_block("a\nb", 1).as_deref(), Some("|-\n a\n b"));
        for text in ["one line", " a\nb", "a\n\n", "\na", "a \nb", "a\r\nb", "\ta\nb"] {
            assert_eq!(literal_block(text, 2), None, "{text:?}");
        }
    }
}
