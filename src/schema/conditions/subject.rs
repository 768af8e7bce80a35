use std::cell::OnceCell;
use std::sync::Arc;

use crate::expression::to_cel;
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
    pub properties: &'a Value,
    /// The other resource that the value at a path is a reference to.
    referred: Option<&'a References<'a>>,
    converted: OnceCell<cel::Value>,
}

impl<'a> Subject<'a> {
    /// A resource alone.
    pub fn alone(properties: &'a Value) -> Self {
        Self { properties, referred: None, converted: OnceCell::new() }
    }

    /// A resource among others.
    pub fn among(properties: &'a Value, referred: &'a References<'a>) -> Self {
        Self { referred: Some(referred), ..Self::alone(properties) }
    }

    pub(super) fn referred(&self, path: &PropertyPath) -> Option<Referred> {
        self.referred.and_then(|referred| referred(path))
    }
}

/// What the names in a condition's expressions stand for.
pub(super) struct Scope<'a> {
    subject: &'a Subject<'a>,
    item: Option<&'a Value>,
    others: Vec<(&'a str, Arc<Value>)>,
}

impl<'a> Scope<'a> {
    pub fn new(subject: &'a Subject<'a>, item: Option<&'a Value>) -> Self {
        Self { subject, item, others: Vec::new() }
    }

    pub fn add(&mut self, name: &'a str, referred: Referred) {
        self.others.push((name, referred.properties));
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        match name {
            "self" => Some(self.subject.properties),
            "it" => self.item,
            other => self.others.iter().find(|(name, _)| *name == other).map(|(_, value)| &**value),
        }
    }

    pub fn converted(&self, name: &str) -> Option<cel::Value> {
        match name {
            "self" => Some(self.subject.converted.get_or_init(|| to_cel(self.subject.properties)).clone()),
            other => self.value(other).map(to_cel),
        }
    }
}
