//! What expressions refer to in resources.

use std::sync::Arc;

use super::check::{Checker, at_path, at_root};
use crate::address::Address;
use crate::expression::{Access, Reference, ReferenceSegment};
use crate::schema::{Catalog, PropertyPath, ResourceSchema};
use crate::stack::diagnostic::did_you_mean;
use crate::stack::expression::{Failure, Group};

/// A message names at most so many attributes.
const MOST_NAMED: usize = 4;

impl Checker<'_> {
    pub(super) fn resource(&self, reference: &Reference, group: &Group) -> Result<(), Failure> {
        match group {
            Group::Broken => Ok(()),
            Group::Absent => {
                Err(at_root(reference, format!("`{}` is not in this stack: its `when` is false", reference.root)))
            }
            Group::Single(_) => match self.as_group(reference) {
                Some(failure) => Err(failure),
                None => self.attribute(reference, &reference.segments),
            },
            Group::Members(members) => match reference.segments.split_first() {
                None => Ok(()),
                Some((ReferenceSegment::Key(key), _)) if !members.contains_key(key) => {
                    Err(self.no_member(reference, key, members.keys().map(String::as_str)))
                }
                Some((ReferenceSegment::Index(_), _)) => {
                    Err(at_path(reference, "the members of a `for_each` have keys and no numbers"))
                }
                Some((_, rest)) => self.attribute(reference, rest),
            },
        }
    }

    /// What is wrong with taking one resource for the members of a `for_each`: `x.map(k, x[k].Arn)`, `x[each.key].Arn`.
    fn as_group(&self, reference: &Reference) -> Option<Failure> {
        let attribute = match reference.segments.as_slice() {
            [] if reference.access == Access::Keys => None,
            [ReferenceSegment::Index(_), ..] => None,
            [
                ReferenceSegment::EachKey | ReferenceSegment::EachValue | ReferenceSegment::Any,
                ReferenceSegment::Key(name),
                ..,
            ] if self.schema(&reference.root)?.attributes().any(|attribute| attribute == name) => Some(name),
            _ => return None,
        };
        let name = &reference.root;
        let failure = at_root(reference, format!("`{name}` has no `for_each`, so it has no members"));
        let own = attribute.map(|attribute| format!("`{name}.{attribute}`"));
        Some(failure.suggest(own.or_else(|| self.some_attributes(name, name)).map(|own| format!("write {own}"))))
    }

    fn attribute(&self, reference: &Reference, segments: &[ReferenceSegment]) -> Result<(), Failure> {
        let Some(schema) = self.schema(&reference.root) else { return Ok(()) };
        let path = certain_path(segments);
        match schema.check_attribute(&path) {
            _ if path.is_root() => Ok(()),
            Some(violation) => Err(at_path(reference, violation.message).suggest(violation.suggestion)),
            None if schema.is_write_only(&path) => Err(write_only(reference, &path, &schema)),
            None => Ok(()),
        }
    }

    /// What is wrong with naming a whole resource, or all members of a `for_each`, where a value is wanted.
    pub(super) fn whole_resource(&self, reference: &Reference, written: &str) -> Option<Failure> {
        let (what, example) = match (self.engine.groups.get(&reference.root)?, reference.segments.as_slice()) {
            (Group::Single(_), []) => ("a whole resource", self.some_attributes(&reference.root, written)),
            (Group::Members(_), [_]) => ("a whole resource", self.some_attributes(&reference.root, written)),
            (Group::Members(members), []) => {
                let member = members.keys().next().map(|key| Address::member(written, key));
                let example = member.and_then(|member| self.some_attributes(&reference.root, member.as_str()));
                ("all members of a `for_each`", example)
            }
            _ => return None,
        };
        let message = format!("`{written}` is {what}, and a value is one of its attributes");
        let failure = Failure::new(reference.offset, written.len(), message);
        Some(failure.suggest(example.map(|example| format!("write {example}"))))
    }

    /// The attributes that are read most, those that AWS gives: "`jobs.Arn` or `jobs.QueueUrl`".
    fn some_attributes(&self, name: &str, written: &str) -> Option<String> {
        let schema = self.schema(name)?;
        let outputs = schema.attributes().filter(|attribute| schema.is_output(attribute));
        let named: Vec<String> = outputs.take(MOST_NAMED).map(|attribute| format!("`{written}.{attribute}`")).collect();
        match named.split_last()? {
            (only, []) => Some(only.clone()),
            (last, others) => Some(format!("{} or {last}", others.join(", "))),
        }
    }

    /// The attribute that a reference names, with its type's schema, where both are certain.
    pub(super) fn attribute_of(&self, reference: &Reference) -> Option<(Arc<ResourceSchema>, PropertyPath)> {
        let segments = match self.engine.groups.get(&reference.root)? {
            Group::Single(_) => reference.segments.as_slice(),
            Group::Members(_) => reference.segments.get(1..)?,
            Group::Absent | Group::Broken => return None,
        };
        let path = certain_path(segments);
        let is_certain = !path.is_root() && path.segments().len() == segments.len();
        is_certain.then_some((self.schema(&reference.root)?, path))
    }

    fn schema(&self, name: &str) -> Option<Arc<ResourceSchema>> {
        Catalog::standard().get(&self.declarations.get(name)?.type_name)
    }

    fn no_member<'a>(&self, reference: &Reference, key: &str, keys: impl Iterator<Item = &'a str> + Clone) -> Failure {
        let name = &reference.root;
        let declaration = self.declarations.get(name);
        if declaration.is_some_and(|declaration| declaration.decides_members()) {
            let message = format!("`{name}` has no member \"{key}\", or its `when` is false");
            return at_path(reference, message).suggest(did_you_mean(key, keys));
        }
        let suggestion = did_you_mean(key, keys.clone()).or_else(|| {
            let first = keys.into_iter().next()?;
            Some(format!("name the member first: `{name}[\"{first}\"].{key}`"))
        });
        at_path(reference, format!("`{name}` has `for_each`, and no member \"{key}\"")).suggest(suggestion)
    }
}

/// The path as far as it is written out.
fn certain_path(segments: &[ReferenceSegment]) -> PropertyPath {
    let mut path = PropertyPath::root();
    for segment in segments {
        path = match segment {
            ReferenceSegment::Key(key) => path.key(key),
            ReferenceSegment::Index(index) => path.index(*index),
            ReferenceSegment::Any | ReferenceSegment::EachKey | ReferenceSegment::EachValue => break,
        };
    }
    path
}

fn write_only(reference: &Reference, path: &PropertyPath, schema: &ResourceSchema) -> Failure {
    let message = format!("`{path}` of {} cannot be referred to: AWS never gives it back", schema.type_name());
    let both = "put the value into `config` and use it in both places";
    let managed = schema.attributes().any(|name| name == "MasterUserSecret");
    let secret = format!(", or let AWS manage it and use `{}.MasterUserSecret.SecretArn`", reference.root);
    at_path(reference, message).help(if managed { format!("{both}{secret}") } else { both.to_owned() })
}
