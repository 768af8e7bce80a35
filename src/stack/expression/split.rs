use super::Failure;

/// A part of a text: literal, or the inside of a `${…}` by its byte offsets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Expression { start: usize, end: usize },
}

/// Splits a text at its expressions. `$${` is a literal `${`.
///
/// # Errors
/// An expression without an end, or one with nothing in it.
pub(crate) fn split(text: &str) -> Result<Vec<Piece>, Failure> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('$').map(|index| at + index) {
        literal.push_str(&text[at..found]);
        let rest = &text[found..];
        if rest.starts_with("$${") {
            literal.push_str("${");
            at = found + 3;
        } else if rest.starts_with("${") {
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            let (start, end) = (found + 2, closing_brace(text, found)?);
            pieces.push(Piece::Expression { start, end });
            at = end + 1;
        } else {
            literal.push('$');
            at = found + 1;
        }
    }
    literal.push_str(&text[at..]);
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// The offset of the `}` that ends the expression whose `${` is at `opening`. Braces of map literals nest; those in
/// CEL's strings and comments do not count.
fn closing_brace(text: &str, opening: usize) -> Result<usize, Failure> {
    let start = opening + 2;
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(character) = text[at..].chars().next() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return not_empty(text, opening, at),
            '}' => depth -= 1,
            '\'' | '"' => {
                at += string_length(&text[at..], is_raw(&text[start..at]));
                continue;
            }
            '/' if text[at..].starts_with("//") => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            _ => {}
        }
        at += character.len_utf8();
    }
    let help = "close it with `}`, or write `$${` for the characters `${`";
    Err(Failure::new(opening, text.len() - opening, "this expression has no end").help(help))
}

fn not_empty(text: &str, opening: usize, end: usize) -> Result<usize, Failure> {
    if text[opening + 2..end].trim().is_empty() {
        return Err(Failure::new(opening, end + 1 - opening, "this expression is empty"));
    }
    Ok(end)
}

/// True if the string that follows `before` is raw: `r'…'`, `br"…"`.
fn is_raw(before: &str) -> bool {
    let prefix = before.trim_end_matches(|character: char| character.is_ascii_alphanumeric() || character == '_');
    matches!(before[prefix.len()..].to_ascii_lowercase().as_str(), "r" | "br" | "rb")
}

/// The length of the string literal that `text` begins with, quotes included; all of `text` if it has no end.
fn string_length(text: &str, raw: bool) -> usize {
    let quote = if text.starts_with("'''") || text.starts_with("\"\"\"") { &text[..3] } else { &text[..1] };
    let mut at = quote.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(quote) {
            return at + quote.len();
        }
        let escape = if raw { None } else { rest.strip_prefix('\\') };
        at += match escape.and_then(|escaped| escaped.chars().next()) {
            Some(escaped) => 1 + escaped.len_utf8(),
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        let show = |piece| match piece {
            Piece::Text(literal) => format!("text {literal}"),
            Piece::Expression { start, end } => format!("expr {}", &text[start..end]),
        };
        split(text).expect("splits").into_iter().map(show).collect()
    }

    #[test]
    fn text_and_expressions_alternate() {
        assert_eq!(pieces("a-${b}-c${d}"), ["text a-", "expr b", "text -c", "expr d"]);
        assert_eq!(pieces("${b}"), ["expr b"]);
        assert_eq!(pieces("plain"), ["text plain"]);
        assert_eq!(pieces(""), ["text "]);
    }

    #[test]
    fn a_doubled_dollar_is_a_literal_one() {
        assert_eq!(pieces("$${a} ${b}"), ["text ${a} ", "expr b"]);
        assert_eq!(pieces("cost: 5$, $$, $x"), ["text cost: 5$, $$, $x"]);
        assert_eq!(pieces("$$${b}"), ["text $${b}"]);
    }

    #[test]
    fn braces_inside_maps_strings_and_comments_do_not_end_an_expression() {
        assert_eq!(pieces("${ {'a': {'b': 1}} }"), ["expr  {'a': {'b': 1}} "]);
        assert_eq!(pieces("${'}' + \"}\\\"}\" + '''a'}'''}!"), ["expr '}' + \"}\\\"}\" + '''a'}'''", "text !"]);
        assert_eq!(pieces(r"${r'\'}"), [r"expr r'\'"]);
        assert_eq!(pieces(r"${var'\'}'}"), [r"expr var'\'}'"]);
        assert_eq!(pieces("${a // }\n}b"), ["expr a // }\n", "text b"]);
    }

    #[test]
    fn an_open_or_empty_expression_is_an_error() {
        assert_eq!(split("ab ${c").expect_err("open").offset, 3);
        assert_eq!(split("${'a}").expect_err("open").message, "this expression has no end");
        assert_eq!(split("x${ }").expect_err("empty").message, "this expression is empty");
    }
}
