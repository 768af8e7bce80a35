use std::sync::Arc;

use indexmap::IndexMap;

use super::Declaration;
use crate::expression::{Access, Reference, ReferenceSegment};
use crate::stack::diagnostic::{Problems, did_you_mean};
use crate::stack::expression::{Engine, Expression, Failure, gives_secrets, unknown_function, wrong_count};
use crate::stack::foreign_words;
use crate::stack::template::Template;
use crate::value::Value;

const STACK_FIELDS: &[&str] = &["name", "project", "region", "account", "ephemeral"];
const EACH_FIELDS: &[&str] = &["key", "value"];

/// Where expressions stand, which decides what they may refer to.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Why resources cannot be used, where they cannot: "`when` is decided before anything is created".
    pub no_resources: Option<&'a str>,
    /// True under `for_each`.
    pub each: bool,
    /// True where a resource may be given as a whole, all that is known of it: in an output.
    pub whole: bool,
}

/// Checks what expressions refer to and call, without evaluating them.
pub(super) struct Checker<'a> {
    pub engine: &'a Engine,
    pub declarations: &'a IndexMap<String, Arc<Declaration>>,
}

impl Checker<'_> {
    /// The texts of the expressions that something is wrong with.
    pub fn check(&self, template: &Template, place: Place<'_>, problems: &mut Problems) -> Vec<String> {
        let mut refused = Vec::new();
        let mut expressions = Vec::new();
        template.expressions(&mut expressions);
        for (holder, offset, expression) in expressions {
            let whole = place.whole && holder.is_one_expression();
            let failures = self.failures(expression, Place { whole, ..place });
            if !failures.is_empty() {
                refused.push(expression.text.clone());
            }
            for failure in failures {
                problems.push(holder.diagnose(&problems.source, offset, &failure));
            }
        }
        refused
    }

    fn failures(&self, expression: &Expression, place: Place<'_>) -> Vec<Failure> {
        let references: Vec<Failure> =
            expression.references.iter().filter_map(|reference| self.reference(reference, place).err()).collect();
        // What is wrong with a reference goes before its being a whole resource.
        let is_value = references.is_empty() && !place.whole && place.no_resources.is_none();
        let whole = expression.path().filter(|_| is_value);
        let whole = whole.and_then(|reference| self.whole_resource(reference, expression.text.trim()));
        let stored = expression.calls.iter().filter(|call| gives_secrets(&call.name)).filter_map(|call| {
            let why = place.no_resources?;
            let failure =
                Failure::new(call.offset, call.name.len(), format!("`{}` is read by each run, and {why}", call.name));
            Some(failure.help("it can use `config` and `stack`"))
        });
        let functions = expression.calls.iter().filter_map(|call| {
            let failure = |message| Failure::new(call.offset, call.name.len(), message);
            match unknown_function(&call.name) {
                Some(suggestion) => Some(failure(format!("there is no function `{}`", call.name)).suggest(suggestion)),
                None => wrong_count(call).map(failure),
            }
        });
        let files = expression.files.iter().filter_map(|(path, offset)| {
            let message = self.engine.files.text(path).err()?;
            Some(Failure::new(*offset, path.len() + 2, message))
        });
        let mut failures: Vec<Failure> = Vec::new();
        for failure in references.into_iter().chain(whole).chain(stored).chain(functions).chain(files) {
            // `x.map(k, x[k].Arn)` says the same thing of `x` twice.
            if failures.iter().all(|other| other.message != failure.message) {
                failures.push(failure);
            }
        }
        failures
    }

    fn reference(&self, reference: &Reference, place: Place<'_>) -> Result<(), Failure> {
        match reference.root.as_str() {
            "config" => self.config(reference),
            "stack" => field(reference, STACK_FIELDS),
            "each" if place.each => field(reference, EACH_FIELDS),
            "each" => Err(at_root(reference, "`each` is only known under `for_each`")),
            "input" => Err(at_root(reference, "`input` is only known inside a component")),
            name => match self.engine.groups.get(name) {
                None => Err(self.unknown_root(reference)),
                Some(_) if place.no_resources.is_some() => {
                    let why = place.no_resources.unwrap_or_default();
                    Err(at_root(reference, why).help("it can use `config` and `stack`"))
                }
                Some(group) => self.resource(reference, group),
            },
        }
    }

    fn unknown_root(&self, reference: &Reference) -> Failure {
        let name = reference.root.as_str();
        let declared = self.engine.groups.keys().map(String::as_str);
        let suggestion = foreign_words::root(name)
            .map(str::to_owned)
            .or_else(|| did_you_mean(name, declared.chain(["config", "stack", "each"])))
            .unwrap_or_else(|| "for the characters `${` write `$${`".to_owned());
        at_root(reference, format!("`{name}` is neither a resource of this stack nor `config`, `stack` or `each`"))
            .help(suggestion)
    }

    /// Config is known whole, so every literal key on the way must be there.
    fn config(&self, reference: &Reference) -> Result<(), Failure> {
        let mut value = self.engine.config();
        for segment in &reference.segments {
            let (Value::Map(entries), ReferenceSegment::Key(key)) = (value, segment) else { return Ok(()) };
            value = match entries.get(key) {
                Some(value) => value,
                None if reference.access == Access::Test => return Ok(()),
                None => {
                    let suggestion = did_you_mean(key, entries.keys().map(String::as_str));
                    return Err(at_path(reference, format!("`config` has no `{key}`")).suggest(suggestion));
                }
            };
        }
        Ok(())
    }
}

fn field(reference: &Reference, fields: &[&str]) -> Result<(), Failure> {
    match reference.first_key() {
        Some(key) if !fields.contains(&key) => {
            let suggestion =
                did_you_mean(key, fields.iter().copied()).unwrap_or_else(|| format!("it has {}", fields.join(", ")));
            Err(at_path(reference, format!("`{}` has no `{key}`", reference.root)).help(suggestion))
        }
        _ => Ok(()),
    }
}

pub(super) fn at_root(reference: &Reference, message: impl Into<String>) -> Failure {
    Failure::new(reference.offset, reference.root.len(), message)
}

pub(super) fn at_path(reference: &Reference, message: impl Into<String>) -> Failure {
    Failure::new(reference.offset, reference.length(), message)
}
