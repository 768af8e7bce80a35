use std::path::Path;

use super::{Diagnostic, Location, Span};

/// A file's text, ready to tell lines and columns.
#[derive(Debug)]
pub(crate) struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self { name: name.into(), text, line_starts }
    }

    pub fn of_file(path: &Path, text: String) -> Self {
        Self::new(path.display().to_string(), text)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span, as it is written.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Where a span begins, and how much of that line it takes.
    pub fn location(&self, span: Span) -> Location {
        let start = (span.start as usize).min(self.text.len());
        let index = self.line_starts.partition_point(|line| *line <= start).saturating_sub(1);
        let line_start = self.line_starts.get(index).copied().unwrap_or_default();
        let line = self.text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let count = |from: usize, to: usize| {
            let to = to.min(line_start + line.len());
            self.text.get(from..to).map_or(0, |text| text.trim_end().chars().count())
        };
        let column = self.text.get(line_start..start).map_or(0, |text| text.chars().count()) + 1;
        let width = count(start, span.end as usize).max(1);
        Location { file: self.name.clone(), line: index + 1, column, width, text: line.to_owned() }
    }

    pub fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.location(span), message)
    }
}
