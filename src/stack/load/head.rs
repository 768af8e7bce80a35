use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choose::{Chosen, choose};
use super::header::Header;
use super::overrides::Override;
use crate::encryption::Encryption;
use crate::stack::diagnostic::{Diagnostics, Problems, Source, Span};
use crate::stack::document::{Node, parse};
use crate::value::Value;

/// A stack's file, with what its head says, and the rest as it is written.
pub(in crate::stack) struct Head {
    pub path: PathBuf,
    pub text: String,
    pub project: String,
    pub region: String,
    pub encryption: Option<Encryption>,
    pub document: Node,
}

/// Reads the file of the stack `name`. Resources and outputs are not looked at.
pub(in crate::stack) fn read_head(folder: &Path, name: &str) -> Result<Head, Diagnostics> {
    let Chosen { path, text } = choose(folder, name)?;
    head_of(path, text)
}

/// The same of a text that stands for a file's.
pub(in crate::stack) fn head_of(path: PathBuf, text: String) -> Result<Head, Diagnostics> {
    let mut problems = Problems::new(Arc::new(Source::of_file(&path, text.clone())));
    let Some(document) = parse(&mut problems) else {
        if problems.count() == 0 {
            problems.error(Span::default(), "the stack file is empty");
        }
        return Err(problems.into_diagnostics());
    };
    let Header { project, region, encryption, .. } = Header::read(document.clone(), &mut problems);
    problems.finish(Head { path, text, project, region, encryption, document })
}

/// A value as `--set key=text` reads it in the place of another.
pub(in crate::stack) fn read_value(key: &str, text: &str, replaced: &Value) -> Result<Value, Diagnostics> {
    let mut problems = Problems::new(Arc::new(Source::new("--set", format!("{key}={text}"))));
    let value = Override::new(key, text).value(replaced, &mut problems);
    problems.finish(value)
}
