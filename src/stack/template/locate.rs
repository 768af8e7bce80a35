use crate::stack::diagnostic::{Source, Span};

/// Where a stretch of a scalar's text stands in the file. Escapes, doubled quotes, indentation and folded lines make the
/// written form longer than the text; where the two cannot be matched, the scalar's beginning is told.
pub(super) fn locate(source: &Source, scalar: Span, text: &str, offset: usize, length: usize) -> Span {
    let written = source.slice(scalar);
    let start = scalar.start as usize;
    match written_offset(written, text, offset) {
        Some(at) => {
            let end = written_offset(written, text, offset + length).unwrap_or(at + length);
            Span::new(start + at, start + end)
        }
        None => scalar,
    }
}

fn written_offset(written: &str, text: &str, offset: usize) -> Option<usize> {
    if let Some(found) = written.find(text) {
        return Some(found + offset);
    }
    let mut rest = decoded(written).into_iter();
    let mut last_end = 0;
    for (index, character) in text.char_indices() {
        let (at, found) =
            rest.by_ref().find(|(_, candidate)| *candidate == character || is_folded(*candidate, character))?;
        if index >= offset {
            return Some(at);
        }
        last_end = at + found.len_utf8();
    }
    Some(last_end)
}

/// A line break that YAML folds into a space.
fn is_folded(written: char, text: char) -> bool {
    written == '\n' && text == ' '
}

/// The characters of a written scalar, each with its offset; of a double-quoted one with its escapes resolved
/// (YAML 1.2, chapter 5.7).
fn decoded(written: &str) -> Vec<(usize, char)> {
    if !written.starts_with('"') {
        return written.char_indices().collect();
    }
    let mut characters = Vec::with_capacity(written.len());
    let mut rest = written.char_indices();
    while let Some((at, character)) = rest.next() {
        let escaped = if character == '\\' { rest.next().map(|(_, escaped)| escaped) } else { None };
        characters.push((
            at,
            match escaped {
                None => character,
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('0') => '\0',
                Some('x') => hexadecimal(&mut rest, 2),
                Some('u') => hexadecimal(&mut rest, 4),
                Some('U') => hexadecimal(&mut rest, 8),
                Some(other) => other,
            },
        ));
    }
    characters
}

fn hexadecimal(rest: &mut std::str::CharIndices<'_>, digits: usize) -> char {
    let code = rest.take(digits).fold(0, |code, (_, digit)| code * 16 + digit.to_digit(16).unwrap_or_default());
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(written: &str, text: &str, wanted: &str) -> String {
        let source = Source::new("test.yaml", written);
        let offset = text.find(wanted).expect("wanted is in the text");
        let span = locate(&source, Span::new(0, written.len()), text, offset, wanted.len());
        source.slice(span).to_owned()
    }

    #[test]
    fn a_stretch_is_found_in_every_style_of_scalar() {
        assert_eq!(located("a ${b}", "a ${b}", "b"), "b");
        assert_eq!(located("'it''s ${b}'", "it's ${b}", "${b}"), "${b}");
        assert_eq!(located(r#""x\n\"${y}\"""#, "x\n\"${y}\"", "${y}"), "${y}");
        assert_eq!(located(r#""\u00e9\x41 ${y}""#, "\u{e9}A ${y}", "${y}"), "${y}");
        assert_eq!(located("one\n    two ${y}\n", "one\ntwo ${y}\n", "${y}"), "${y}");
        assert_eq!(located("one\n  two ${y}\n", "one two ${y}", "${y}"), "${y}");
    }
}
