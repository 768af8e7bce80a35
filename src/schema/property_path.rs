use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a property stands in a resource: `ContainerDefinitions[0].Image`, or for every item, as schemas list their
/// properties, `ContainerDefinitions[*].Image`. Names that are no plain words are quoted: `Tags["a.b"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PropertyPath(Vec<PathSegment>);

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathSegment {
    /// The entry of a map.
    Key(String),
    /// The item of a list, from 0.
    Index(usize),
    /// Every item of a list or every entry of a map.
    Any,
}

/// What is wrong with a text that should be a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no property path: write `Name`, `Name.Inner`, `Name[0]`, `Name[*]` or `Name[\"any text\"]`")]
pub struct InvalidPath(String);

impl PropertyPath {
    /// The resource itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// From a pointer as schemas write it: `/properties/ContainerDefinitions/*/Image`.
    pub fn from_pointer(pointer: &str) -> Self {
        let inner = pointer.strip_prefix("/properties/").unwrap_or(pointer.trim_start_matches('/'));
        let segments = inner.split('/').map(|part| match part {
            "*" => PathSegment::Any,
            name => PathSegment::Key(name.replace("~1", "/").replace("~0", "~")),
        });
        Self(segments.collect())
    }

    /// The JSON pointer (RFC 6901) to the value in a resource's properties; `*` points to nothing.
    pub fn in_properties(&self) -> String {
        let part = |segment: &PathSegment| match segment {
            PathSegment::Key(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            PathSegment::Index(index) => format!("/{index}"),
            PathSegment::Any => "/*".to_owned(),
        };
        self.0.iter().map(part).collect()
    }

    /// The entry of this map.
    pub fn key(&self, name: &str) -> Self {
        self.with(PathSegment::Key(name.to_owned()))
    }

    /// The item of this list.
    pub fn index(&self, index: usize) -> Self {
        self.with(PathSegment::Index(index))
    }

    pub fn with(&self, segment: PathSegment) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment);
        Self(segments)
    }

    pub fn segments(&self) -> &[PathSegment] {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the value around this one stands; `None` for the resource itself.
    pub fn parent(&self) -> Option<Self> {
        let (_, around) = self.0.split_last()?;
        Some(Self(around.to_vec()))
    }

    /// The name of the property of the resource that holds it; `None` for the resource itself.
    pub fn top_level(&self) -> Option<&str> {
        match self.0.first() {
            Some(PathSegment::Key(name)) => Some(name),
            _ => None,
        }
    }

    /// True if the other path is this one or leads into it; `*` stands for any item or entry.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len() && self.0.iter().zip(&other.0).all(|(left, right)| left.fits(right))
    }

    /// True if both name the same property; `*` stands for any item or entry.
    pub fn fits(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.covers(other)
    }
}

impl PathSegment {
    fn fits(&self, other: &Self) -> bool {
        self == other || *self == Self::Any || *other == Self::Any
    }
}

impl FromIterator<PathSegment> for PropertyPath {
    fn from_iter<T: IntoIterator<Item = PathSegment>>(segments: T) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                PathSegment::Key(name) if !is_word(name) => {
                    write!(formatter, "[{}]", serde_json::Value::from(name.as_str()))
                }
                PathSegment::Key(name) if position == 0 => formatter.write_str(name),
                PathSegment::Key(name) => write!(formatter, ".{name}"),
                PathSegment::Index(index) => write!(formatter, "[{index}]"),
                PathSegment::Any => formatter.write_str("[*]"),
            }?;
        }
        Ok(())
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '.' || c == '[' || c == ']' || c == '"' || c.is_whitespace())
}

impl FromStr for PropertyPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidPath(text.to_owned());
        let (mut segments, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let segment;
            (segment, rest) = next_segment(rest, segments.is_empty()).ok_or_else(invalid)?;
            segments.push(segment);
        }
        Ok(Self(segments))
    }
}

/// The first step of a path's text, and the text after it.
fn next_segment(text: &str, first: bool) -> Option<(PathSegment, &str)> {
    if let Some(inside) = text.strip_prefix('[') {
        if inside.starts_with('"') {
            let mut keys = serde_json::Deserializer::from_str(inside).into_iter::<String>();
            let key = keys.next()?.ok()?;
            return Some((PathSegment::Key(key), inside.get(keys.byte_offset()..)?.strip_prefix(']')?));
        }
        let (index, rest) = inside.split_once(']')?;
        let segment = if index == "*" { PathSegment::Any } else { PathSegment::Index(index.parse().ok()?) };
        return Some((segment, rest));
    }
    let text = if first { text } else { text.strip_prefix('.')? };
    let (name, rest) = text.split_at(text.find(['.', '[']).unwrap_or(text.len()));
    let segment = if name == "*" { PathSegment::Any } else { PathSegment::Key(name.to_owned()) };
    is_word(name).then_some((segment, rest))
}

impl From<PropertyPath> for String {
    fn from(path: PropertyPath) -> Self {
        path.to_string()
    }
}

impl TryFrom<String> for PropertyPath {
    type Error = InvalidPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PropertyPath {
        text.parse().unwrap()
    }

    #[test]
    fn a_pointer_reads_as_a_person_writes_it() {
        let image = PropertyPath::from_pointer("/properties/ContainerDefinitions/*/Image");
        assert_eq!(image.to_string(), "ContainerDefinitions[*].Image");
        assert_eq!(image.top_level(), Some("ContainerDefinitions"));
        assert_eq!(path("ContainerDefinitions[*].Image"), image);
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        let odd = PropertyPath::root().key("Tags").key("a.b \"c\"]").index(3).key("d");
        assert_eq!(odd.to_string(), r#"Tags["a.b \"c\"]"][3].d"#);
        assert_eq!(path(&odd.to_string()), odd);
    }

    #[test]
    fn a_listed_path_covers_what_is_inside() {
        let listed = path("ContainerDefinitions[*].Image");
        assert!(listed.covers(&path("ContainerDefinitions[7].Image")));
        assert!(path("ContainerDefinitions").covers(&path("ContainerDefinitions[7].Image")));
        assert!(!listed.covers(&path("ContainerDefinitions[7]")));
        assert!(!listed.covers(&path("ContainerDefinitions[7].Name")));
        assert!(path("Labels.*").covers(&path("Labels.team")));
    }

    #[test]
    fn a_text_that_is_no_path_is_refused() {
        for text in [".A", "A..B", "A[", "A[x]", "A[0]B", "A]"] {
            assert!(text.parse::<PropertyPath>().is_err(), "{text}");
        }
    }
}
