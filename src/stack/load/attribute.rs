//! What expressions refer to in resources.

use std::sync::Arc;

use super::check::{Checker, at_path, at_root};
use crate::address::Address;
use crate::expression::{Access, Reference, ReferenceSegment};
use crate::schema::{Catalog, PropertyPath, ResourceSchema};
use crate::stack::diagnostic::{did_you_mean, nearest};
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

    /// The attribute that was written where a member's key is wanted, `subnet.SubnetId`, or the one that it most likely is.
    fn meant_attribute(&self, reference: &Reference) -> Option<String> {
        let [ReferenceSegment::Key(key)] = reference.segments.as_slice() else { return None };
        let schema = self.schema(&reference.root)?;
        let is_one = schema.attributes().any(|attribute| attribute == key);
        if is_one { Some(key.clone()) } else { nearest(key, schema.attributes()).map(str::to_owned) }
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
        let suggestion = did_you_mean(key, keys.clone()).or_else(|| match self.meant_attribute(reference) {
            Some(attribute) => {
                let first = keys.clone().next()?;
                Some(format!("name the member first: `{}.{attribute}`", Address::member(name, first)))
            }
            None => some_members(keys.clone()),
        });
        at_path(reference, format!("`{name}` has `for_each`, and no member \"{key}\"")).suggest(suggestion)
    }
}

/// "its members are "a", "b" and 3 more".
fn some_members<'a>(keys: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let named: Vec<String> = keys.clone().take(MOST_NAMED).map(|key| format!("\"{key}\"")).collect();
    let others = keys.count() - named.len();
    Some(match (named.as_slice(), others) {
        ([], _) => return None,
        ([only], 0) => format!("its only member is {only}"),
        (named, 0) => format!("its members are {}", named.join(", ")),
        (named, others) => format!("its members are {} and {others} more", named.join(", ")),
    })
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
