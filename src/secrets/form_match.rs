use std::ops::Range;

use super::cut;
use super::finder::SHORTEST;
use super::form::Form;

/// A shorter beginning counts only where a word begins.
const LONG_BEGINNING: usize = 8;

/// A part of a form that stands in a text.
pub(super) struct FormMatch {
    of_form: Range<usize>,
    of_text: Range<usize>,
}

impl FormMatch {
    /// Extends a piece of a form in both directions. Where the form has white space, any white space will do: YAML folds
    /// and indents.
    pub fn around(form: &[u8], text: &[u8], offset: usize, found: Range<usize>) -> Self {
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
    pub fn telling(&self, form: &Form, text: &str) -> Option<Range<usize>> {
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

fn spaces<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.take_while(|byte| byte.is_ascii_whitespace()).count()
}
