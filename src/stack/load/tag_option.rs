use crate::schema::{Catalog, TagProperty, TagShape};
use crate::stack::diagnostic::{Problems, Span};
use crate::stack::template::{Member, Template, TemplateKind};

/// `tags:` beside `properties`: tags as a map, whatever the form is that the type gives them.
pub(super) struct TagOption {
    /// Where the word stands.
    pub key: Span,
    pub tags: Template,
}

impl TagOption {
    /// The properties with these tags in them.
    pub fn put_into(self, properties: Template, type_name: &str, problems: &mut Problems) -> Template {
        let Some(schema) = Catalog::standard().get(type_name) else { return properties };
        let Some(property) = schema.tag_property() else {
            problems.error(self.key, format!("{type_name} takes no tags"));
            return properties;
        };
        let TemplateKind::Map(tags) = self.tags.kind else {
            problems.error(self.tags.span, "`tags` must be a map: `{ team: web }`");
            return properties;
        };
        let TemplateKind::Map(mut entries) = properties.kind else { return properties };
        let member = entries
            .entry(property.name.clone())
            .or_insert_with(|| Member { key: self.key, template: Template { span: self.key, kind: empty(property) } });
        match (&mut member.template.kind, &property.shape) {
            (TemplateKind::Map(written), TagShape::Map) => {
                for (name, tag) in tags {
                    if let Some(twice) = written.insert(name.clone(), tag) {
                        problems.error(twice.key, format!("the tag `{name}` is in `tags` too"));
                    }
                }
            }
            (TemplateKind::List(written), TagShape::List { key, value }) => {
                written.extend(tags.into_iter().map(|(name, tag)| item((key, value), name, tag)));
            }
            _ => {
                let message = format!("`{}` is not written out, so `tags` cannot be added to it", property.name);
                problems.error_with(self.key, message, Some("write all of them in one place".to_owned()));
            }
        }
        Template { kind: TemplateKind::Map(entries), ..properties }
    }
}

fn empty(property: &TagProperty) -> TemplateKind {
    match property.shape {
        TagShape::Map => TemplateKind::Map(indexmap::IndexMap::new()),
        TagShape::List { .. } => TemplateKind::List(Vec::new()),
    }
}

/// `{ Key: team, Value: web }`.
fn item((key, value): (&String, &String), name: String, tag: Member) -> Template {
    let span = tag.template.span;
    let name = Template { span: tag.key, kind: TemplateKind::Text(name) };
    let entries = [(key.clone(), Member { key: tag.key, template: name }), (value.clone(), tag)];
    Template { span, kind: TemplateKind::Map(entries.into_iter().collect()) }
}
