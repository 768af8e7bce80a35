//! Where a text that repeats a secret breaks off: AWS shows long values only up to some length.

/// What programs put where they cut.
const CUTS: [&str; 11] = [
    "…",
    "...",
    "\\u2026",
    "\\u{2026}",
    "\\xe2\\x80\\xa6",
    "&hellip;",
    "&#8230;",
    "&#x2026;",
    "%E2%80%A6",
    "[truncated",
    "(truncated",
];
/// What may follow a value that was cut without a word: the end of its quotation or of its element.
const ENDS: [&str; 17] = [
    "'", "\"", "\\\"", "\\'", "&quot;", "&apos;", "&#39;", "&#34;", "&#x27;", "%22", "%27", "’", "”", "»", "</",
    "&lt;/", "\\u0027",
];

/// True if the text goes on with a mark that something was left out, or with spaces and one.
pub(super) fn is_cut_before(rest: &str) -> bool {
    let rest = rest.trim_start_matches(' ');
    CUTS.iter().any(|mark| starts_with(rest, mark)) || starts_with(rest, "<truncated")
}

/// True if what comes before ends with a mark that something was left out.
pub(super) fn is_cut_after(before: &str) -> bool {
    CUTS.iter().take(2).any(|mark| before.ends_with(mark))
}

/// True if a value may end here.
pub(super) fn ends_before(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['\n', '\r']) || ENDS.iter().any(|end| starts_with(rest, end))
}

/// True for a beginning of a secret that may as well be an ordinary word: letters alone, and in the secret the word ends
/// there too.
pub(super) fn is_word(beginning: &[u8], rest: &[u8]) -> bool {
    beginning.iter().all(u8::is_ascii_alphabetic) && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
}

/// True for a piece that nothing but a secret has: letters and digits, or capitals and small letters, without a break.
pub(super) fn is_distinctive(piece: &[u8]) -> bool {
    /// As many characters as a random word of letters and digits has that nobody guesses: about 70 bits.
    const LONG: usize = 12;
    piece.split(|byte| !byte.is_ascii_alphanumeric()).filter(|run| run.len() >= LONG).any(|run| {
        let kinds: [fn(&u8) -> bool; 3] = [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase];
        kinds.iter().filter(|kind| run.iter().any(kind)).count() > 1
    })
}

fn starts_with(text: &str, mark: &str) -> bool {
    text.as_bytes().get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes()))
}
