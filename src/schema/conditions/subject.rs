use std::sync::Arc;

use cel::common::value::Val;

use super::readable::Readable;
use crate::schema::PropertyPath;
use crate::value::Value;

/// Another resource of the stack, which a property refers to.
#[derive(Debug, Clone)]
pub struct Referred {
    pub type_name: String,
    /// What is written for it.
    pub properties: Arc<Value>,
}

/// Gives the other resource that the value at a path is a reference to.
type References<'a> = dyn Fn(&PropertyPath) -> Option<Referred> + 'a;

/// What conditions are asked about: the properties of a resource, and what they refer to.
pub struct Subject<'a> {
    properties: Readable<&'a Value>,
    /// The other resource that the value at a path is a reference to.
    referred: Option<&'a References<'a>>,
}

impl<'a> Subject<'a> {
    /// A resource alone.
    pub fn alone(properties: &'a Value) -> Self {
        Self { properties: Readable::new(properties), referred: None }
    }

    /// A resource among others.
    pub fn among(properties: &'a Value, referred: &'a References<'a>) -> Self {
        Self { referred: Some(referred), ..Self::alone(properties) }
    }

    pub(super) fn properties(&self) -> &'a Value {
        self.properties.value
    }

    pub(super) fn referred(&self, path: &PropertyPath) -> Option<Referred> {
        self.referred.and_then(|referred| referred(path))
    }
}

/// What the names in a condition's expressions stand for.
pub(super) struct Scope<'a> {
    subject: &'a Subject<'a>,
    item: Option<Readable<&'a Value>>,
    others: Vec<(&'a str, Readable<Arc<Value>>)>,
}

impl<'a> Scope<'a> {
    pub fn new(subject: &'a Subject<'a>, item: Option<&'a Value>) -> Self {
        Self { subject, item: item.map(Readable::new), others: Vec::new() }
    }

    pub fn add(&mut self, name: &'a str, written: Arc<Value>) {
        self.others.push((name, Readable::new(written)));
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        match name {
            "self" => Some(self.subject.properties()),
            "it" => self.item.as_ref().map(|item| item.value),
            other => self.other(other).map(|other| &*other.value),
        }
    }

    /// The same as expressions take it.
    pub fn readable(&self, name: &str) -> Option<&dyn Val> {
        match name {
            "self" => self.subject.properties.for_expressions(),
            "it" => self.item.as_ref()?.for_expressions(),
            other => self.other(other)?.for_expressions(),
        }
    }

    fn other(&self, name: &str) -> Option<&Readable<Arc<Value>>> {
        self.others.iter().find(|(other, _)| *other == name).map(|(_, other)| other)
    }
}
