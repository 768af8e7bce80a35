//! What AWS and we ask of the tags that a resource writes itself.

use std::collections::HashSet;

use super::trail::Trail;
use super::validator::Validator;
use super::{TagShape, Violation};
use crate::value::Value;

impl Validator<'_> {
    /// Source: AWS general reference, "Tag naming limits and requirements".
    pub(super) fn check_tags(&self, tags: &Value, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        let Some(property) = self.schema.tag_property().filter(|_| self.is_tags(trail)) else { return };
        let mut seen = HashSet::new();
        match (tags, &property.shape) {
            (Value::Map(entries), TagShape::Map) => {
                entries.keys().for_each(|key| self.check_tag_key(key, &Trail::Key(trail, key), found));
            }
            (Value::List(items), TagShape::List { key: name, .. }) => {
                for (index, item) in items.iter().enumerate() {
                    let (Some(Value::String(key)), trail) = (item.get(name), Trail::Index(trail, index)) else {
                        continue;
                    };
                    self.check_tag_key(key, &trail, found);
                    if !seen.insert(key) {
                        let message = format!("`{}` has the tag `{key}` a second time", self.place(&trail));
                        found.push(Violation {
                            path: trail.path(),
                            message,
                            suggestion: Some("keep one of the two".to_owned()),
                            ..Violation::default()
                        });
                    }
                }
            }
            _ => {}
        }
    }

    fn check_tag_key(&self, key: &str, trail: &Trail<'_>, found: &mut Vec<Violation>) {
        if let Some(message) = reserved_tag(key) {
            found.push(Violation { path: trail.path(), message, ..Violation::default() });
        }
    }
}

/// What is wrong with a tag's key that is not for users to set.
pub fn reserved_tag(key: &str) -> Option<String> {
    let is_reserved = key.starts_with("infra:") || key.to_lowercase().starts_with("aws:");
    is_reserved.then(|| format!("tags that begin with `infra:` or `aws:` cannot be set, as `{key}` does"))
}
