use super::Resource;
use super::template::TemplateKind;
use crate::schema::{PathSegment, PropertyPath};

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
        self.ignore_changes.iter().map(|written| Self::ignored_path(written)).filter(|path| !path.is_root())
    }

    /// The path that an entry of `ignore_changes` names; the root for one that is no path. `Containers.0.Image` is how a path
    /// is written beside `Containers[0].Image`.
    pub(super) fn ignored_path(written: &str) -> PropertyPath {
        let segments = written.split('.').flat_map(|part| match part.parse() {
            Ok(index) => vec![PathSegment::Index(index)],
            Err(_) => part.parse::<PropertyPath>().map(|path| path.segments().to_vec()).unwrap_or_default(),
        });
        segments.collect()
    }
}
