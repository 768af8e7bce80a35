use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, BuildError, MatchKind};

use super::cut;
use super::forms::{forms, inside_base64};

/// A shorter text is part of too many others to be looked for inside them.
pub(super) const SHORTEST: usize = 4;
/// As above, for one line of several.
pub(super) const SHORTEST_LINE: usize = 8;
/// How far apart the pieces of a form are that are looked for, in bytes: a part of it that is twice as long has one.
const STRIDE: usize = 6;
/// A shorter beginning counts only where a word begins.
const LONG_BEGINNING: usize = 8;

/// Finds secrets in a text in one pass: in every form that programs write, whatever the case and the line breaks, and
/// where only a part of them is repeated.
///
/// Pieces of each form are looked for all at once; where one is found, the form is compared from there in both directions.
pub(super) struct Finder {
    automaton: AhoCorasick,
    forms: Vec<Form>,
    /// By the automaton's pattern.
    seeds: Vec<Vec<Seed>>,
}

struct Form {
    text: String,
    /// False for what expressions made around a secret that is known by itself: only the whole is looked for.
    partly: bool,
}

/// A piece of a form.
struct Seed {
    form: usize,
    offset: usize,
}

/// A part of a form that stands in a text.
struct Match {
    of_form: Range<usize>,
    of_text: Range<usize>,
}

impl Finder {
    /// `made` is what expressions made of secrets. Shorter texts than `SHORTEST` are left out.
    ///
    /// # Errors
    /// Secrets that are together too long to be looked for.
    pub fn new<'a>(
        given: impl IntoIterator<Item = &'a String>,
        made: impl IntoIterator<Item = &'a String>,
    ) -> Result<Self, BuildError> {
        let given: BTreeSet<String> = given.into_iter().flat_map(|secret| all_forms(secret)).collect();
        let is_around = |text: &str| given.iter().any(|form| text.len() > form.len() && text.contains(form.as_str()));
        let made = made.into_iter().flat_map(|secret| {
            let partly = !is_around(secret);
            all_forms(secret).into_iter().map(move |form| (form, partly))
        });
        let mut partly: BTreeMap<String, bool> = made.collect();
        partly.extend(given.iter().map(|form| (form.clone(), true)));
        Self::of(partly.into_iter().map(|(text, partly)| Form { text, partly }).collect())
    }

    fn of(forms: Vec<Form>) -> Result<Self, BuildError> {
        let mut seeds: BTreeMap<Vec<u8>, Vec<Seed>> = BTreeMap::new();
        for (form, Form { text, partly }) in forms.iter().enumerate() {
            for range in pieces(text.len(), *partly) {
                let piece = text.as_bytes()[range.clone()].to_ascii_lowercase();
                seeds.entry(piece).or_default().push(Seed { form, offset: range.start });
            }
        }
        let (patterns, seeds): (Vec<Vec<u8>>, Vec<Vec<Seed>>) = seeds.into_iter().unzip();
        let mut builder = AhoCorasickBuilder::new();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard);
        Ok(Self { automaton: builder.build(patterns)?, forms, seeds })
    }

    /// The parts of the text that are to be covered, in their order and apart from each other.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let (mut found, mut ends) = (Vec::new(), vec![0; self.forms.len()]);
        for hit in self.automaton.find_overlapping_iter(text) {
            for seed in &self.seeds[hit.pattern().as_usize()] {
                // What is covered already needs no second look, so that a text full of one secret takes one pass too.
                if hit.end() <= ends[seed.form] {
                    continue;
                }
                let form = &self.forms[seed.form];
                let around = Match::around(form.text.as_bytes(), text.as_bytes(), seed.offset, hit.range());
                if let Some(told) = around.telling(form, text) {
                    ends[seed.form] = told.end;
                    found.push(whole_characters(text, told));
                }
            }
        }
        merged(found)
    }
}

impl Match {
    /// Extends a piece of a form in both directions. Where the form has white space, any white space will do: YAML folds
    /// and indents.
    fn around(form: &[u8], text: &[u8], offset: usize, found: Range<usize>) -> Self {
        let (mut right, mut end) = (offset + found.len(), found.end);
        while let (Some(one), Some(other)) = (form.get(right), text.get(end)) {
            if one.is_ascii_whitespace() && other.is_ascii_whitespace() {
                right += spaces(form[right..].iter());
                end += spaces(text[end..].iter());
            } else if one.eq_ignore_ascii_case(other) {
                (right, end) = (right + 1, end + 1);
            } else {
                break;
            }
        }
        let (mut left, mut start) = (offset, found.start);
        while left > 0 && start > 0 {
            let (one, other) = (form[left - 1], text[start - 1]);
            if one.is_ascii_whitespace() && other.is_ascii_whitespace() {
                left -= spaces(form[..left].iter().rev());
                start -= spaces(text[..start].iter().rev());
            } else if one.eq_ignore_ascii_case(&other) {
                (left, start) = (left - 1, start - 1);
            } else {
                break;
            }
        }
        Self { of_form: left..right, of_text: start..end }
    }

    /// What of the text tells the secret or enough of it: the whole, its beginning or end where the text is cut, or a
    /// piece that is no ordinary word.
    fn telling(&self, form: &Form, text: &str) -> Option<Range<usize>> {
        let bytes = form.text.as_bytes();
        let (is_first, is_last) = (self.of_form.start == 0, self.of_form.end == bytes.len());
        if is_first && is_last || !form.partly {
            return (is_first && is_last).then(|| self.of_text.clone());
        }
        let piece = &bytes[self.of_form.clone()];
        let beginning = || is_first.then(|| self.beginning(bytes, text)).flatten();
        let end = || (is_last && piece.len() >= SHORTEST && self.is_end(text)).then(|| self.of_text.clone());
        let told = beginning().or_else(end).or_else(|| cut::is_distinctive(piece).then(|| self.of_text.clone()))?;
        let found = &text.as_bytes()[told.clone()];
        Some(told.start + spaces(found.iter())..told.end - spaces(found.iter().rev()))
    }

    /// A beginning of the form up to where the text is cut. The mark of the cut may look like what the form goes on with.
    fn beginning(&self, form: &[u8], text: &str) -> Option<Range<usize>> {
        /// As many characters as a mark may share with the form.
        const SHARED: usize = 8;
        let start = self.of_text.start;
        let follows_word = text.get(..start)?.ends_with(char::is_alphanumeric);
        let shortest = if follows_word { LONG_BEGINNING } else { SHORTEST };
        let lengths = (0..=SHARED).filter_map(|shared| self.of_form.len().checked_sub(shared));
        let ends = lengths.take_while(|length| *length >= shortest).filter_map(|length| {
            let end = self.of_text.end - (self.of_form.len() - length);
            let rest = text.get(end..)?;
            let (beginning, following) = form.split_at(length);
            let is_most = beginning.len() >= following.len();
            let is_cut = cut::is_cut_before(rest);
            (is_cut || cut::ends_before(rest) && (is_most || !cut::is_word(beginning, following))).then_some(end)
        });
        ends.max().map(|end| start..end)
    }

    fn is_end(&self, text: &str) -> bool {
        text.get(..self.of_text.start).is_some_and(cut::is_cut_after)
    }
}

/// Every text that tells the secret.
fn all_forms(secret: &str) -> Vec<String> {
    let lines = secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE && line.len() < secret.len());
    let wholes = [secret.to_owned()].into_iter().chain(lines.map(str::to_owned));
    let written = wholes.flat_map(|text| forms(&text).into_iter().chain(inside_base64(&text)).collect::<Vec<_>>());
    written.filter(|form| form.len() >= SHORTEST && secret.len() >= SHORTEST).collect()
}

/// The pieces of a form of some length that are looked for: its beginning, its end, and so many between that no long part
/// of it is without one.
fn pieces(length: usize, partly: bool) -> Vec<Range<usize>> {
    let beginning = [0..SHORTEST, length - SHORTEST..length];
    let between = (0..length / STRIDE).map(|index| index * STRIDE..(index + 1) * STRIDE).filter(|_| partly);
    beginning.into_iter().chain(between).collect()
}

fn spaces<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn whole_characters(text: &str, range: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
