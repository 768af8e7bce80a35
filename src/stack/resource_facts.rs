use super::Resource;
use super::template::TemplateKind;
use crate::schema::{PropertyPath, Segment};

/// What can be told of a resource before its values are known.
impl Resource {
    /// The top-level properties that the file writes; none where an expression gives them all.
    pub fn property_names(&self) -> impl Iterator<Item = &str> {
        let entries = match &self.declaration.properties.kind {
            TemplateKind::Map(entries) => Some(entries.keys().map(String::as_str)),
            _ => None,
        };
        entries.into_iter().flatten()
    }

    /// True if `ignore_changes` names the property or one around it.
    pub fn ignores(&self, path: &PropertyPath) -> bool {
        self.ignored().any(|ignored| ignored.covers(path))
    }

    /// The properties that `ignore_changes` names.
    pub fn ignored(&self) -> impl Iterator<Item = PropertyPath> {
        let path = |text: &String| -> PropertyPath {
            // `Containers.0.Image` is how a path is written beside `Containers[0].Image`.
            let segments = text.split('.').flat_map(|part| match part.parse() {
                Ok(index) => vec![Segment::Index(index)],
                Err(_) => part.parse::<PropertyPath>().map(|path| path.segments().to_vec()).unwrap_or_default(),
            });
            segments.collect()
        };
        self.ignore_changes.iter().map(path).filter(|path| !path.is_root())
    }
}
