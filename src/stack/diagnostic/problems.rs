use std::sync::Arc;

use super::{Diagnostic, Diagnostics, Source, Span};

/// Collects what is wrong in one file, so that a run can report all of it.
#[derive(Debug)]
pub(crate) struct Problems {
    pub source: Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Problems {
    pub fn new(source: Arc<Source>) -> Self {
        Self { source, found: Vec::new() }
    }

    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        self.push(self.source.error(span, message));
    }

    pub fn error_with(&mut self, span: Span, message: impl Into<String>, suggestion: Option<String>) {
        self.push(self.source.error(span, message).suggest(suggestion));
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// The value, if nothing went wrong; else all that did, in the order of the file, each once.
    pub fn finish<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.found.is_empty() { Ok(value) } else { Err(self.into_diagnostics()) }
    }

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
        Diagnostics(once)
    }
}
