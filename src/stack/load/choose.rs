use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::Glob;

use super::names::{check_name, check_pattern};
use crate::stack::diagnostic::{Diagnostic, Diagnostics, Location, Problems, Source, Span, did_you_mean};
use crate::stack::document::{NodeKind, parse};

/// A stack file's path and text.
pub(super) struct Chosen {
    pub path: PathBuf,
    pub text: String,
}

/// Another file of the folder: the name that it stands for, or the pattern.
struct Candidate {
    path: PathBuf,
    text: String,
    stem: String,
    /// The pattern as it is written.
    pattern: Option<String>,
    broken: Option<Diagnostics>,
}

/// Finds the file of the stack `name`: `NAME.yaml` or `NAME.yml` without a `match` that excludes it, else the one file
/// whose `match` fits.
pub(super) fn choose(folder: &Path, name: &str) -> Result<Chosen, Diagnostics> {
    if let Err((message, suggestion)) = check_name("stack name", name) {
        return Err(about_name(name, message).suggest(suggestion).into());
    }
    let candidates = candidates(folder)?;
    let own: Vec<&Candidate> =
        candidates.iter().filter(|candidate| candidate.stem == name && candidate.fits(name)).collect();
    let fitting = match own.is_empty() {
        false => own,
        true => candidates.iter().filter(|candidate| candidate.pattern.is_some() && candidate.fits(name)).collect(),
    };
    match fitting.as_slice() {
        [one] => Ok(Chosen { path: one.path.clone(), text: one.text.clone() }),
        [] => Err(not_found(folder, name, &candidates)),
        several => {
            let files: Vec<_> = several.iter().map(|candidate| candidate.path.display().to_string()).collect();
            let message = format!("the stack `{name}` could be any of {}", files.join(", "));
            let patterns = several.iter().any(|candidate| candidate.pattern.is_some());
            let help =
                if patterns { "make one `match` narrower" } else { "keep one of them, and rename or delete the other" };
            Err(about_name(name, message).suggest(Some(help.to_owned())).into())
        }
    }
}

/// True if the folder has a file for the stack `name`, whatever is in it.
pub(in crate::stack) fn is_declared(folder: &Path, name: &str) -> bool {
    candidates(folder).is_ok_and(|candidates| candidates.iter().any(|candidate| candidate.fits(name)))
}

/// True if a file with that `match` is for the stack of that name.
pub(in crate::stack) fn is_named_by(pattern: &str, name: &str) -> bool {
    Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

impl Candidate {
    fn fits(&self, name: &str) -> bool {
        match &self.pattern {
            Some(pattern) => is_named_by(pattern, name),
            None => self.stem == name,
        }
    }

    /// What a list of the folder's stacks calls it.
    fn shown(&self) -> &str {
        self.pattern.as_deref().unwrap_or(&self.stem)
    }
}

fn candidates(folder: &Path) -> Result<Vec<Candidate>, Diagnostics> {
    let unreadable = |error: std::io::Error| {
        let diagnostic = about_file(folder, format!("cannot read the folder of stack files: {error}"));
        Diagnostics::from(diagnostic.suggest(Some("stack files are in `stacks/`".to_owned())))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.into_iter().map(candidate).collect()
}

fn candidate(path: PathBuf) -> Result<Candidate, Diagnostics> {
    let text = text_of(&path)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (pattern, broken) = match pattern(&path, &text) {
        Ok(pattern) => (pattern, None),
        Err(broken) => (None, Some(broken)),
    };
    Ok(Candidate { path, text, stem, pattern, broken })
}

fn text_of(path: &Path) -> Result<String, Diagnostics> {
    let unreadable = |error| about_file(path, format!("cannot read the stack file: {error}"));
    let bytes = std::fs::read(path).map_err(|error| Diagnostics::from(unreadable(error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let is_utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let message = match is_utf16 {
            true => "the stack file is in UTF-16".to_owned(),
            false => format!("the stack file is no text in UTF-8: a character of line {line} is none"),
        };
        about_file(path, message).suggest(Some("save it as UTF-8".to_owned())).into()
    })
}

/// The `match` of a file. The file is only parsed where it may have one.
fn pattern(path: &Path, text: &str) -> Result<Option<String>, Diagnostics> {
    let may_have = |line: &str| ["match", "\"match", "'match", "{"].iter().any(|start| line.starts_with(start));
    if !text.lines().any(may_have) {
        return Ok(None);
    }
    let mut problems = Problems::new(Arc::new(Source::of_file(path, text.to_owned())));
    let node = parse(&mut problems);
    let Some(NodeKind::Map(mut entries)) = node.map(|node| node.kind) else { return problems.finish(None) };
    let Some(entry) = entries.shift_remove("match") else { return Ok(None) };
    match check_pattern(&entry.node) {
        Ok(pattern) => Ok(Some(pattern)),
        Err(_) if matches!(entry.node.kind, NodeKind::Broken) => problems.finish(None),
        Err(message) => {
            problems.error(entry.node.span, message);
            problems.finish(None)
        }
    }
}

fn not_found(folder: &Path, name: &str, candidates: &[Candidate]) -> Diagnostics {
    let broken = candidates.iter().filter_map(|candidate| candidate.broken.as_ref());
    let broken: Vec<Diagnostic> = broken.flat_map(|diagnostics| diagnostics.0.clone()).collect();
    if !broken.is_empty() {
        return Diagnostics(broken);
    }
    let shown: Vec<&str> = candidates.iter().map(Candidate::shown).collect();
    let listed = if shown.is_empty() {
        format!("there are no stack files in {}", folder.display())
    } else {
        format!("the stacks in {} are {}", folder.display(), shown.join(", "))
    };
    let suggestion = did_you_mean(name, shown.iter().copied()).map(|suggestion| format!("{suggestion} ({listed})"));
    about_name(name, format!("there is no stack `{name}`")).suggest(Some(suggestion.unwrap_or(listed))).into()
}

fn about_name(name: &str, message: String) -> Diagnostic {
    let text = format!("--stack {name}");
    let source = Source::new("--stack", text.clone());
    source.error(Span::new("--stack ".len(), text.len()), message)
}

fn about_file(path: &Path, message: String) -> Diagnostic {
    let file = path.display().to_string();
    Diagnostic::new(Location { file, line: 1, column: 1, width: 1, text: String::new() }, message)
}
