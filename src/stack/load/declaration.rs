use indexmap::IndexMap;

use super::fields::Fields;
use super::names::check_resource_name;
use super::tag_option::TagOption;
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::document::{Entry, Node, NodeKind};
use crate::stack::foreign_words;
use crate::stack::template::{Template, TemplateCompiler, TemplateKind};

const KEYS: &[&str] = &[
    "type",
    "properties",
    "depends_on",
    "when",
    "for_each",
    "region",
    "lookup",
    "import",
    "protect",
    "on_delete",
    "ignore_changes",
    "replace",
    "moved_from",
    "tags",
    "timeout",
    "unchecked",
];

/// The options that are evaluated for each member.
pub(super) const OPTIONS: &[&str] =
    &["region", "import", "protect", "on_delete", "ignore_changes", "replace", "moved_from", "timeout", "unchecked"];

/// The options that say how to change an object, which a lookup never does.
const NOT_WITH_LOOKUP: &[&str] =
    &["properties", "import", "protect", "on_delete", "ignore_changes", "replace", "tags", "timeout", "unchecked"];

/// A resource as the file declares it, before `when` and `for_each`.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    pub type_name: String,
    pub type_span: Span,
    pub properties: Template,
    pub lookup: Option<Template>,
    pub when: Option<Template>,
    pub for_each: Option<Template>,
    pub depends_on: Vec<Dependency>,
    pub options: IndexMap<&'static str, Template>,
}

/// An entry of `depends_on`.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub name: String,
    /// The key, where it is `subnet["a"]` that is named.
    pub key: Option<String>,
    pub span: Span,
}

impl Declaration {
    pub fn read(name: String, entry: Entry, compiler: &mut TemplateCompiler, problems: &mut Problems) -> Self {
        if let Err((message, suggestion)) = check_resource_name(&name) {
            problems.error_with(entry.key, message, suggestion);
        }
        let name_span = entry.key;
        let is_map = matches!(entry.node.kind, NodeKind::Map(_));
        let mut fields = Fields::read(entry.node, "a resource", KEYS, foreign_words::OF_RESOURCE, problems);
        let (type_name, type_span) = fields.text("type", problems).unwrap_or((String::new(), name_span));
        if is_map && !fields.is_meant("type") {
            let suggestion = Some("add `type: AWS::SQS::Queue`, or what it is".to_owned());
            problems.error_with(name_span, format!("`{name}` has no `type`"), suggestion);
        }
        let lookup = fields.take("lookup");
        if let Some(lookup) = &lookup {
            refuse_beside_lookup(&mut fields, problems);
            refuse_empty_lookup(lookup, problems);
        }
        let mut template = |entry: Entry| compiler.template(entry.node, problems);
        let properties = fields.take("properties").map(&mut template);
        let lookup = lookup.map(&mut template);
        let when = fields.take("when").map(&mut template);
        let for_each = fields.take("for_each").map(&mut template);
        let options = OPTIONS.iter().filter_map(|option| Some((*option, template(fields.take(option)?)))).collect();
        let depends_on = depends_on(fields.take("depends_on"), problems);
        let tags =
            fields.take("tags").map(|Entry { key, node }| TagOption { key, tags: compiler.template(node, problems) });
        let mut properties = map_template("properties", properties, name_span, problems);
        if let Some(tags) = tags {
            properties = tags.put_into(properties, &type_name, problems);
        }
        let lookup = lookup.map(|lookup| map_template("lookup", Some(lookup), name_span, problems));
        Self { name, name_span, type_name, type_span, properties, lookup, when, for_each, depends_on, options }
    }

    /// The place of a property or option, or of what is around it.
    pub fn span_at(&self, path: &[&str]) -> Span {
        let properties = self.lookup.as_ref().unwrap_or(&self.properties);
        let option = || match path {
            ["type", ..] => Some(self.type_span),
            [option, rest @ ..] => self.options.get(*option).map(|option| option.span_at(rest).unwrap_or(option.span)),
            [] => None,
        };
        properties.span_at(path).or_else(option).unwrap_or(self.name_span)
    }

    /// True if `when` decides each member of a `for_each`, and not all of them together.
    pub fn decides_members(&self) -> bool {
        self.for_each.is_some() && self.when.as_ref().is_some_and(|when| when.refers_to("each"))
    }

    /// All templates that may refer to other resources.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        [Some(&self.properties), self.lookup.as_ref()].into_iter().flatten()
    }
}

fn refuse_beside_lookup(fields: &mut Fields, problems: &mut Problems) {
    for option in NOT_WITH_LOOKUP {
        if let Some(entry) = fields.take(option) {
            let suggestion = Some("remove one of the two".to_owned());
            problems.error_with(
                entry.key,
                format!("a `lookup` changes nothing, so `{option}` has no effect"),
                suggestion,
            );
        }
    }
}

fn refuse_empty_lookup(lookup: &Entry, problems: &mut Problems) {
    let is_empty = match &lookup.node.kind {
        NodeKind::Null => true,
        NodeKind::Map(entries) => entries.is_empty(),
        _ => false,
    };
    if is_empty {
        let suggestion =
            Some("write a property that only this object has: `lookup: { Name: shop.example }`".to_owned());
        problems.error_with(lookup.key, "`lookup` says nothing to find the object by", suggestion);
    }
}

/// The template, if it is a map or will become one.
fn map_template(what: &str, template: Option<Template>, span: Span, problems: &mut Problems) -> Template {
    let Some(template) = template else { return Template::empty_map(span) };
    match &template.kind {
        TemplateKind::Map(_) => template,
        TemplateKind::Dynamic(dynamic) if dynamic.parts.len() == 1 => template,
        TemplateKind::Null => Template::empty_map(span),
        _ => {
            problems.error(template.span, format!("`{what}` must be a map of property names and values"));
            Template::empty_map(span)
        }
    }
}

fn depends_on(entry: Option<Entry>, problems: &mut Problems) -> Vec<Dependency> {
    let Some(Entry { node, .. }) = entry else { return Vec::new() };
    let items = match node.kind {
        NodeKind::List(items) => items,
        _ => vec![node],
    };
    items.into_iter().filter_map(|item| dependency(item, problems)).collect()
}

fn dependency(node: Node, problems: &mut Problems) -> Option<Dependency> {
    let span = node.span;
    let suggestion = || Some("write the name alone: `depends_on: [jobs]`".to_owned());
    match node.kind {
        NodeKind::Text(text) if text.contains("${") => {
            problems.error_with(span, "`depends_on` takes names and no expressions", suggestion());
            None
        }
        NodeKind::Text(text) => {
            let (name, key) = match text.split_once('[') {
                Some((name, key)) => (name.to_owned(), serde_json::from_str(key.trim_end_matches(']')).ok()),
                None => (text, None),
            };
            Some(Dependency { name, key, span })
        }
        NodeKind::Broken => None,
        _ => {
            problems.error_with(
                span,
                format!("`depends_on` takes names of resources, and this is {}", node.describe()),
                suggestion(),
            );
            None
        }
    }
}
