use std::fmt;

use serde::Serialize;

use super::{Location, Severity};

/// One thing that is wrong or worth knowing, where, and what to write instead. Displays about as rustc's errors do, without colour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub location: Location,
    pub message: String,
    /// What would help, as a phrase: "did you mean `properties`?".
    pub suggestion: Option<String>,
    /// Other places that belong to it: the first of two equal keys, the further references of a cycle.
    pub related: Vec<Related>,
}

/// Another place that a diagnostic speaks of, and what is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Related {
    pub location: Location,
    pub message: String,
}

impl Diagnostic {
    pub fn new(location: Location, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, location, message: message.into(), suggestion: None, related: Vec::new() }
    }

    #[must_use]
    pub fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    #[must_use]
    pub fn relate(mut self, location: Location, message: impl Into<String>) -> Self {
        self.related.push(Related { location, message: message.into() });
        self
    }

    /// Columns that the line numbers take.
    fn gutter(&self) -> usize {
        let lines = self.related.iter().map(|related| related.location.line);
        lines.chain([self.location.line]).max().unwrap_or_default().to_string().len()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = self.gutter();
        writeln!(formatter, "{}: {}", self.severity, self.message)?;
        snippet(formatter, "-->", gutter, &self.location, "")?;
        for related in &self.related {
            snippet(formatter, ":::", gutter, &related.location, &related.message)?;
        }
        if let Some(suggestion) = &self.suggestion {
            writeln!(formatter, "{:gutter$} = {suggestion}", "")?;
        }
        Ok(())
    }
}

/// The line with what is meant underlined. A tab stays one column wide so that the underline stands right.
fn snippet(
    formatter: &mut fmt::Formatter<'_>,
    arrow: &str,
    gutter: usize,
    location: &Location,
    label: &str,
) -> fmt::Result {
    let Location { file, line, column, width, text } = location;
    let text = text.replace('\t', " ");
    writeln!(formatter, "{:gutter$}{arrow} {file}:{line}:{column}", "")?;
    writeln!(formatter, "{:gutter$} |", "")?;
    writeln!(formatter, "{line:gutter$} | {text}")?;
    let underline = format!("{:indent$}{} {label}", "", "^".repeat(*width), indent = column - 1);
    writeln!(formatter, "{:gutter$} | {}", "", underline.trim_end())
}
