use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, BuildError, MatchKind};

use super::form::Form;
use super::form_match::FormMatch;
use super::forms::{forms, inside_base64};

/// A shorter text is part of too many others to be looked for inside them.
pub(super) const SHORTEST: usize = 4;
/// As above, for one line of several.
pub(super) const SHORTEST_LINE: usize = 8;
/// How far apart the pieces of a form are that are looked for, in bytes: a part of it that is twice as long has one.
const STRIDE: usize = 6;

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

/// A piece of a form.
struct Seed {
    form: usize,
    offset: usize,
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
                let around = FormMatch::around(form.text.as_bytes(), text.as_bytes(), seed.offset, hit.range());
                if let Some(told) = around.telling(form, text) {
                    ends[seed.form] = told.end;
                    found.push(whole_characters(text, told));
                }
            }
        }
        merged(found)
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
