use indexmap::IndexSet;

use super::kind::{Kind, Kinds};
use super::lookup::Lookup;
use super::nearest::{folded, nearest};
use super::node::{Additional, Node};
use super::trail::Trail;
use super::{PathSegment, PropertyPath, ResourceSchema, Violation, describe};
use crate::value::Value;

/// Walks written properties along a type's schema. `cfn-lint` and CloudFormation judge the same way, except that a value
/// that is not known yet fits everywhere.
pub(super) struct Validator<'a> {
    pub(super) schema: &'a ResourceSchema,
    pub(super) lookup: &'a Lookup,
}

/// A name is looked for at most so deep in other properties.
const SEARCH_DEPTH: usize = 4;

impl<'a> Validator<'a> {
    pub(super) fn new(schema: &'a ResourceSchema, lookup: &'a Lookup) -> Self {
        Self { schema, lookup }
    }

    pub(super) fn validate(&self, properties: &Value) -> Vec<Violation> {
        let mut found: Vec<Violation> = Vec::new();
        self.check(&self.lookup.root, properties, &Trail::Root, &mut found);
        // What two alternatives of a schema say about one value is said once.
        let unique: IndexSet<Violation> = found.into_iter().collect();
        unique.into_iter().collect()
    }

    /// Everything that a schema says about a value.
    pub(super) fn check(&self, node: &Node, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(kind) = Kind::of(value).filter(|kind| *kind != Kind::Null) else { return };
        if let Some(referred) = self.lookup.referred(node) {
            self.check(referred, value, trail, found);
        }
        let mut spelled = Vec::new();
        if node.is_document() {
            self.check_spelling(value, trail, &mut spelled);
        }
        if let Some(policy) = node.policy {
            let mut malformed = Vec::new();
            self.check_policy(policy, value, trail, &mut malformed);
            // What is to stand in quotes is another value then.
            malformed.retain(|violation| spelled.iter().all(|other| other.path != violation.path));
            found.extend(malformed);
        }
        found.append(&mut spelled);
        if node.takes_as_document(value) {
            return;
        }
        if !node.kinds().accepts(kind) {
            found.push(self.wrong_type(node, node.kinds(), value, trail));
            return;
        }
        self.check_choices(node, value, trail, found);
        self.check_tags(value, trail, found);
        match value {
            Value::String(text) => self.check_text(node, text, trail, found),
            Value::Number(number) => self.check_number(node, number.as_f64(), trail, found),
            Value::List(items) => self.check_items(node, items, trail, found),
            Value::Map(_) => self.check_entries(node, value, trail, found),
            _ => {}
        }
        self.check_alternatives(node, value, trail, found);
    }

    /// In a document nobody says that a number is a text, so that one that YAML reads otherwise than it is written would be
    /// sent otherwise too.
    fn check_spelling(&self, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        match value {
            Value::Number(number) if number.is_respelled() => {
                let message =
                    format!("`{}` would be sent as {}: YAML reads it as a number", self.place(trail), number.number());
                let suggestion = Some(format!("write it in quotes: \"{number}\""));
                found.push(Violation { path: trail.path(), message, suggestion, ..Violation::default() });
            }
            Value::Map(entries) => {
                entries.iter().for_each(|(name, value)| self.check_spelling(value, &Trail::Key(trail, name), found));
            }
            Value::List(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(index, item)| self.check_spelling(item, &Trail::Index(trail, index), found));
            }
            _ => {}
        }
    }

    pub(super) fn wrong_type(&self, node: &Node, wanted: Kinds, value: &Value, trail: &Trail<'_>) -> Violation {
        let got = if self.is_secret(trail) {
            Kind::of(value).map_or("another value", Kind::described).to_owned()
        } else {
            describe::with_type(value)
        };
        let message = format!("`{}` must be {}, got {got}", self.place(trail), wanted.described());
        let suggestion = self.as_list(node, value).or_else(|| {
            let written = describe::rewritten(value, wanted)?;
            let shows_value = !matches!(value, Value::Map(_) | Value::List(_));
            (!(shows_value && self.is_secret(trail))).then_some(written)
        });
        Violation { path: trail.path(), message, suggestion, ..Violation::default() }
    }

    /// How to write a value where a list is wanted.
    fn as_list(&self, node: &Node, value: &Value) -> Option<String> {
        let item = node.items.as_deref()?;
        let facets = self.lookup.facets(item);
        let holds = |name| facets.iter().any(|facet| facet.properties.contains_key(name));
        match value {
            Value::Map(_) if holds("Key") && holds("Value") => {
                Some("write it as a list: [{Key: team, Value: web}]".to_owned())
            }
            Value::Map(_) if holds("Name") && holds("Value") && value.get("Name").is_none() => {
                Some("write it as a list: [{Name: MODE, Value: web}]".to_owned())
            }
            Value::List(_) => None,
            other => {
                let fits = facets.iter().any(|facet| Kind::of(other).is_some_and(|kind| facet.kinds().contains(kind)));
                fits.then(|| "write it as a list with one item".to_owned())
            }
        }
    }

    fn check_items(&self, node: &Node, items: &[Value], trail: &Trail<'_>, found: &mut Vec<Violation>) {
        if let Some(wanted) = outside(items.len(), (node.min_items, node.max_items)) {
            let message =
                format!("`{}` must have {wanted} item{}, got {}", self.place(trail), plural(&wanted), items.len());
            found.push(Violation { path: trail.path(), message, ..Violation::default() });
        }
        for (index, item) in items.iter().enumerate() {
            let trail = Trail::Index(trail, index);
            if let Some(inner) = node.item(index) {
                self.check(inner, item, &trail, found);
            }
            if node.unique_items && is_told(item) && items.get(..index).is_some_and(|before| before.contains(item)) {
                let message = format!("`{}` is there already: the items must differ", self.place(&trail));
                found.push(Violation { path: trail.path(), message, ..Violation::default() });
            }
        }
    }

    fn check_entries(&self, node: &Node, map: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Value::Map(entries) = map else { return };
        let mut meant = Vec::new();
        for (name, value) in entries {
            let inside = Trail::Key(trail, name);
            if self.is_output(&inside) {
                let message = format!("`{}` is set by AWS and cannot be written", self.place(&inside));
                found.push(Violation { path: inside.path(), message, ..Violation::default() });
            } else if let Some(entry) = node.entry(name) {
                self.check(entry, value, &inside, found);
            } else if matches!(node.additional_properties, Additional::Allowed(false)) && !self.lookup.knows(node, name)
            {
                let near = self.meant(node, name, trail);
                meant.extend(near);
                found.push(self.unknown_name(name, near, &inside, trail));
            }
        }
        self.check_required(node, map, &meant, trail, found);
        if let Some(wanted) = outside(entries.len(), (node.min_properties, node.max_properties)) {
            let word = if plural(&wanted).is_empty() { "entry" } else { "entries" };
            let message = format!("`{}` must have {wanted} {word}, got {}", self.place(trail), entries.len());
            found.push(Violation { path: trail.path(), message, ..Violation::default() });
        }
    }

    /// The property that an unknown name is most likely meant to be.
    fn meant<'n>(&'n self, node: &'n Node, name: &str, trail: &Trail<'_>) -> Option<&'n str> {
        let around = trail.path();
        let writable = self.lookup.names(node).into_iter().filter(|name| !self.schema.is_read_only(&around.key(name)));
        let names: Vec<&str> = writable.collect();
        let same = names.iter().find(|candidate| folded(candidate) == folded(name)).copied();
        same.or_else(|| nearest(name, names))
    }

    fn unknown_name(&self, name: &str, meant: Option<&str>, inside: &Trail<'_>, trail: &Trail<'_>) -> Violation {
        let message = format!("`{name}` is not a property of {}", self.place(trail));
        let suggestion = match meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None => self.elsewhere(name).map(|place| format!("there is `{place}`")),
        };
        Violation { path: inside.path(), message, suggestion, is_name: true, ..Violation::default() }
    }

    /// Where else in the type there is a property of that name, the nearest to the top.
    fn elsewhere(&self, name: &str) -> Option<PropertyPath> {
        let mut level = vec![(PropertyPath::root(), &self.lookup.root)];
        for _ in 0..SEARCH_DEPTH {
            let mut next = Vec::new();
            for (path, node) in level {
                for facet in self.lookup.facets(node) {
                    for (inner, child) in &facet.properties {
                        let path = path.key(inner);
                        if inner == name && !self.schema.is_read_only(&path) {
                            return Some(path);
                        }
                        next.push((path, child));
                    }
                    next.extend(facet.items.as_deref().map(|item| (path.with(PathSegment::Any), item)));
                }
            }
            level = next;
        }
        None
    }

    /// Where the trail is, for a message: a path, or the type's name.
    pub(super) fn place(&self, trail: &Trail<'_>) -> String {
        match trail.path() {
            root if root.is_root() => self.schema.type_name().to_owned(),
            path => path.to_string(),
        }
    }

    pub(super) fn is_output(&self, trail: &Trail<'_>) -> bool {
        self.schema.read_only().iter().any(|output| trail.is_at(output.segments()))
    }

    /// Every taggable resource gets tags, also where a stack file writes none.
    pub(super) fn is_tags(&self, trail: &Trail<'_>) -> bool {
        let Trail::Key(Trail::Root, name) = trail else { return false };
        self.schema.tag_property().is_some_and(|tags| tags.name == *name)
    }
}

/// True if equal ones are certain to come to the same: what is not known yet is known by its expression.
fn is_told(value: &Value) -> bool {
    match value {
        Value::Unknown(unknown) => !unknown.expression.is_empty(),
        Value::List(items) => items.iter().all(is_told),
        Value::Map(entries) => entries.values().all(is_told),
        _ => true,
    }
}

/// What a count should be, if it is not within its bounds: "at least 1", "between 1 and 80".
pub(super) fn outside(count: usize, bounds: (Option<usize>, Option<usize>)) -> Option<String> {
    let (low, high) = (bounds.0.is_some_and(|least| count < least), bounds.1.is_some_and(|most| count > most));
    match bounds {
        _ if !low && !high => None,
        (Some(least), Some(most)) if least == most => Some(format!("exactly {least}")),
        (Some(least), Some(most)) => Some(format!("between {least} and {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (_, most) => Some(format!("at most {}", most.unwrap_or_default())),
    }
}

/// "at least 1" stands before a singular.
pub(super) fn plural(wanted: &str) -> &'static str {
    if wanted.ends_with(" 1") { "" } else { "s" }
}
