use super::kind::{Kind, Kinds, is_same};
use super::lookup::Lookup;
use super::nearest::{folded, nearest};
use super::node::{Additional, Node};
use super::trail::Trail;
use super::{PropertyPath, ResourceSchema, Segment, Violation, describe};
use crate::value::Value;

/// Walks written properties along a type's schema. `cfn-lint` and CloudFormation judge the same way, except that a value
/// that is not known yet fits everywhere.
pub(super) struct Validator<'a> {
    schema: &'a ResourceSchema,
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
        let mut unique: Vec<Violation> = Vec::new();
        for violation in found {
            if !unique.contains(&violation) {
                unique.push(violation);
            }
        }
        unique
    }

    /// Everything that a schema says about a value.
    pub(super) fn check(&self, node: &Node, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(kind) = Kind::of(value).filter(|kind| *kind != Kind::Null) else { return };
        if let Some(referred) = self.lookup.referred(node) {
            self.check(referred, value, trail, found);
        }
        if node.takes_as_document(value) {
            return;
        }
        if !node.kinds().accepts(kind) {
            found.push(self.wrong_type(node, node.kinds(), value, trail));
            return;
        }
        self.check_choices(node, value, trail, found);
        match value {
            Value::String(text) => self.check_text(node, text, trail, found),
            Value::Number(number) => self.check_number(node, number.as_f64(), trail, found),
            Value::List(items) => self.check_items(node, items, trail, found),
            Value::Map(_) => self.check_entries(node, value, trail, found),
            _ => {}
        }
        self.check_alternatives(node, value, trail, found);
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
            (!self.is_secret(trail)).then_some(written)
        });
        Violation { path: trail.path(), message, suggestion }
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
            Value::List(_) => None,
            other => {
                let fits = facets.iter().any(|facet| Kind::of(other).is_some_and(|kind| facet.kinds().contains(kind)));
                fits.then(|| "write it as a list with one item".to_owned())
            }
        }
    }

    fn check_choices(&self, node: &Node, value: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let constant = node.constant.as_slice();
        for choices in [node.choices.as_slice(), constant] {
            if !choices.is_empty() && !choices.iter().any(|choice| is_same(value, choice)) {
                found.push(self.wrong_choice(choices, value, trail));
            }
        }
        if let (Value::String(text), false) = (value, node.loose_choices.is_empty()) {
            let is_same = |choice: &serde_json::Value| choice.as_str().is_some_and(|c| c.eq_ignore_ascii_case(text));
            if !node.loose_choices.iter().any(is_same) {
                found.push(self.wrong_choice(&node.loose_choices, value, trail));
            }
        }
    }

    fn wrong_choice(&self, choices: &[serde_json::Value], value: &Value, trail: &Trail<'_>) -> Violation {
        let message =
            format!("`{}` must be {}{}", self.place(trail), describe::choices(choices), self.got(value, trail));
        let written = describe::plain(value);
        let near = nearest(&written, choices.iter().filter_map(serde_json::Value::as_str));
        Violation { path: trail.path(), message, suggestion: near.map(|near| format!("did you mean `{near}`?")) }
    }

    fn check_text(&self, node: &Node, text: &str, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let bounds = (node.min_length, node.max_length);
        if bounds != (None, None) {
            let length = text.chars().count();
            if let Some(wanted) = outside(length, bounds) {
                let message = format!("`{}` must be {wanted} characters long, got {length}", self.place(trail));
                found.push(Violation { path: trail.path(), message, suggestion: None });
            }
        }
        if let Some(pattern) = node.pattern.as_ref().filter(|pattern| !pattern.accepts(text)) {
            let got = self.got(&Value::String(text.to_owned()), trail);
            let message = format!("`{}` must match {}{got}", self.place(trail), pattern.text());
            found.push(Violation { path: trail.path(), message, suggestion: None });
        }
    }

    fn check_number(&self, node: &Node, number: Option<f64>, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(number) = number else { return };
        let low = node.minimum.is_some_and(|least| number < least)
            || node.exclusive_minimum.is_some_and(|least| number <= least);
        let high =
            node.maximum.is_some_and(|most| number > most) || node.exclusive_maximum.is_some_and(|most| number >= most);
        if low || high {
            let wanted = match (node.minimum, node.maximum) {
                (Some(least), Some(most)) => format!("between {least} and {most}"),
                (Some(least), None) if low => format!("at least {least}"),
                (None, Some(most)) if high => format!("at most {most}"),
                _ if low => format!("more than {}", node.exclusive_minimum.unwrap_or(number)),
                _ => format!("less than {}", node.exclusive_maximum.unwrap_or(number)),
            };
            let message = format!("`{}` must be {wanted}, got {number}", self.place(trail));
            found.push(Violation { path: trail.path(), message, suggestion: None });
        }
    }

    fn check_items(&self, node: &Node, items: &[Value], trail: &Trail<'_>, found: &mut Vec<Violation>) {
        if let Some(wanted) = outside(items.len(), (node.min_items, node.max_items)) {
            let message = format!("`{}` must have {wanted} items, got {}", self.place(trail), items.len());
            found.push(Violation { path: trail.path(), message, suggestion: None });
        }
        for (index, item) in items.iter().enumerate() {
            let trail = Trail::Index(trail, index);
            if let Some(inner) = node.item(index) {
                self.check(inner, item, &trail, found);
            }
            if node.unique_items && item.is_known() && items.get(..index).is_some_and(|before| before.contains(item)) {
                let message = format!("`{}` is there already: the items must differ", self.place(&trail));
                found.push(Violation { path: trail.path(), message, suggestion: None });
            }
        }
    }

    fn check_entries(&self, node: &Node, map: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Value::Map(entries) = map else { return };
        for (name, value) in entries {
            let inside = Trail::Key(trail, name);
            if self.is_output(&inside) {
                let message = format!("`{}` is set by AWS and cannot be written", self.place(&inside));
                found.push(Violation { path: inside.path(), message, suggestion: None });
            } else if let Some(entry) = node.entry(name) {
                self.check(entry, value, &inside, found);
            } else if matches!(node.additional_properties, Additional::Allowed(false)) && !self.lookup.knows(node, name)
            {
                found.push(self.unknown_name(node, name, &inside, trail));
            }
        }
        self.check_required(node, map, trail, found);
        if let Some(wanted) = outside(entries.len(), (node.min_properties, node.max_properties)) {
            let message = format!("`{}` must have {wanted} entries, got {}", self.place(trail), entries.len());
            found.push(Violation { path: trail.path(), message, suggestion: None });
        }
    }

    fn unknown_name(&self, node: &Node, name: &str, inside: &Trail<'_>, trail: &Trail<'_>) -> Violation {
        let message = format!("`{name}` is not a property of {}", self.place(trail));
        let around = trail.path();
        let writable = self.lookup.names(node).into_iter().filter(|name| !self.schema.is_read_only(&around.key(name)));
        let names: Vec<&str> = writable.collect();
        let same = names.iter().find(|candidate| folded(candidate) == folded(name)).copied();
        let suggestion = match same {
            Some(same) => Some(format!("did you mean `{same}`?")),
            None => match (self.elsewhere(name), nearest(name, names)) {
                (Some(place), None) => Some(format!("there is `{place}`")),
                (_, near) => near.map(|near| format!("did you mean `{near}`?")),
            },
        };
        Violation { path: inside.path(), message, suggestion }
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
                    next.extend(facet.items.as_deref().map(|item| (path.with(Segment::Any), item)));
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
        let listed = self.schema.read_only();
        !listed.is_empty() && {
            let path = trail.path();
            listed.iter().any(|output| output.fits(&path))
        }
    }

    /// Values that AWS does not give back are not repeated in messages.
    fn is_secret(&self, trail: &Trail<'_>) -> bool {
        self.schema.is_write_only(&trail.path())
    }

    fn got(&self, value: &Value, trail: &Trail<'_>) -> String {
        if self.is_secret(trail) { String::new() } else { format!(", got {}", describe::plain(value)) }
    }

    pub(super) fn check_attribute(&self, path: &PropertyPath) -> Option<Violation> {
        let mut nodes = vec![&self.lookup.root];
        for (depth, segment) in path.segments().iter().enumerate() {
            let around: PropertyPath = path.segments().iter().take(depth).cloned().collect();
            let inner = self.lookup.at(around.key("").segments());
            nodes = if depth == 0 { nodes } else { self.lookup.at(around.segments()) };
            let Segment::Key(name) = segment else { continue };
            let closed = nodes.iter().any(|node| matches!(node.additional_properties, Additional::Allowed(false)));
            if !closed || !inner.is_empty() || nodes.iter().any(|node| self.lookup.knows(node, name)) {
                continue;
            }
            let place = if around.is_root() { self.schema.type_name().to_owned() } else { around.to_string() };
            let names = nodes.iter().flat_map(|node| node.properties.keys().map(String::as_str));
            let near = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            let message = format!("`{name}` is not an attribute of {place}");
            return Some(Violation { path: around.key(name), message, suggestion: near });
        }
        None
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
