use std::sync::Arc;

use indexmap::IndexMap;

use super::Declaration;
use crate::schema::{Catalog, PropertyPath};
use crate::stack::diagnostic::{Problems, did_you_mean};
use crate::stack::expression::{Access, Engine, Expression, Failure, Group, Reference, Segment, unknown_function};
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
}

/// Checks what expressions refer to and call, without evaluating them.
pub(super) struct Checker<'a> {
    pub engine: &'a Engine,
    pub declarations: &'a IndexMap<String, Arc<Declaration>>,
}

impl Checker<'_> {
    /// True if nothing is wrong.
    pub fn check(&self, template: &Template, place: Place<'_>, problems: &mut Problems) -> bool {
        let before = problems.count();
        let mut expressions = Vec::new();
        template.expressions(&mut expressions);
        for (holder, offset, expression) in expressions {
            for failure in self.failures(expression, place) {
                problems.push(holder.diagnose(&problems.source, offset, &failure));
            }
        }
        problems.count() == before
    }

    fn failures(&self, expression: &Expression, place: Place<'_>) -> Vec<Failure> {
        let references = expression.references.iter().filter_map(|reference| self.reference(reference, place).err());
        let functions = expression.functions.iter().filter_map(|(name, offset)| {
            let suggestion = unknown_function(name)?;
            Some(Failure::new(*offset, name.len(), format!("there is no function `{name}`")).suggest(suggestion))
        });
        let files = expression.files.iter().filter_map(|(path, offset)| {
            let message = self.engine.files.text(path).err()?;
            Some(Failure::new(*offset, path.len() + 2, message))
        });
        references.chain(functions).chain(files).collect()
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
        let suggestion = did_you_mean(name, declared.chain(["config", "stack", "each"]))
            .unwrap_or_else(|| "for the characters `${` write `$${`".to_owned());
        at_root(reference, format!("`{name}` is neither a resource of this stack nor `config`, `stack` or `each`"))
            .help(suggestion)
    }

    /// Config is known whole, so every literal key on the way must be there.
    fn config(&self, reference: &Reference) -> Result<(), Failure> {
        let mut value = self.engine.config();
        for segment in &reference.segments {
            let (Value::Map(entries), Segment::Key(key)) = (value, segment) else { return Ok(()) };
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

    fn resource(&self, reference: &Reference, group: &Group) -> Result<(), Failure> {
        match group {
            Group::Broken => Ok(()),
            Group::Absent => {
                Err(at_root(reference, format!("`{}` is not in this stack: its `when` is false", reference.root)))
            }
            Group::Single(_) => self.attribute(reference, &reference.segments),
            Group::Members(members) => match reference.segments.split_first() {
                None => Ok(()),
                Some((Segment::Key(key), _)) if !members.contains_key(key) => {
                    Err(no_member(reference, key, members.keys().map(String::as_str)))
                }
                Some((Segment::Index(_), _)) => {
                    Err(at_path(reference, "the members of a `for_each` have keys and no numbers"))
                }
                Some((_, rest)) => self.attribute(reference, rest),
            },
        }
    }

    fn attribute(&self, reference: &Reference, segments: &[Segment]) -> Result<(), Failure> {
        let declaration = self.declarations.get(&reference.root);
        let Some(schema) = declaration.and_then(|declaration| Catalog::standard().get(&declaration.type_name)) else {
            return Ok(());
        };
        let mut path = PropertyPath::root();
        for segment in segments {
            path = match segment {
                Segment::Key(key) => path.key(key),
                Segment::Index(index) => path.index(*index),
                Segment::Any | Segment::EachKey | Segment::EachValue => break,
            };
        }
        match schema.check_attribute(&path) {
            Some(violation) if !path.is_root() => {
                Err(at_path(reference, violation.message).suggest(violation.suggestion))
            }
            _ => Ok(()),
        }
    }
}

fn no_member<'a>(reference: &Reference, key: &str, keys: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let name = &reference.root;
    let suggestion = did_you_mean(key, keys.clone()).or_else(|| {
        let first = keys.into_iter().next()?;
        Some(format!("name the member first: `{name}[\"{first}\"].{key}`"))
    });
    at_path(reference, format!("`{name}` has `for_each`, and no member \"{key}\"")).suggest(suggestion)
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

fn at_root(reference: &Reference, message: impl Into<String>) -> Failure {
    Failure::new(reference.offset, reference.root.len(), message)
}

fn at_path(reference: &Reference, message: impl Into<String>) -> Failure {
    Failure::new(reference.offset, reference.length(), message)
}
