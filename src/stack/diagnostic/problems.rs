use std::sync::Arc;

use super::{Diagnostic, Diagnostics, Source, Span};

/// More than anybody reads at once. Each holds its line, and aliases repeat what is wrong with their value, so that a small
/// file could fill the memory.
const MOST_SHOWN: usize = 500;

/// Collects what is wrong in one file, so that a run can report all of it.
#[derive(Debug)]
pub(crate) struct Problems {
    pub source: Arc<Source>,
    found: Vec<Diagnostic>,
    /// How many more there are.
    left_out: usize,
}

impl Problems {
    pub fn new(source: Arc<Source>) -> Self {
        Self { source, found: Vec::new(), left_out: 0 }
    }

    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        self.error_with(span, message, None);
    }

    pub fn error_with(&mut self, span: Span, message: impl Into<String>, suggestion: Option<String>) {
        match self.found.len() < MOST_SHOWN {
            true => self.found.push(self.source.error(span, message).suggest(suggestion)),
            // To find a place on a long line takes its time.
            false => self.left_out += 1,
        }
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        match self.found.len() < MOST_SHOWN {
            true => self.found.push(diagnostic),
            false => self.left_out += 1,
        }
    }

    pub fn count(&self) -> usize {
        self.found.len() + self.left_out
    }

    /// The value, if nothing went wrong; else all that did, as `into_diagnostics` gives it.
    pub fn finish<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.found.is_empty() { Ok(value) } else { Err(self.into_diagnostics()) }
    }

    /// What went wrong, in the order of the file, each once; where that is more than is shown, how much more at the end.
    pub fn into_diagnostics(mut self) -> Diagnostics {
        self.found.sort_by(|a, b| {
            (&a.location.file, a.location.line, a.location.column).cmp(&(
                &b.location.file,
                b.location.line,
                b.location.column,
            ))
        });
        let mut once: Vec<Diagnostic> = Vec::new();
        for diagnostic in self.found {
            let seen = once.iter().rev().take_while(|other| other.location == diagnostic.location);
            if !seen.into_iter().any(|other| *other == diagnostic) {
                once.push(diagnostic);
            }
        }
        if self.left_out > 0 {
            let message = format!("{} more errors are not shown: mend these first", self.left_out);
            once.push(self.source.error(Span::default(), message));
        }
        Diagnostics(once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_anybody_reads_is_counted_and_not_kept() {
        let mut problems = Problems::new(Arc::new(Source::new("test.yaml", "a: 1\n")));
        (0..2_000).for_each(|number| problems.error(Span::new(0, 1), format!("wrong {number}")));
        assert_eq!(problems.count(), 2_000);
        let diagnostics = problems.into_diagnostics();
        assert_eq!(diagnostics.0.len(), MOST_SHOWN + 1);
        let last = diagnostics.0.last().map(|last| last.message.as_str());
        assert_eq!(last, Some("1500 more errors are not shown: mend these first"));
    }
}
