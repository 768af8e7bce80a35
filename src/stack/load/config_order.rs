use std::collections::HashMap;

use indexmap::IndexMap;

use crate::expression::{Access, Reference};
use crate::stack::diagnostic::{Problems, did_you_mean};
use crate::stack::expression::Failure;
use crate::stack::template::Template;

/// Which values of `config` are made of others, and in which order.
pub(super) struct ConfigOrder {
    /// By key: `None` for a value that something is wrong with.
    computed: HashMap<String, Option<usize>>,
}

impl ConfigOrder {
    /// What refers to anything but `stack` and `config`, to nothing, or to itself, goes to `problems`.
    pub fn of(templates: &IndexMap<String, Template>, problems: &mut Problems) -> Self {
        let mut computed = HashMap::new();
        let mut waiting: Vec<(&str, Vec<&str>)> = Vec::new();
        for (key, template) in templates {
            match read_keys(template, templates, problems) {
                Some(read) if read.is_empty() => {}
                Some(read) => waiting.push((key, read)),
                None => drop(computed.insert(key.clone(), None)),
            }
        }
        while !waiting.is_empty() {
            let is_ready = |read: &[&str]| read.iter().all(|key| waiting.iter().all(|(other, _)| other != key));
            let Some(ready) = waiting.iter().position(|(_, read)| is_ready(read)) else { break };
            let position = computed.len();
            computed.insert(waiting.remove(ready).0.to_owned(), Some(position));
        }
        for (key, _) in &waiting {
            computed.insert((*key).to_owned(), None);
        }
        if let Some((key, _)) = waiting.first() {
            let names: Vec<String> = waiting.iter().map(|(key, _)| format!("`{key}`")).collect();
            let message = match names.as_slice() {
                [_] => "this value of `config` is made of itself".to_owned(),
                names => format!("these values of `config` are made of each other: {}", names.join(", ")),
            };
            problems.error(templates.get(*key).map(|template| template.span).unwrap_or_default(), message);
        }
        Self { computed }
    }

    /// True for a value that reads no other one.
    pub fn is_plain(&self, key: &str) -> bool {
        !self.computed.contains_key(key)
    }

    /// Where a value stands among those that are made of others.
    pub fn position(&self, key: &str) -> Option<usize> {
        *self.computed.get(key)?
    }
}

/// The keys that a value reads; `None` where it refers to what it cannot.
fn read_keys<'a>(
    template: &'a Template,
    templates: &IndexMap<String, Template>,
    problems: &mut Problems,
) -> Option<Vec<&'a str>> {
    let (mut read, before) = (Vec::new(), problems.count());
    let mut expressions = Vec::new();
    template.expressions(&mut expressions);
    for (holder, offset, expression) in expressions {
        if expression.gives_secrets() {
            let failure = Failure::new(0, expression.text.len(), "`config` is known before anything is read from AWS");
            let failure = failure.help("write `ssm(…)` or `secret(…)` into the property that needs it");
            problems.push(holder.diagnose(&problems.source, offset, &failure));
        }
        for reference in expression.references.iter().filter(|reference| reference.root != "stack") {
            match key_of(reference, templates) {
                Ok(key) => read.extend(key),
                Err(failure) => problems.push(holder.diagnose(&problems.source, offset, &failure)),
            }
        }
    }
    (problems.count() == before).then_some(read)
}

/// `None` where it is only asked whether a value is there that is not.
fn key_of<'a>(reference: &'a Reference, templates: &IndexMap<String, Template>) -> Result<Option<&'a str>, Failure> {
    let failure = |message: &str| Failure::new(reference.offset, reference.root.len(), message);
    if reference.root != "config" {
        return Err(failure("a value of `config` can only use `stack` and other values of `config`"));
    }
    let Some(key) = reference.first_key() else {
        let whole = failure("`config` as a whole would hold this value too");
        return Err(whole.help("name the value that is read: `config.name`"));
    };
    match templates.contains_key(key) {
        true => Ok(Some(key)),
        false if reference.access == Access::Test => Ok(None),
        false => {
            let suggestion = did_you_mean(key, templates.keys().map(String::as_str));
            Err(failure(&format!("`config` has no `{key}`")).suggest(suggestion))
        }
    }
}
