//! From ECMA regular expressions, which JSON Schema uses, to those of the `regex` family: inside `[…]` the latter gives
//! `[`, `&&`, `~~` and `--` a meaning of their own, and takes `\w` and `\d` for all of Unicode.

use std::iter::Peekable;
use std::str::Chars;

/// The ways in which schemas spell "every character beyond the basic plane" as surrogates.
const BEYOND_BASIC_PLANE: [&str; 3] = [r"\uD800\uDC00-\uDBFF\uDFFF", r"\uD800\uDBFF-\uDC00\uDFFF", r"\u10000-\u10FFFF"];

/// What stands before a character inside `[…]`, as far as it decides whether `-` makes a range.
#[derive(PartialEq)]
enum Before {
    /// Nothing, a finished range, or an escape for several characters: no range can start.
    NoStart,
    /// One character: `-` makes a range of it.
    Start,
    /// The `-` of a range.
    Dash,
}

/// The same expression in the other dialect.
pub(super) fn translate(pattern: &str) -> String {
    let astral = BEYOND_BASIC_PLANE
        .iter()
        .fold(pattern.to_owned(), |text, surrogates| text.replace(surrogates, r"\x{10000}-\x{10FFFF}"));
    let (mut out, mut rest) = (String::with_capacity(astral.len() * 2), astral.chars().peekable());
    while let Some(character) = rest.next() {
        match character {
            '\\' => out.push_str(&expand(escape(&mut rest), false)),
            '[' => class(&mut rest, &mut out),
            other => out.push(other),
        }
    }
    out
}

/// From after the `[` of a class to its `]`.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut before = Before::NoStart;
    while let Some(character) = rest.next() {
        match character {
            ']' => {
                out.push(']');
                return;
            }
            '-' if before == Before::Start && rest.peek() != Some(&']') && !leads_to_several(rest) => {
                out.push('-');
                before = Before::Dash;
                continue;
            }
            '\\' => {
                let escape = escape(rest);
                let several = stands_for_several(&escape);
                out.push_str(&expand(escape, true));
                before = if several || before == Before::Dash { Before::NoStart } else { Before::Start };
                continue;
            }
            '[' | '&' | '~' | '-' => out.extend(['\\', character]),
            other => out.push(other),
        }
        before = if before == Before::Dash { Before::NoStart } else { Before::Start };
    }
}

/// From after the `\` of an escape, the whole of it without the `\`: `d`, `u0020`, `x{10000}`, `p{L}`.
fn escape(rest: &mut Peekable<Chars<'_>>) -> String {
    let Some(kind) = rest.next() else { return "\\".to_owned() };
    let mut escape = kind.to_string();
    if matches!(kind, 'p' | 'P' | 'x' | 'u') && rest.peek() == Some(&'{') {
        for character in rest.by_ref() {
            escape.push(character);
            if character == '}' {
                break;
            }
        }
    }
    escape
}

/// An escape in the other dialect, where it means the same.
fn expand(escape: String, in_class: bool) -> String {
    match (escape.as_str(), in_class) {
        ("d", true) => "0-9".to_owned(),
        ("d", false) => "[0-9]".to_owned(),
        ("w", true) => "0-9A-Za-z_".to_owned(),
        ("w", false) => "[0-9A-Za-z_]".to_owned(),
        _ => format!("\\{escape}"),
    }
}

fn stands_for_several(escape: &str) -> bool {
    escape.starts_with(['d', 'D', 'w', 'W', 's', 'S', 'p', 'P'])
}

fn leads_to_several(rest: &Peekable<Chars<'_>>) -> bool {
    let mut ahead = rest.clone();
    ahead.next() == Some('\\') && ahead.next().is_some_and(|kind| stands_for_several(&kind.to_string()))
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn what_other_dialects_take_for_operators_stays_a_character() {
        assert_eq!(translate(r"^[a-z[&&~~]+$"), r"^[a-z\[\&\&\~\~]+$");
        assert_eq!(translate(r"[+--]"), r"[+-\-]");
        assert_eq!(translate(r"[\w-.]"), r"[0-9A-Za-z_\-.]");
        assert_eq!(translate(r"[a-zA-Z-_]"), r"[a-zA-Z\-_]");
        assert_eq!(translate(r"[^-a-]"), r"[^\-a\-]");
        assert_eq!(translate(r"[a-\d]"), r"[a\-0-9]");
    }

    #[test]
    fn digits_and_words_are_those_of_ascii() {
        assert_eq!(translate(r"^\d{12}:[\w+=]\.$"), r"^[0-9]{12}:[0-9A-Za-z_+=]\.$");
        assert_eq!(translate(r"^\p{L}[\p{L}\d]$"), r"^\p{L}[\p{L}0-9]$");
    }

    #[test]
    fn surrogates_are_the_characters_they_stand_for() {
        assert_eq!(translate(r"[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF\t]"), r"[\u0020-\uD7FF\x{10000}-\x{10FFFF}\t]");
    }
}
