use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Json;

use super::conditions::{Asked, Condition, Definition, Subject};
use super::format::described;
use super::in_place_change::InPlaceChange;
use super::kind::{Kind, Kinds};
use super::lookup::Lookup;
use super::node::Node;
use super::validator::Validator;
use super::{Operation, PropertyPath, TagProperty, TagShape, Violation, attribute};
use crate::value::Value;

/// What AWS publishes about one resource type.
#[derive(Debug)]
pub struct ResourceSchema {
    facts: Facts,
    lookup: Lookup,
    create_only: Vec<PropertyPath>,
    conditional_create_only: Vec<PropertyPath>,
    read_only: Vec<PropertyPath>,
    write_only: Vec<PropertyPath>,
    secret_outputs: Vec<PropertyPath>,
    primary_identifier: Vec<PropertyPath>,
    derived_outputs: Vec<(PropertyPath, Vec<String>)>,
    kept: Vec<PropertyPath>,
    moving: Vec<PropertyPath>,
    tag_property: Option<TagProperty>,
    /// Compiled when they are first asked.
    conditions: OnceLock<Vec<Condition>>,
}

/// A type's own keywords, next to those of JSON Schema.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    type_name: String,
    #[serde(default)]
    definitions: IndexMap<String, Node>,
    #[serde(default)]
    create_only_properties: Vec<String>,
    #[serde(default)]
    conditional_create_only_properties: Vec<String>,
    #[serde(default)]
    read_only_properties: Vec<String>,
    #[serde(default)]
    write_only_properties: Vec<String>,
    /// A keyword of our own: outputs that state keeps encrypted.
    #[serde(default)]
    secret_outputs: Vec<String>,
    #[serde(default)]
    primary_identifier: Vec<String>,
    #[serde(default)]
    handlers: HashMap<Operation, Handler>,
    #[serde(default)]
    tagging: Tagging,
    replacement_strategy: Option<ReplacementStrategy>,
    #[serde(default)]
    in_place_changes: Vec<InPlaceChange>,
    /// A keyword of our own: the types whose objects keep AWS from deleting one of these.
    #[serde(default)]
    held_by: Vec<String>,
    /// A keyword of our own: properties that stay as they are when a file leaves them out.
    #[serde(default)]
    kept_properties: Vec<String>,
    /// A keyword of our own: properties that AWS sets anew by itself.
    #[serde(default)]
    moving_properties: Vec<String>,
    /// A keyword of our own: outputs that an update changes, with the properties that they follow.
    #[serde(default)]
    derived_outputs: IndexMap<String, Vec<String>>,
    /// A keyword of our own: what AWS refuses of several properties together.
    #[serde(default)]
    conditions: Vec<Definition>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handler {
    #[serde(default)]
    permissions: Vec<String>,
    timeout_in_minutes: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tagging {
    tag_property: Option<String>,
    tag_updatable: Option<bool>,
    tag_on_create: Option<bool>,
    #[serde(default)]
    permissions: Vec<String>,
}

/// In which order a type can be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplacementStrategy {
    CreateThenDelete,
    DeleteThenCreate,
}

impl ResourceSchema {
    /// # Errors
    /// If the text is no resource schema.
    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        let mut facts: Facts = serde_json::from_str(text)?;
        let lookup = Lookup { root: serde_json::from_str(text)?, definitions: std::mem::take(&mut facts.definitions) };
        let create_only = paths(&facts.create_only_properties);
        // Some types list a property under both: it can be written when the object is made.
        let is_written = |path: &PropertyPath| create_only.contains(path);
        let read_only = paths(&facts.read_only_properties).into_iter().filter(|path| !is_written(path)).collect();
        let mut schema = Self {
            conditional_create_only: paths(&facts.conditional_create_only_properties),
            write_only: paths(&facts.write_only_properties),
            secret_outputs: paths(&facts.secret_outputs),
            primary_identifier: paths(&facts.primary_identifier),
            kept: paths(&facts.kept_properties),
            moving: paths(&facts.moving_properties),
            derived_outputs: std::mem::take(&mut facts.derived_outputs).into_iter().map(derived).collect(),
            tag_property: None,
            conditions: OnceLock::new(),
            create_only,
            read_only,
            facts,
            lookup,
        };
        schema.tag_property = schema.find_tag_property();
        Ok(schema)
    }

    pub fn type_name(&self) -> &str {
        &self.facts.type_name
    }

    /// The properties that cannot change: another value needs another object.
    pub fn create_only(&self) -> &[PropertyPath] {
        &self.create_only
    }

    /// The properties that some changes of which need another object; AWS's schemas do not say which changes.
    pub fn conditional_create_only(&self) -> &[PropertyPath] {
        &self.conditional_create_only
    }

    /// The properties that AWS sets.
    pub fn read_only(&self) -> &[PropertyPath] {
        &self.read_only
    }

    /// The properties that AWS does not give back: secrets, and options of a call.
    pub fn write_only(&self) -> &[PropertyPath] {
        &self.write_only
    }

    /// The properties that together name one object, in the order in which Cloud Control joins them with `|`.
    pub fn primary_identifier(&self) -> &[PropertyPath] {
        &self.primary_identifier
    }

    /// True if AWS does not delete an object of this type that is in use.
    pub fn is_held(&self) -> bool {
        !self.facts.held_by.is_empty()
    }

    /// True if AWS deletes no object of this type while one of the other type uses it.
    pub fn is_held_by(&self, type_name: &str) -> bool {
        self.facts.held_by.iter().any(|holder| holder == type_name)
    }

    /// True if the property stays as it is when a file no longer says it.
    pub fn is_kept(&self, path: &PropertyPath) -> bool {
        self.kept.contains(path)
    }

    /// The properties that AWS sets anew by itself where a file leaves them out.
    pub fn moving(&self) -> &[PropertyPath] {
        &self.moving
    }

    /// True if AWS sets the property, or one around it, anew by itself where a file leaves it out.
    pub fn is_moving(&self, path: &PropertyPath) -> bool {
        self.moving.iter().any(|listed| listed.covers(path))
    }

    /// The outputs that an update in place changes, each with the properties that it follows.
    pub fn derived_outputs(&self) -> &[(PropertyPath, Vec<String>)] {
        &self.derived_outputs
    }

    /// True if the property, or one around it, is create-only.
    pub fn is_create_only(&self, path: &PropertyPath) -> bool {
        self.create_only.iter().any(|listed| listed.covers(path))
    }

    /// True if this change needs another object. `None` is a value that is not there; an unknown one is not null either.
    pub fn replaces(&self, path: &PropertyPath, from: Option<&Json>, to: Option<&Json>) -> bool {
        let in_place = || self.facts.in_place_changes.iter().any(|change| change.covers(path, from, to));
        self.is_create_only(path) && !in_place()
    }

    /// True if the property, or one around it, is conditionally create-only.
    pub fn is_conditional_create_only(&self, path: &PropertyPath) -> bool {
        self.conditional_create_only.iter().any(|listed| listed.covers(path))
    }

    /// True if a change of the whole value at the path changes a create-only property: the path itself, one around it
    /// or one inside it.
    pub fn touches_create_only(&self, path: &PropertyPath) -> bool {
        self.create_only.iter().any(|listed| listed.covers(path) || path.covers(listed))
    }

    /// True if the property, or one around it, is set by AWS.
    pub fn is_read_only(&self, path: &PropertyPath) -> bool {
        self.read_only.iter().any(|listed| listed.covers(path))
    }

    /// True if the property, or one around it, cannot be read back.
    pub fn is_write_only(&self, path: &PropertyPath) -> bool {
        self.write_only.iter().any(|listed| listed.covers(path))
    }

    /// True for an output that is a secret, which state keeps encrypted.
    pub fn is_secret_output(&self, name: &str) -> bool {
        self.secret_outputs.iter().any(|path| path.top_level() == Some(name))
    }

    /// True for a list whose order means nothing: `insertionOrder: false`, and every list of tags.
    pub fn is_unordered(&self, path: &PropertyPath) -> bool {
        let is_tags = || self.tag_property.as_ref().is_some_and(|tags| *path == PropertyPath::root().key(&tags.name));
        self.nodes(path).iter().any(|node| node.insertion_order == Some(false)) || is_tags()
    }

    /// True for a JSON document: a map of any shape, or one that may also be written as a text.
    pub fn is_document(&self, path: &PropertyPath) -> bool {
        self.nodes(path).into_iter().any(Node::is_document)
    }

    /// The value that AWS uses where the property is not written, as far as it publishes it.
    pub fn default(&self, path: &PropertyPath) -> Option<&serde_json::Value> {
        self.nodes(path).into_iter().find_map(|node| node.default.as_ref())
    }

    /// The types that the property may have; `None` where there is no such property.
    pub fn kinds(&self, path: &PropertyPath) -> Option<Kinds> {
        let nodes = self.nodes(path);
        let kinds = nodes.iter().map(|node| node.kinds()).fold(Kinds::default(), Kinds::or);
        (!nodes.is_empty()).then_some(kinds)
    }

    /// What texts at the path are, in a reader's words, "the id of a VPC", one for each alternative; empty where the schema
    /// leaves it open.
    pub fn formats(&self, path: &PropertyPath) -> Vec<&'static str> {
        let said = self.nodes(path).into_iter().filter(|node| node.format.is_some() || node.is_leaf());
        let formats = said.map(|node| node.format.as_deref().and_then(described));
        formats.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// The property that holds the tags; also found where the schema does not name it.
    pub fn tag_property(&self) -> Option<&TagProperty> {
        self.tag_property.as_ref()
    }

    /// The names that `${name.Attribute}` can read: all properties, written ones and outputs.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.lookup.names(&self.lookup.root).into_iter()
    }

    /// The properties that a stack file can write.
    pub fn writable(&self) -> impl Iterator<Item = &str> {
        self.attributes().filter(|name| !self.is_read_only(&PropertyPath::root().key(name)))
    }

    /// The IAM actions that an operation needs.
    pub fn permissions(&self, operation: Operation) -> &[String] {
        self.facts.handlers.get(&operation).map(|handler| handler.permissions.as_slice()).unwrap_or_default()
    }

    /// The IAM actions that reading and changing tags needs.
    pub fn tag_permissions(&self) -> &[String] {
        &self.facts.tagging.permissions
    }

    /// True if Cloud Control can do this with the type.
    pub fn supports(&self, operation: Operation) -> bool {
        self.facts.handlers.contains_key(&operation)
    }

    /// How long an operation may take, where it is longer or shorter than usual.
    pub fn timeout(&self, operation: Operation) -> Option<Duration> {
        let minutes = self.facts.handlers.get(&operation)?.timeout_in_minutes?;
        Some(Duration::from_secs(minutes * 60))
    }

    /// In which order the type must be replaced, where AWS says so.
    pub fn replacement_strategy(&self) -> Option<ReplacementStrategy> {
        self.facts.replacement_strategy
    }

    /// Everything about written properties that AWS would refuse, in the order in which they are written. A value that
    /// is not known yet fits everywhere; null is a property that is not written.
    pub fn validate(&self, properties: &Value) -> Vec<Violation> {
        Validator::new(self, &self.lookup).validate(properties)
    }

    /// What AWS refuses of several properties together that are each right.
    pub fn unmet_conditions(&self, asked: Asked, subject: &Subject<'_>) -> Vec<Violation> {
        let mut found = Vec::new();
        let conditions = self.conditions().iter().filter(|condition| condition.needs() == asked);
        conditions.for_each(|condition| condition.check(subject, &mut found));
        found
    }

    /// True if there is such a condition on the type.
    pub fn has_conditions(&self, asked: Asked) -> bool {
        self.conditions().iter().any(|condition| condition.needs() == asked)
    }

    /// A test compiles them all.
    pub(super) fn conditions(&self) -> &[Condition] {
        let compile = |definition: &Definition| Condition::compile(definition.clone()).ok();
        self.conditions.get_or_init(|| self.facts.conditions.iter().filter_map(compile).collect())
    }

    /// The conditions as they are written.
    #[cfg(test)]
    pub(super) fn definitions(&self) -> &[Definition] {
        &self.facts.conditions
    }

    /// What is wrong with reading an attribute, `Endpoint.Address`; `None` if the type has it.
    pub fn check_attribute(&self, path: &PropertyPath) -> Option<Violation> {
        attribute::check(self.type_name(), &self.lookup, path)
    }

    pub(super) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    fn nodes(&self, path: &PropertyPath) -> Vec<&Node> {
        self.lookup.at(path.segments())
    }

    fn find_tag_property(&self) -> Option<TagProperty> {
        let tagging = &self.facts.tagging;
        let named = tagging.tag_property.as_deref().map(PropertyPath::from_pointer);
        let mut candidates = named.into_iter().chain([PropertyPath::root().key("Tags")]);
        candidates.find_map(|path| {
            let [super::PathSegment::Key(name)] = path.segments() else { return None };
            let updatable = tagging.tag_updatable.unwrap_or(true) && !self.is_create_only(&path);
            let on_create = tagging.tag_on_create.unwrap_or(true);
            Some(TagProperty { name: name.clone(), shape: self.tag_shape(&path)?, updatable, on_create })
        })
    }

    fn tag_shape(&self, path: &PropertyPath) -> Option<TagShape> {
        let kinds = self.kinds(path)?;
        if !kinds.contains(Kind::Array) {
            return kinds.contains(Kind::Object).then_some(TagShape::Map);
        }
        let items = self.nodes(&path.with(super::PathSegment::Any));
        let names = [("Key", "Value"), ("TagKey", "TagValue"), ("key", "value")].into_iter().find(|(key, value)| {
            items.iter().any(|item| item.properties.contains_key(*key) && item.properties.contains_key(*value))
        });
        names.map(|(key, value)| TagShape::List { key: key.to_owned(), value: value.to_owned() })
    }
}

fn derived((pointer, follows): (String, Vec<String>)) -> (PropertyPath, Vec<String>) {
    (PropertyPath::from_pointer(&pointer), follows)
}

fn paths(pointers: &[String]) -> Vec<PropertyPath> {
    pointers.iter().map(|pointer| PropertyPath::from_pointer(pointer)).collect()
}
