use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::replace_file::replace_file;
use super::text_edit::{CONFIG, TextEdit};
use super::{ConfigValue, EditError, NewValue};
use crate::encryption::Encryption;
use crate::stack::diagnostic::{Diagnostics, Problems, Source};
use crate::stack::document::{Node, NodeKind, parse};
use crate::stack::load::{Head, head_of, read_head};
use crate::value::Value;

/// A stack file to look at and to change. Only its head has been checked.
pub struct StackFile {
    pub path: PathBuf,
    pub project: String,
    pub region: String,
    pub encryption: Option<Encryption>,
    /// The names that the file stands for, where it is not one stack's alone.
    pub pattern: Option<String>,
    pub config: ConfigValue,
    text: String,
    document: Node,
}

impl StackFile {
    /// The file of the stack `name` in a folder of stack files.
    ///
    /// # Errors
    /// What is wrong with its form or its head.
    pub fn read(folder: &Path, name: &str) -> Result<Self, Diagnostics> {
        Ok(Self::of(read_head(folder, name)?))
    }

    /// A file of this text, wherever it comes from.
    ///
    /// # Errors
    /// As `read`.
    pub fn of_text(path: PathBuf, text: String) -> Result<Self, Diagnostics> {
        Ok(Self::of(head_of(path, text)?))
    }

    /// The same file with another text.
    ///
    /// # Errors
    /// As `read`.
    pub fn with_text(&self, text: String) -> Result<Self, Diagnostics> {
        Self::of_text(self.path.clone(), text)
    }

    fn of(Head { path, text, project, region, encryption, document }: Head) -> Self {
        let entry = |key: &str| match &document.kind {
            NodeKind::Map(entries) => entries.get(key).map(|entry| &entry.node),
            _ => None,
        };
        let pattern = entry("match").and_then(|node| match &node.kind {
            NodeKind::Text(pattern) => Some(pattern.clone()),
            _ => None,
        });
        let config = match entry(CONFIG) {
            Some(node) if !matches!(node.kind, NodeKind::Null) => ConfigValue::of(node),
            _ => ConfigValue::Plain(Json::Object(serde_json::Map::new())),
        };
        Self { path, project, region, encryption, pattern, config, text, document }
    }

    /// The file's text with this value under the dotted key; every other line is as it was.
    ///
    /// # Errors
    /// A key that cannot be, and a file in which the value cannot be changed alone.
    pub fn set(&self, key: &str, value: &NewValue) -> Result<String, EditError> {
        let path: Vec<&str> = key.split('.').collect();
        self.check_place(key, &path)?;
        let edited = self.edit().set(&path, value);
        self.checked(key, edited, with(self.document.to_value(), &full(&path), value.value()))
    }

    /// The file's text without the dotted key.
    ///
    /// # Errors
    /// A key that is not there, and a file in which it cannot be removed alone.
    pub fn remove(&self, key: &str) -> Result<String, EditError> {
        if self.config.at(key).is_none() {
            return Err(self.missing(key));
        }
        let path: Vec<&str> = key.split('.').collect();
        let edited = self.edit().remove(&path);
        self.checked(key, edited, without(self.document.to_value(), &full(&path)))
    }

    /// Replaces the file by this text.
    ///
    /// # Errors
    /// A file or folder that cannot be written.
    pub fn write(&self, text: &str) -> Result<(), EditError> {
        replace_file(&self.path, text).map_err(|error| EditError::Write { path: self.path.clone(), error })
    }

    /// The text as it is in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A key that is not there, with those that are.
    pub fn missing(&self, key: &str) -> EditError {
        let known = self.config.leaves().into_iter().map(|(path, _)| path.join("."));
        EditError::Missing { key: key.to_owned(), known: known.filter(|known| !known.is_empty()).collect() }
    }

    fn edit(&self) -> TextEdit<'_> {
        TextEdit { text: &self.text, document: &self.document }
    }

    /// Keys that are there may have any name; a new one has one that expressions can use.
    fn check_place(&self, key: &str, path: &[&str]) -> Result<(), EditError> {
        let in_name = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        let is_name = |part: &&str| {
            part.starts_with(|character: char| character.is_ascii_alphabetic() || character == '_')
                && part.chars().all(in_name)
        };
        if self.config.at(key).is_none() && !path.iter().all(is_name) {
            return Err(EditError::Key(key.to_owned()));
        }
        for length in 1..path.len() {
            let above = path[..length].join(".");
            match self.config.at(&above) {
                Some(value) if value.is_secret() => return Err(EditError::InsideSecret(above)),
                Some(ConfigValue::Plain(Json::Object(_) | Json::Null) | ConfigValue::Map(_)) | None => {}
                Some(_) => return Err(EditError::NoMap(above)),
            }
        }
        Ok(())
    }

    /// Whatever the editor did: the text is only good if it means what the file meant, but for the one value.
    fn checked(&self, key: &str, edited: Option<String>, expected: Option<Value>) -> Result<String, EditError> {
        let means = |text: &String| {
            let mut problems = Problems::new(Arc::new(Source::of_file(&self.path, text.clone())));
            let node = parse(&mut problems);
            problems.count() == 0 && node.map(|node| bare(node.to_value())) == expected.clone().map(bare)
        };
        let entangled = || EditError::Entangled { key: key.to_owned(), path: self.path.clone() };
        edited.filter(means).ok_or_else(entangled)
    }
}

fn full<'a>(path: &[&'a str]) -> Vec<&'a str> {
    [&[CONFIG], path].concat()
}

/// The document with a value set; what is missing or nothing on the way becomes a map.
fn with(document: Value, path: &[&str], value: Value) -> Option<Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    let mut entries = match document {
        Value::Map(entries) => entries,
        Value::Null => IndexMap::new(),
        _ => return None,
    };
    let inner = entries.get(*first).cloned().unwrap_or(Value::Null);
    entries.insert((*first).to_owned(), with(inner, rest, value)?);
    Some(Value::Map(entries))
}

/// The value with nothing in the place of empty maps: which of the two is left of a map without entries is no matter.
fn bare(value: Value) -> Value {
    match value {
        Value::Map(entries) if entries.is_empty() => Value::Null,
        Value::Map(entries) => Value::Map(entries.into_iter().map(|(key, value)| (key, bare(value))).collect()),
        Value::List(items) => Value::List(items.into_iter().map(bare).collect()),
        other => other,
    }
}

/// The document without a value.
fn without(document: Value, path: &[&str]) -> Option<Value> {
    let (Value::Map(mut entries), Some((first, rest))) = (document, path.split_first()) else { return None };
    if rest.is_empty() {
        entries.shift_remove(*first)?;
    } else {
        let inner = entries.get(*first).cloned()?;
        entries.insert((*first).to_owned(), without(inner, rest)?);
    }
    Some(Value::Map(entries))
}
