use serde_yaml::granit_parser::{self, ErrorKind, Parser, ScanError};

use super::Node;
use super::builder::Builder;
use crate::stack::diagnostic::{Problems, Span};

/// Parses a source as one YAML 1.2 document. What is wrong goes to `problems`; `None` where no tree could be made at
/// all, which is so after an error of syntax.
pub(crate) fn parse(problems: &mut Problems) -> Option<Node> {
    let source = std::sync::Arc::clone(&problems.source);
    let options = granit_parser::options! { emit_comments: false };
    let parser = Parser::new_from_str_with_options(source.text(), options);
    match Builder::new(parser, problems).document() {
        Ok(node) => node,
        Err(error) => {
            report(&error, problems);
            None
        }
    }
}

fn report(error: &ScanError, problems: &mut Problems) {
    let start = error.marker().byte_offset().unwrap_or_default();
    let span = Span::new(start, start + 1);
    let line = problems.source.location(span).text;
    problems.error_with(span, format!("this is not YAML: {}", error.info()), hint(error, &line));
}

fn hint(error: &ScanError, line: &str) -> Option<String> {
    let text = error.info();
    if text.contains("flow") && line.contains("${") {
        return Some("inside `{…}` and `[…]` an expression must be quoted: \"${…}\"".to_owned());
    }
    if text.contains("mapping values are not allowed") {
        return Some("quote a value that has `: ` in it, or look at the indentation".to_owned());
    }
    if text.contains("tab") {
        return Some("indent with spaces".to_owned());
    }
    matches!(error.kind(), ErrorKind::UnknownAnchor).then(|| "quote text that begins with `*`".to_owned())
}
