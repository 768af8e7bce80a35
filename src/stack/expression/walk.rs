use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Failure;
use super::engine::{Each, Frame, Group};
use crate::address::Address;
use crate::expression::{Access, Reference, ReferenceSegment, map_to_cel, to_cel};
use crate::stack::diagnostic::did_you_mean;
use crate::value::{Unknown, Value};

/// One value that a reference starts from, and the rest of the way.
pub(super) struct Part<'a> {
    /// The resource that it comes from, if it comes from one.
    pub address: Option<Address>,
    value: Cow<'a, Value>,
    segments: &'a [ReferenceSegment],
}

impl ReferenceSegment {
    /// The key of a map that is meant, where it is certain.
    pub(super) fn key<'a>(&'a self, each: Option<&'a Each>) -> Option<&'a str> {
        match self {
            Self::Key(key) => Some(key),
            Self::EachKey => each.and_then(|each| each.text("key")),
            Self::EachValue => each.and_then(|each| each.text("value")),
            Self::Index(_) | Self::Any => None,
        }
    }
}

impl<'a> Part<'a> {
    pub fn known(value: &'a Value, segments: &'a [ReferenceSegment]) -> Self {
        Self { address: None, value: Cow::Borrowed(value), segments }
    }

    pub fn unknown(segments: &'a [ReferenceSegment]) -> Self {
        let unknown = Unknown { expression: String::new(), waits_for: Vec::new() };
        Self { address: None, value: Cow::Owned(Value::Unknown(unknown)), segments }
    }

    fn resource(address: &Address, segments: &'a [ReferenceSegment], frame: Frame<'a>) -> Self {
        let value = match segments.first() {
            Some(ReferenceSegment::Key(_)) => frame.scope.attributes(address),
            _ => frame.scope.whole(address),
        };
        Self { address: Some(address.clone()), value, segments }
    }

    /// True if what the reference reads has a part that is not known.
    pub fn is_unknown(&self, access: Access, frame: Frame<'_>) -> bool {
        has_unknown(&self.value, self.segments, access, frame.each)
    }

    /// True if a text that the reference reads is one of those.
    pub fn has_text(&self, is_one: &dyn Fn(&str) -> bool, frame: Frame<'_>) -> bool {
        has_text(&self.value, self.segments, is_one, frame.each)
    }

    /// # Errors
    /// An attribute that the resource does not have, where the expression does not ask whether it has it.
    pub fn check_attribute(&self, reference: &Reference) -> Result<(), Failure> {
        let (Some(address), Value::Map(attributes)) = (&self.address, &*self.value) else { return Ok(()) };
        match self.segments.first() {
            Some(ReferenceSegment::Key(key)) if reference.access != Access::Test && !attributes.contains_key(key) => {
                let message = format!("`{address}` has no value for `{key}`");
                Err(Failure::new(reference.offset, reference.length(), message))
            }
            _ => Ok(()),
        }
    }
}

/// The values that a reference to a resource starts from.
///
/// # Errors
/// A resource that is not in the stack, or a member that a `for_each` does not have.
pub(super) fn parts<'a>(group: &Group, reference: &'a Reference, frame: Frame<'a>) -> Result<Vec<Part<'a>>, Failure> {
    let failure = |message| Err(Failure::new(reference.offset, reference.root.len(), message));
    match group {
        Group::Single(address) => Ok(vec![Part::resource(address, &reference.segments, frame)]),
        Group::Broken => Ok(vec![Part::unknown(&reference.segments)]),
        Group::Absent => failure(format!("`{}` is not in this stack: its `when` is false", reference.root)),
        Group::Members(members) => {
            let rest = reference.segments.get(1..).unwrap_or_default();
            let key = reference.segments.first().and_then(|segment| segment.key(frame.each));
            match key {
                Some(key) => match members.get(key) {
                    Some(address) => Ok(vec![Part::resource(address, rest, frame)]),
                    None if reference.access == Access::Test => Ok(Vec::new()),
                    None => failure(format!("`{}` has no member \"{key}\"", reference.root)),
                },
                None if reference.access == Access::Keys && reference.segments.is_empty() => Ok(Vec::new()),
                None => Ok(members.values().map(|address| Part::resource(address, rest, frame)).collect()),
            }
        }
    }
}

fn has_unknown(value: &Value, segments: &[ReferenceSegment], access: Access, each: Option<&Each>) -> bool {
    let Some((segment, rest)) = segments.split_first() else {
        return !(value.is_known() || access == Access::Keys && matches!(value, Value::Map(_)));
    };
    let within = |value: &Value| has_unknown(value, rest, access, each);
    match value {
        Value::Unknown(_) => true,
        Value::Map(entries) => match segment.key(each) {
            Some(key) => entries.get(key).is_some_and(within),
            None => entries.values().any(within),
        },
        Value::List(items) => match segment {
            ReferenceSegment::Index(index) => items.get(*index).is_some_and(within),
            _ => items.iter().any(within),
        },
        _ => false,
    }
}

fn has_text(value: &Value, segments: &[ReferenceSegment], is_one: &dyn Fn(&str) -> bool, each: Option<&Each>) -> bool {
    let (segment, rest) = match segments.split_first() {
        Some((segment, rest)) => (Some(segment), rest),
        None => (None, segments),
    };
    let within = |value: &Value| has_text(value, rest, is_one, each);
    match (value, segment) {
        (Value::String(text), _) => is_one(text),
        (Value::Number(number), _) => is_one(&number.to_string()),
        (Value::Map(entries), segment) => match segment.and_then(|segment| segment.key(each)) {
            Some(key) => entries.get(key).is_some_and(within),
            None => entries.values().any(within),
        },
        (Value::List(items), Some(ReferenceSegment::Index(index))) => items.get(*index).is_some_and(within),
        (Value::List(items), _) => items.iter().any(within),
        _ => false,
    }
}

/// The value that a plain path names.
///
/// # Errors
/// The step at which there is nothing.
pub(super) fn follow(part: &Part<'_>, reference: &Reference, frame: Frame<'_>) -> Result<Value, Failure> {
    let mut value = &*part.value;
    for segment in part.segments {
        let next = match (value, segment) {
            (Value::List(items), ReferenceSegment::Index(index)) => items.get(*index),
            (Value::Map(entries), segment) => segment.key(frame.each).and_then(|key| entries.get(key)),
            _ => None,
        };
        value = next.ok_or_else(|| nothing_at(value, segment, reference, frame.each))?;
    }
    Ok(value.clone())
}

fn nothing_at(value: &Value, segment: &ReferenceSegment, reference: &Reference, each: Option<&Each>) -> Failure {
    let name = match segment {
        ReferenceSegment::Index(index) => index.to_string(),
        other => other.key(each).unwrap_or_default().to_owned(),
    };
    let failure = Failure::new(reference.offset, reference.length(), format!("there is no `{name}` in this value"));
    match value {
        Value::Map(entries) => failure.suggest(did_you_mean(&name, entries.keys().map(String::as_str))),
        _ => failure,
    }
}

/// What a resource's name is bound to in CEL: only the attributes that the references touch.
pub(super) fn value_at(group: &Group, references: &[&Reference], frame: Frame<'_>) -> cel::Value {
    match group {
        Group::Single(address) => {
            let wanted =
                Wanted::of(references.iter().map(|reference| (reference.segments.as_slice(), reference.access)));
            wanted.take(address, frame)
        }
        Group::Members(members) => {
            let values =
                members.iter().map(|(key, address)| (key.as_str(), member_value(key, address, references, frame)));
            map_to_cel(values)
        }
        Group::Absent | Group::Broken => cel::Value::Null,
    }
}

fn member_value(member: &str, address: &Address, references: &[&Reference], frame: Frame<'_>) -> cel::Value {
    let meant = references.iter().filter_map(|reference| match reference.segments.split_first() {
        None if reference.access == Access::Keys => None,
        None => Some((&[][..], reference.access)),
        Some((first, rest)) => {
            first.key(frame.each).is_none_or(|key| key == member).then_some((rest, reference.access))
        }
    });
    let wanted = Wanted::of(meant);
    match &wanted {
        Wanted::Some(keys) if keys.is_empty() => map_to_cel([]),
        _ => wanted.take(address, frame),
    }
}

/// Which attributes of a resource are read.
enum Wanted<'a> {
    All,
    Some(BTreeSet<&'a str>),
}

impl<'a> Wanted<'a> {
    fn of(paths: impl Iterator<Item = (&'a [ReferenceSegment], Access)>) -> Self {
        let mut keys = BTreeSet::new();
        for (segments, _) in paths {
            match segments.first() {
                Some(ReferenceSegment::Key(key)) => keys.insert(key.as_str()),
                _ => return Self::All,
            };
        }
        Self::Some(keys)
    }

    fn take(&self, address: &Address, frame: Frame<'_>) -> cel::Value {
        let Self::Some(keys) = self else { return to_cel(&frame.scope.whole(address)) };
        match &*frame.scope.attributes(address) {
            Value::Map(entries) => {
                let taken = keys.iter().filter_map(|key| Some((*key, to_cel(entries.get(*key)?))));
                map_to_cel(taken)
            }
            other => to_cel(other),
        }
    }
}
